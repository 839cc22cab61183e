package loader

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// known is what the graph knew of actors and places before the first file of
// reports of a load, to match them with. It never changes, so goroutines share
// it. What only data sets named is left out: a file that is loaded again must
// say the same again.
type known struct {
	label   map[graph.ID]string
	country map[graph.ID]graph.ID // of organizations, offices and places
	// actors are people, countries and organizations by folded name and alias;
	// places have theirs.
	actors, places map[string][]graph.ID
	named          map[graph.ID][]string // folded
	// offices are by folded title and country, also without the country's name:
	// the President of Brazil is Brazil's president.
	offices  map[title][]graph.ID
	tenures  map[graph.ID][]tenure
	anything map[string]bool // every folded name
}

type title struct {
	text    string
	country graph.ID
}

// tenure is a dated holding of an office.
type tenure struct {
	person graph.ID
	during graph.Date
}

// matched lists the classes whose nodes reports are matched with.
var matched = []*vocab.Class{vocab.Person, vocab.Country, vocab.Organization, vocab.Office, vocab.Place}

// known reads what the graph knows, once a load.
func (l *loading) known(ctx context.Context) (*known, error) {
	if l.knows != nil {
		return l.knows, nil
	}
	v, err := l.tx.View(ctx, graph.Options{})
	if err != nil {
		return nil, err
	}
	defer v.Close()
	l.knows, err = readKnown(ctx, v)
	return l.knows, err
}

