package graph

import (
	"context"

	"parley/graph/vocab"
)

// Side returns the country, or bloc, that an actor acts for on a day: a
// country itself, an organization's country, a person's through the office
// held then. A person who held none on the day acts for the country of any
// office held; an organization of no country, such as a bloc, for itself. It
// is 0 for a person of no known office. Sides are background: they are read
// past the view's day.
func (v *View) Side(ctx context.Context, actor Node, on Date) (Node, error) {
	switch v.ID(actor).Folder() {
	case vocab.Country.Folder:
		return actor, nil
	case vocab.Person.Folder:
		return v.personSide(ctx, actor, on)
	}
	country, err := v.one(ctx, actor, vocab.InCountry)
	if err != nil || country != 0 {
		return country, err
	}
	return actor, nil
}

func (v *View) personSide(ctx context.Context, person Node, on Date) (Node, error) {
	tenures, err := v.expand(ctx, []Node{person}, vocab.HeldBy, In)
	if err != nil {
		return 0, err
	}
	var fallback Node
	for _, tenure := range Targets(tenures) {
		office, err := v.one(ctx, tenure, vocab.HeldOffice)
		if err != nil {
			return 0, err
		}
		body, err := v.one(ctx, office, vocab.PostIn)
		if err != nil {
			return 0, err
		}
		if body == 0 {
			continue
		}
		if v.ID(body).Folder() == vocab.Person.Folder {
			continue // no office is in a person, whatever a quad may say
		}
		side, err := v.Side(ctx, body, on)
		if err != nil {
			return 0, err
		}
		during, err := v.tenure(ctx, tenure)
		if err != nil {
			return 0, err
		}
		if !on.IsZero() && (during.IsZero() || during.Overlaps(on.Start(), on.End())) {
			return side, nil
		}
		if fallback == 0 {
			fallback = side
		}
	}
	return fallback, nil
}

// Sides returns the sides of several actors, each once.
func (v *View) Sides(ctx context.Context, actors []Node, on Date) ([]Node, error) {
	var sides []Node
	seen := make(map[Node]bool)
	for _, actor := range actors {
		side, err := v.Side(ctx, actor, on)
		if err != nil {
			return nil, err
		}
		if side != 0 && !seen[side] {
			seen[side] = true
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
		return []Node{actor}, nil
	}
	members := []Node{actor}
	if v.ID(actor).Folder() == vocab.Country.Folder {
		organizations, err := v.expand(ctx, members, vocab.InCountry, In)
		if err != nil {
			return nil, err
		}
		for _, n := range Targets(organizations) {
			if v.ID(n).Folder() == vocab.Organization.Folder {
				members = append(members, n)
			}
		}
		held := members
		for _, step := range []struct {
			predicate *vocab.Predicate
			direction Direction
		}{{vocab.PostIn, In}, {vocab.HeldOffice, In}, {vocab.HeldBy, Out}} {
			edges, err := v.expand(ctx, held, step.predicate, step.direction)
			if err != nil {
				return nil, err
			}
			held = Targets(edges)
		}
		members = append(members, held...)
	}
	return members, nil
}
