package loader

import (
	"cmp"
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// Check tells what is wrong in facts files taken together: ids that nothing
// defines, sources, passages and values that are given twice, and nodes that
// lack what their class must have. known tells the class of a node that is
// there before them, nil of any other. The error is Mistakes.
func Check(known func(graph.ID) *vocab.Class, files ...*Facts) error {
	return checkAll(known, nil, true, files)
}

// checkAll checks files, which are whole if nothing in them failed to be read.
// Of files that are not it tells nothing about what a node lacks: it may be
// what could not be read. offered lists the last parts of the known ids in a
// folder, for which a mistyped one may stand.
func checkAll(known func(graph.ID) *vocab.Class, offered func(folder string) []string, whole bool, files []*Facts) error {
	c := &checker{
		known:   known,
		offered: offered,
		defined: make(map[graph.ID]definition),
		asked:   make(map[string]bool),
		named:   make(map[string][]string),
		values:  make(map[stated]definition),
		has:     make(map[graph.ID]map[*vocab.Predicate]bool),
		dates:   make(map[graph.ID]graph.Date),
	}
	for _, f := range files {
		c.file = f
		c.define()
	}
	for _, f := range files {
		c.file = f
		c.check()
	}
	if whole {
		c.complete()
	}
	for _, f := range files {
		c.file = f
		c.chronology()
	}
	return c.err()
}

// definition is where a node is defined, or a value given.
type definition struct {
	file string
	at   place
	text string
}

// stated is what one passage says of one node, up to the value where the
// predicate is not functional.
type stated struct {
	node, passage graph.ID
	predicate     *vocab.Predicate
	value         string
}

type checker struct {
	report
	known   func(graph.ID) *vocab.Class
	offered func(folder string) []string
	asked   map[string]bool // folders that were offered
	defined map[graph.ID]definition
	named   map[string][]string // last parts of ids by folder, for near ones
	values  map[stated]definition
	has     map[graph.ID]map[*vocab.Predicate]bool
	order   []graph.ID // of has
	dates   map[graph.ID]graph.Date
	file    *Facts
}

func (c *checker) bad(at place, field, format string, args ...any) {
	c.add(c.file.File, at, field, format, args...)
}

// define notes the nodes of a file.
func (c *checker) define() {
	for i, s := range c.file.Document.Sources {
		places := &c.file.sources[i]
		at, field := places.at["id"], s.Class.Folder+".id"
		if first, twice := c.defined[s.ID]; twice {
			c.bad(at, field, "%s is given twice; first at %s", s.ID, c.other(first))
			continue
		}
		c.node(s.ID, at)
		whole := graph.WholeID(s.ID)
		if first, twice := c.defined[whole]; twice {
			c.bad(at, field, "%s and the source at %s would share the passage %s; give one another name", s.ID, c.other(first), whole)
		}
		c.node(whole, at)
		for j, p := range s.Passages {
			if first, twice := c.defined[p.ID]; twice {
				c.bad(places.passages[j], "passages."+places.keys[j], "%s is given twice; first at %s", p.ID, c.other(first))
			}
			c.node(p.ID, places.passages[j])
		}
	}
	for i, f := range c.file.Document.Facts {
		places := &c.file.facts[i]
		if c.node(f.ID, places.id); c.has[f.ID] == nil {
			c.has[f.ID] = make(map[*vocab.Predicate]bool)
			c.order = append(c.order, f.ID)
		}
		for j, v := range f.Values {
			c.date(f.ID, &v)
			c.has[f.ID][v.Predicate] = true
			switch {
			case v.Rate != graph.Rate{}:
				c.node(v.Rate.ID(), places.values[j].place)
			case v.Money != graph.Money{}:
				c.node(v.Money.ID(), places.values[j].place)
			case v.Participation != graph.Participation{}:
				c.node(graph.ParticipationID(f.ID, v.Participation.Actor), places.values[j].place)
			}
		}
	}
}

func (c *checker) node(id graph.ID, at place) {
	if _, twice := c.defined[id]; !twice {
		c.defined[id] = definition{c.file.File, at, ""}
		c.named[id.Folder()] = append(c.named[id.Folder()], id.Slug())
	}
}

// other tells where something else stands, with its file unless it is this one.
func (c *checker) other(d definition) string {
	if d.file == c.file.File {
		return d.at.String()
	}
	return d.file + ":" + d.at.String()
}

// check looks at what the sources and facts of a file say.
func (c *checker) check() {
	for i, s := range c.file.Document.Sources {
		if s.Publisher != "" {
			c.exists(s.Publisher, c.file.sources[i].at["publisher"], s.Class.Folder+".publisher")
		}
	}
	for i, f := range c.file.Document.Facts {
		places := &c.file.facts[i]
		c.exists(places.source, places.at, "at")
		for j, v := range f.Values {
			at := places.values[j]
			text := valueText(&v)
			if target := cmp.Or(v.Node, v.Participation.Actor); target != "" && v.Predicate != vocab.SameAs {
				c.exists(target, at.place, at.field)
				if target == f.ID {
					c.bad(at.place, at.field, "%s names itself; write the id of another node", f.ID)
				}
			}
			key := stated{f.ID, f.Passage, v.Predicate, text}
			if v.Predicate.Functional {
				key.value = ""
			}
			first, twice := c.values[key]
			switch {
			case !twice:
				c.values[key] = definition{c.file.File, at.place, text}
			case first.text == text:
				c.bad(at.place, at.field, "%s is given twice by one passage; first at %s", text, c.other(first))
			default:
				c.bad(at.place, at.field, "%s, but %s at %s, and both by one passage; leave one out", text, first.text, c.other(first))
			}
		}
	}
}

func valueText(v *graph.Value) string {
	switch {
	case v.Node != "":
		return string(v.Node)
	case v.Literal != nil:
		return graph.Text(v.Literal)
	case v.Rate != graph.Rate{}:
		return v.Rate.String()
	case v.Money != graph.Money{}:
		return v.Money.String()
	}
	return string(v.Participation.Actor)
}

// maxNear bounds the mistakes for which near ids are looked up, for each is
// compared with every id.
const maxNear = 100

func (c *checker) exists(id graph.ID, at place, field string) {
	if _, ok := c.defined[id]; ok || c.known != nil && c.known(id) != nil {
		return
	}
	do := "write a fact that names it, or load the file that does first"
	if id.Folder() == vocab.Reference.Folder {
		do = "write it under references, or load the file that does first"
	}
	if len(c.list) < maxNear {
		// Only the last part is compared: the folder is right as it stands, and
		// would make any two short codes look alike.
		slugs := near(id.Slug(), c.slugs(id.Folder()))
		for i := range slugs {
			slugs[i] = id.Folder() + "/" + slugs[i]
		}
		if len(slugs) > 0 && len(id.Slug()) > 3 {
			do = "did you mean " + either(slugs) + "?"
		}
	}
	c.bad(at, field, "nothing defines %s; %s", id, do)
}

// slugs lists the last parts of all ids in a folder. Those of the graph, which
// may be many, are read only where a mistake asks for them.
func (c *checker) slugs(folder string) []string {
	if c.offered != nil && !c.asked[folder] {
		c.asked[folder] = true
		c.named[folder] = append(c.named[folder], c.offered(folder)...)
	}
	return c.named[folder]
}

// A need is what a node of a class must have, in one fact or another.
type need struct {
	class *vocab.Class
	any   []*vocab.Predicate
}

var needs = []need{
	{vocab.Tenure, []*vocab.Predicate{vocab.HeldBy}},
	{vocab.Tenure, []*vocab.Predicate{vocab.HeldOffice}},
	{vocab.Meeting, []*vocab.Predicate{vocab.Date}},
	{vocab.MeasureMove, []*vocab.Predicate{vocab.Date, vocab.Announced, vocab.Effective}},
	{vocab.MeasureMove, []*vocab.Predicate{vocab.OnMeasure}},
	{vocab.MeasureMove, []*vocab.Predicate{vocab.Phase}},
	{vocab.StatusChange, []*vocab.Predicate{vocab.Date}},
	{vocab.StatusChange, []*vocab.Predicate{vocab.Changes}},
	{vocab.StatusChange, []*vocab.Predicate{vocab.Status}},
	{vocab.Statement, []*vocab.Predicate{vocab.Date}},
	{vocab.Statement, []*vocab.Predicate{vocab.Stance}},
	{vocab.Agreement, []*vocab.Predicate{vocab.Date}},
	{vocab.Agreement, []*vocab.Predicate{vocab.Agent}},
	{vocab.Commitment, []*vocab.Predicate{vocab.Under}},
	{vocab.Commitment, []*vocab.Predicate{vocab.Promises}},
	{vocab.Action, []*vocab.Predicate{vocab.Date}},
	{vocab.Measure, []*vocab.Predicate{vocab.Instrument}},
}

// complete tells what nodes lack that only these files define.
func (c *checker) complete() {
	for _, id := range c.order {
		if c.known != nil && c.known(id) != nil {
			continue
		}
		class := graph.ClassOfFolder(id.Folder())
		if class != vocab.Tenure {
			c.lacks(id, class, []*vocab.Predicate{vocab.Name})
		}
		for _, n := range needs {
			if n.class == class {
				c.lacks(id, class, n.any)
			}
		}
	}
}

// chronology tells of answers that are surely dated before the act that they
// answer; a meeting that is planned may be answered before its day.
func (c *checker) chronology() {
	for i, f := range c.file.Document.Facts {
		for j, v := range f.Values {
			answer, cause := c.dates[f.ID], c.dates[v.Node]
			if v.Predicate == vocab.RespondsTo && v.Node.Folder() != vocab.Meeting.Folder && !answer.IsZero() && !cause.IsZero() && answer.Before(cause) {
				at := c.file.facts[i].values[j]
				c.bad(at.place, at.field, "%s is of %s, after this answer of %s; check the dates, or which answers which", v.Node, cause, answer)
			}
		}
	}
}

// date notes when an action happened: the date that tells most, as
// graph.WhenDone has it.
func (c *checker) date(id graph.ID, v *graph.Value) {
	rank := slices.Index(graph.WhenDone, v.Predicate)
	if rank < 0 || slices.ContainsFunc(graph.WhenDone[:rank+1], func(p *vocab.Predicate) bool { return c.has[id][p] }) {
		return
	}
	c.dates[id], _ = graph.ParseDate(graph.Text(v.Literal))
}

// lacks tells that a node has none of some predicates, if so.
func (c *checker) lacks(id graph.ID, class *vocab.Class, any []*vocab.Predicate) {
	var keys []string
	for _, f := range graph.Fields(class) {
		if slices.Contains(any, f.Predicate) {
			keys = append(keys, f.Key)
		}
	}
	for _, p := range any {
		if c.has[id][p] {
			return
		}
	}
	d := c.defined[id]
	c.add(d.file, d.at, keys[0], "%s has no %s in any fact; give it one", id, either(keys))
}
