package queries

import (
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// Disagreements answers where sources differ.
var Disagreements = register(&Query{
	Name:    "disagreements",
	Title:   "On what do the sources differ?",
	Row:     "One row is two values that passages give for one fact of which only one can stand, and of which kind the difference is.",
	Left:    "Names are not compared: they are the data's own.",
	Example: []string{},
	Params: []Param{
		{Name: "kind", Kind: WordParam, Words: []string{"conflict", "precision", "time-zone", "changed"}, Meaning: "only differences of this kind"},
	},
	Columns: []Column{
		{"node", NodeColumn, "of what the two differ"},
		{"property", WordColumn, "on what"},
		{"kind", WordColumn, "conflict; precision: one value holds the other; time-zone: days that meet across the world; changed: a later document tells a later state"},
		{"value", TextColumn, "one value"},
		{"other", TextColumn, "the other"},
		{"sources", SourcesColumn, "the passages that give the one"},
		{"other_sources", SourcesColumn, "the passages that give the other"},
	},
	walk: walkDisagreements,
})

func walkDisagreements(ctx context.Context, r *run) error {
	for _, c := range vocab.Classes() {
		nodes, err := r.view.Instances(ctx, c)
		if err != nil {
			return err
		}
		t, err := r.read(ctx, nodes)
		if err != nil {
			return err
		}
		for _, n := range t.events {
			for _, said := range t.records[n] {
				p := said.Predicate
				if p == nil || !p.Functional || p == vocab.Name || agree(said.Edges) {
					continue
				}
				if err := r.compare(ctx, n, p, t.records[n], said.Edges); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// agree tells whether edges all give one value, as most do.
func agree(edges []graph.Edge) bool {
	return !slices.ContainsFunc(edges, func(e graph.Edge) bool { return e.To != edges[0].To })
}

// assertion is one value and the edges that give it.
type assertion struct {
	value graph.Node
	text  string
	edges []graph.Edge
	days  []graph.Date // of publication
}

// compare gives each pair of different values of one property.
func (r *run) compare(ctx context.Context, n graph.Node, p *vocab.Predicate, record graph.Record, edges []graph.Edge) error {
	values, err := r.assertions(ctx, edges)
	if err != nil {
		return err
	}
	for i, a := range values {
		for _, b := range values[i+1:] {
			kind, err := r.difference(ctx, p, record, a, b)
			if err != nil {
				return err
			}
			if !r.is("kind", kind) {
				continue
			}
			r.emit(place{text: strings.Join([]string{string(r.view.ID(n)), p.Name, a.text, b.text}, " ")},
				n, p.Name, kind, a.text, b.text, reasons(graph.Labels(a.edges)), reasons(graph.Labels(b.edges)))
		}
	}
	return nil
}

// assertions groups edges by value, the value of the earliest document first.
func (r *run) assertions(ctx context.Context, edges []graph.Edge) ([]assertion, error) {
	var values []assertion
	for _, e := range edges {
		i := slices.IndexFunc(values, func(a assertion) bool { return a.value == e.To })
		if i < 0 {
			text, err := r.said(ctx, e.To)
			if err != nil {
				return nil, err
			}
			i = len(values)
			values = append(values, assertion{value: e.To, text: text})
		}
		values[i].edges = append(values[i].edges, e)
		citations, err := r.view.Cite(ctx, []graph.Node{e.Label})
		if err != nil {
			return nil, err
		}
		for _, c := range citations {
			values[i].days = append(values[i].days, c.Published)
		}
	}
	for _, a := range values {
		slices.SortFunc(a.days, graph.Date.Compare)
	}
	slices.SortFunc(values, func(a, b assertion) int {
		// Within one document a plan comes before what became of it.
		x, y := place{text: planFirst(a.text)}, place{text: planFirst(b.text)}
		if len(a.days) > 0 && len(b.days) > 0 {
			x.date, y.date = a.days[0], b.days[0]
		}
		return x.compare(y)
	})
	return values, nil
}

func planFirst(text string) string {
	if text == "planned" {
		return ""
	}
	return text
}

// said returns a value in words.
func (r *run) said(ctx context.Context, n graph.Node) (string, error) {
	if r.view.ID(n) == "" {
		return r.view.Text(n), nil
	}
	ref, err := r.view.Ref(ctx, n)
	return ref.Name, err
}

// difference tells of which kind two values differ. a stands in the earlier
// document, if one is earlier.
func (r *run) difference(ctx context.Context, p *vocab.Predicate, record graph.Record, a, b assertion) (string, error) {
	x, err := r.view.Date(graph.Edge{To: a.value})
	if err != nil {
		return "", err
	}
	y, err := r.view.Date(graph.Edge{To: b.value})
	if err != nil {
		return "", err
	}
	if !x.IsZero() && !y.IsZero() {
		switch {
		case x.Contains(y) || y.Contains(x):
			return "precision", nil
		case x.IsDay() && y.IsDay() && max(x.Start()-y.Start(), y.Start()-x.Start()) == 1 && r.remote(record):
			return "time-zone", nil
		}
	}
	if p == vocab.Location {
		for _, pair := range [][2]graph.Node{{a.value, b.value}, {b.value, a.value}} {
			if inside, err := r.within(ctx, pair[0], pair[1]); err != nil || inside {
				return "precision", err
			}
		}
	}
	if p == vocab.HasRate && r.roomier(a.text, b.text) {
		return "precision", nil
	}
	later := len(a.days) > 0 && len(b.days) > 0 && a.days[len(a.days)-1].Before(b.days[0])
	switch {
	case p == vocab.Fulfilment && (later || a.text == "pending" || b.text == "pending"):
		return "changed", nil
	case p == vocab.Status:
		// A plan and what became of it do not contradict each other, wherever
		// they are told.
		if later || a.text == "planned" || b.text == "planned" {
			return "changed", nil
		}
	case later && slices.Contains(mayChange, p) && !r.held(record):
		return "changed", nil
	}
	return "conflict", nil
}

// held tells whether a passage says that a meeting took place: what is told of
// it then is no plan that may change.
func (r *run) held(record graph.Record) bool {
	return slices.ContainsFunc(record.Of(vocab.Status), func(e graph.Edge) bool { return r.view.Text(e.To) == "held" })
}

// mayChange are the properties of a plan, which a later document may tell anew
// without contradicting the earlier one.
var mayChange = []*vocab.Predicate{vocab.Date, vocab.Mode, vocab.Location, vocab.Effective, vocab.Kind, vocab.Until, vocab.Due}

// remote tells whether an action joins places in different time zones: a call,
// or an act of one side against another.
func (r *run) remote(record graph.Record) bool {
	if len(record.Of(vocab.Agent)) > 0 {
		return true
	}
	return slices.ContainsFunc(record.Of(vocab.Mode), func(e graph.Edge) bool { return r.view.Text(e.To) != "in-person" })
}

// roomier tells whether one of two rates holds the other.
func (r *run) roomier(a, b string) bool {
	x, errX := graph.ParseRate(a)
	y, errY := graph.ParseRate(b)
	return errX == nil && errY == nil && (x.Contains(y) || y.Contains(x))
}