func readKnown(ctx context.Context, v *graph.View) (*known, error) {
	k := &known{
		label: make(map[graph.ID]string), country: make(map[graph.ID]graph.ID),
		actors: make(map[string][]graph.ID), places: make(map[string][]graph.ID), named: make(map[graph.ID][]string),
		offices: make(map[title][]graph.ID), tenures: make(map[graph.ID][]tenure), anything: make(map[string]bool),
	}
	var own []graph.Node
	for _, d := range dataSets {
		own = append(own, v.NodeOf(graph.WholeID(d.reference)))
	}
	for _, c := range append(matched, vocab.Tenure) {
		class := v.Node(c.IRI)
		if class == 0 {
			continue
		}
		edges, err := v.Expand(ctx, []graph.Node{class}, vocab.Type, graph.In)
		if err != nil {
			return nil, err
		}
		edges = slices.DeleteFunc(edges, func(e graph.Edge) bool { return e.Label != 0 && slices.Contains(own, e.Label) })
		for some := range slices.Chunk(graph.Targets(edges), 1<<12) {
			if c == vocab.Tenure {
				err = k.readTenures(ctx, v, some)
			} else {
				err = k.readNodes(ctx, v, c, some)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	k.index()
	return k, v.Err()
}

// each gives the objects that nodes have along a predicate, by id and text.
func each(ctx context.Context, v *graph.View, nodes []graph.Node, p *vocab.Predicate, use func(of graph.ID, text string)) error {
	edges, err := v.Expand(ctx, nodes, p, graph.Out)
	for _, e := range edges {
		use(v.ID(e.From), v.Text(e.To))
	}
	return cmp.Or(err, v.Err())
}

func (k *known) readNodes(ctx context.Context, v *graph.View, c *vocab.Class, nodes []graph.Node) error {
	for _, p := range []*vocab.Predicate{vocab.Name, vocab.Alias} {
		err := each(ctx, v, nodes, p, func(of graph.ID, text string) {
			if folded := graph.Fold(text); !slices.Contains(k.named[of], folded) {
				k.named[of] = append(k.named[of], folded)
			}
			if k.label[of] == "" || p == vocab.Name && text < k.label[of] {
				k.label[of] = text
			}
		})
		if err != nil {
			return err
		}
	}
	within := vocab.InCountry
	if c == vocab.Office {
		within = vocab.PostIn
	}
	return each(ctx, v, nodes, within, func(of graph.ID, text string) {
		if k.country[of] == "" || graph.ID(text) < k.country[of] {
			k.country[of] = graph.ID(text)
		}
	})
}

// readTenures reads who held which office when. A tenure without a date tells
// nothing of a day.
func (k *known) readTenures(ctx context.Context, v *graph.View, nodes []graph.Node) error {
	held := make(map[graph.ID]tenure)
	offices := make(map[graph.ID]graph.ID)
	err := each(ctx, v, nodes, vocab.HeldOffice, func(of graph.ID, text string) { offices[of] = graph.ID(text) })
	if err != nil {
		return err
	}
	err = each(ctx, v, nodes, vocab.HeldBy, func(of graph.ID, text string) { held[of] = tenure{person: graph.ID(text)} })
	if err != nil {
		return err
	}
	err = each(ctx, v, nodes, vocab.During, func(of graph.ID, text string) {
		during, err := graph.ParseDate(text)
		if t := held[of]; err == nil && t.person.Folder() == vocab.Person.Folder {
			k.tenures[offices[of]] = append(k.tenures[offices[of]], tenure{t.person, during})
		}
	})
	return err
}

// index puts what was read under its names.
func (k *known) index() {
	table := allCountries()
	names := make(map[graph.ID][]string) // of countries
	for name, id := range table.byName {
		names[id] = append(names[id], name)
	}
	for id, folded := range k.named {
		if id.Folder() == vocab.Country.Folder {
			names[id] = append(names[id], folded...)
		}
	}
	for id, folded := range k.named {
		for _, name := range folded {
			k.anything[name] = true
			switch id.Folder() {
			case vocab.Place.Folder:
				k.places[name] = append(k.places[name], id)
			case vocab.Office.Folder:
				country := k.countryOf(k.country[id])
				for _, text := range titles(name, names[country]) {
					if t := (title{text, country}); country != "" && !slices.Contains(k.offices[t], id) {
						k.offices[t] = append(k.offices[t], id)
					}
				}
			default:
				k.actors[name] = append(k.actors[name], id)
			}
		}
	}
}

// countryOf returns the country of a body: its own, or itself.
func (k *known) countryOf(body graph.ID) graph.ID {
	if body.Folder() == vocab.Country.Folder {
		return body
	}
	return k.country[body]
}

// titles lists how an office may be called where its country is told besides.
func titles(name string, countries []string) []string {
	all := []string{name}
	for _, country := range countries {
		for _, end := range []string{" of " + country, " of the " + country} {
			if short, ok := strings.CutSuffix(name, end); ok {
				all = append(all, short)
			}
		}
		if short, ok := strings.CutPrefix(name, country+" "); ok {
			all = append(all, short)
		}
	}
	return all
}

// countryNamed returns the country that a folded name is of, with or without
// "the"; "" for none.
func (k *known) countryNamed(folded string) graph.ID {
	if id := k.countryCalled(folded); id != "" {
		return id
	}
	return k.countryCalled(strings.TrimPrefix(folded, "the "))
}

func (k *known) countryCalled(folded string) graph.ID {
	found := graph.ID("")
	for _, id := range k.actors[folded] {
		if id.Folder() == vocab.Country.Folder {
			if found != "" {
				return ""
			}
			found = id
		}
	}
	if found != "" {
		return found
	}
	return allCountries().byName[folded]
}

// who is an actor as a report names it.
type who struct {
	name    string
	country graph.ID // "" where none is told, or none that is known
	code    string   // what tells actors of one name apart, "" for nothing
	// state tells that one with the name of its country is the country: a code
	// may say that it is the country's police.
	state bool
}

// match returns the node that an actor is, "" where nothing tells for certain,
// and the offices one of whose holders it is.
func (k *known) match(w who) (id graph.ID, offices []graph.ID) {
	folded := graph.Fold(w.name)
	if folded == "" {
		if w.state {
			id = w.country
		}
		return id, nil
	}
	if id := k.countryNamed(folded); id != "" && (w.country == "" || w.country == id) {
		if w.state {
			return id, nil
		}
		return "", nil
	}
	if id := k.one(folded, w.country); id != "" {
		return id, nil
	}
	if w.country == "" {
		return "", nil
	}
	// ICEWS writes the country after a title.
	if open := strings.LastIndex(w.name, " ("); open > 0 && strings.HasSuffix(w.name, ")") {
		if k.countryNamed(graph.Fold(w.name[open:])) == w.country {
			folded = graph.Fold(w.name[:open])
			if id := k.one(folded, w.country); id != "" && id.Folder() == vocab.Organization.Folder {
				return id, nil
			}
		}
	}
	offices = k.offices[title{folded, w.country}]
	if offices == nil {
		offices = k.offices[title{strings.TrimPrefix(folded, "the "), w.country}]
	}
	if len(offices) != 1 {
		return "", nil // of two offices of one title either may be meant
	}
	return "", offices
}

// one returns the only person or organization of a name. A single word is no
// person: too many share a surname. An organization with a country is only one
// of those that are called so: each country has its foreign ministry.
func (k *known) one(folded string, country graph.ID) graph.ID {
	found := graph.ID("")
	for _, id := range k.actors[folded] {
		switch id.Folder() {
		case vocab.Person.Folder:
			if !strings.Contains(folded, " ") && isASCII(folded) {
				continue
			}
		case vocab.Organization.Folder:
			if of := k.country[id]; of != "" && of != country {
				continue
			}
		default: // a country of this name is another than the one told
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}

// holder returns who alone held an office on a day, "" for none or several.
func (k *known) holder(office graph.ID, on graph.Day) graph.ID {
	found := graph.ID("")
	for _, t := range k.tenures[office] {
		if t.person == found || !t.during.Overlaps(on, on) {
			continue
		}
		if found != "" {
			return ""
		}
		found = t.person
	}
	return found
}

// publisher returns the only organization of a name, "" for none or several.
func (k *known) publisher(name string) graph.ID {
	found := graph.ID("")
	for _, id := range k.actors[graph.Fold(name)] {
		if id.Folder() != vocab.Organization.Folder {
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}

// where is a place as a report names it, parts of it "" where they are not told.
type where struct {
	city, province, country string
	// others tells that the province is of a kind whose namesakes are cities:
	// Washington the state.
	others bool
	name   string // in full
	code   string // what tells places of one name apart
}

// place returns the place that the graph knows, "" for none: one of the name in
// the country. That cities share names within a country is why the province must
// name the city too.
func (k *known) place(w where, country graph.ID) graph.ID {
	province := graph.Fold(strings.Replace(w.province, "District of Columbia", "D.C.", 1))
	city := graph.Fold(w.city)
	switch {
	case country == "":
		return ""
	case city == "" && w.others:
		return ""
	case city == "":
		id := k.placeNamed(province, country)
		if id == "" || graph.Fold(k.label[id]) != province {
			return ""
		}
		return id
	}
	if id := k.placeNamed(strings.TrimSpace(city+" "+province), country); id != "" {
		return id
	}
	if province != "" && !strings.Contains(" "+province+" ", " "+city+" ") {
		return ""
	}
	return k.placeNamed(city, country)
}

func (k *known) placeNamed(folded string, country graph.ID) graph.ID {
	found := graph.ID("")
	for _, id := range k.places[folded] {
		if k.country[id] != country {
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
