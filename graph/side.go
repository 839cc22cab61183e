package graph

import (
	"cmp"
	"context"
	"slices"

	"parley/graph/vocab"
)

// Side returns the country, or bloc, that an actor acts for on a day: a
// country itself, an organization's country, a person's through the office
// held then. A person who held none on the day acts for the country of any
// office held; an organization of no country, such as a bloc, for itself. It
// is 0 for a person of no known office. Sides are background: they are read
// past the view's day.
func (v *View) Side(ctx context.Context, actor Node, on Date) (Node, error) {
	if v.ID(actor).Folder() == vocab.Country.Folder {
		return actor, v.Err()
	}
	holdings, err := v.holdings(ctx, actor)
	if err != nil {
		return 0, err
	}
	for _, h := range holdings {
		if h.err != nil {
			return 0, h.err
		}
		if !on.IsZero() && (h.during.IsZero() || h.during.Overlaps(on.Start(), on.End())) {
			return h.side, nil
		}
	}
	if len(holdings) == 0 {
		return 0, nil
	}
	return holdings[0].side, nil
}

// holding is a time in which an actor acts for a side; of the zero Date,
// always. err says why the time cannot be read.
type holding struct {
	during Date
	side   Node
	err    error
}

func (v *View) holdings(ctx context.Context, actor Node) ([]holding, error) {
	if h, ok := v.memo.sides.get(actor); ok {
		return h, cmp.Or(v.Err(), ctx.Err())
	}
	var holdings []holding
	var err error
	if v.ID(actor).Folder() == vocab.Person.Folder {
		holdings, err = v.offices(ctx, actor)
	} else {
		var country Node
		country, err = v.one(ctx, actor, vocab.InCountry)
		holdings = []holding{{side: cmp.Or(country, actor)}}
	}
	if err = cmp.Or(v.Err(), err); err != nil {
		return nil, err
	}
	v.memo.sides.put(actor, holdings)
	return holdings, nil
}

// offices reads for whom and when a person acted.
func (v *View) offices(ctx context.Context, person Node) ([]holding, error) {
	tenures, err := v.neighbours(ctx, []Node{person}, vocab.HeldBy, In)
	if err != nil {
		return nil, err
	}
	// Of two offices at once the same counts whatever the order of loading.
	slices.SortFunc(tenures, func(a, b Node) int { return cmp.Compare(v.ID(a), v.ID(b)) })
	var holdings []holding
	for _, tenure := range tenures {
		office, err := v.one(ctx, tenure, vocab.HeldOffice)
		if err != nil {
			return nil, err
		}
		body, err := v.one(ctx, office, vocab.PostIn)
		if err != nil {
			return nil, err
		}
		if body == 0 || v.ID(body).Folder() == vocab.Person.Folder {
			continue // no office is in a person, whatever a quad may say
		}
		var h holding
		if h.side, err = v.Side(ctx, body, Date{}); err != nil {
			return nil, err
		}
		during, err := v.one(ctx, tenure, vocab.During)
		if err != nil {
			return nil, err
		}
		h.during, h.err = v.interval(tenure, during)
		holdings = append(holdings, h)
	}
	return holdings, nil
}

// Sides returns the sides of several actors, each once.
func (v *View) Sides(ctx context.Context, actors []Node, on Date) ([]Node, error) {
	var sides []Node
	for _, actor := range actors {
		side, err := v.Side(ctx, actor, on)
		if err != nil {
			return nil, err
		}
		if side != 0 && !slices.Contains(sides, side) {
			sides = append(sides, side)
		}
	}
	return sides, nil
}

// Members returns a side and all that act for it: of a country its
// organizations and everyone who ever held an office in it or them. Another
// actor is its only member. Members are background: they are read past the
// view's day.
func (v *View) Members(ctx context.Context, actor Node) ([]Node, error) {
	if v.ID(actor).Folder() == vocab.Person.Folder {
		return []Node{actor}, v.Err()
	}
	members := []Node{actor}
	if v.ID(actor).Folder() == vocab.Country.Folder {
		organizations, err := v.neighbours(ctx, members, vocab.InCountry, In)
		if err != nil {
			return nil, err
		}
		for _, n := range organizations {
			if v.ID(n).Folder() == vocab.Organization.Folder {
				members = append(members, n)
			}
		}
		held := members
		for _, step := range []struct {
			predicate *vocab.Predicate
			direction Direction
		}{{vocab.PostIn, In}, {vocab.HeldOffice, In}, {vocab.HeldBy, Out}} {
			var err error
			if held, err = v.neighbours(ctx, held, step.predicate, step.direction); err != nil {
				return nil, err
			}
		}
		members = append(members, held...)
	}
	return members, v.Err()
}
