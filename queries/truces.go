package queries

import (
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// Truces answers what was agreed and promised, and what became of it.
var Truces = register(&Query{
	Name:    "truces",
	Title:   "Which deals and pauses were agreed, what was promised, and was it kept?",
	Row:     "One row is one promise of a deal, truce or pause, or an agreement of which no promise is told.",
	Left:    "fulfilment is empty where no source in view says whether a promise was kept; a promise whose time has run out is not taken for broken, nor one that was carried out for kept in full.",
	Example: []string{"--fulfilment", "not-kept"},
	Params: []Param{
		{Name: "agreement", Kind: NodeParam, Want: "agreement", Classes: []*vocab.Class{vocab.Agreement}, Meaning: "only this agreement"},
		actorParam("by", "only promises by this side"),
		{Name: "fulfilment", Kind: WordParam, Words: append(slices.Clone(vocab.Fulfilments.List), disputed), Meaning: "only promises of which this is said"},
		since, until,
	},
	Columns: []Column{
		{"date", DateColumn, "when it was agreed"},
		{"agreement", NodeColumn, "the agreement"},
		{"parties", NodesColumn, "who agreed"},
		{"until", DateColumn, "the day to which the agreement runs"},
		{"by", NodesColumn, "who promised"},
		{"promised", TextColumn, "what was promised"},
		{"value", MoneyColumn, "how much"},
		{"due", DateColumn, "by when, or over which time"},
		{"fulfilment", WordColumn, "pending, kept, partly-kept or not-kept, as the latest source in view says; disputed where sources say both kept and not-kept"},
		{"became", TextColumn, "what became of the promise: in words, and the acts that carried it out"},
		{"then", TextColumn, "what became of the agreement: in words, what extended it, and what broke or ended it"},
		sourcesColumn,
	},
	walk: walkTruces,
})

func walkTruces(ctx context.Context, r *run) error {
	agreements, err := r.actions(ctx, vocab.Agreement)
	if err != nil {
		return err
	}
	if err := r.view.Prefetch(ctx, nodesOf(agreements),
		then(why(along(graph.In, vocab.Extends, vocab.Ends, vocab.ReportOf)), reading()...),
		then(along(graph.In, vocab.Under),
			graph.Telling(along(graph.Out)), then(why(along(graph.In, vocab.CarriesOut, vocab.ReportOf)), reading()...)),
	); err != nil {
		return err
	}
	for i := range agreements {
		a := &agreements[i]
		if r.node("agreement") != 0 && r.node("agreement") != a.node || !r.window(a.date) {
			continue
		}
		if err := r.truce(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// truce emits what was promised in one agreement.
func (r *run) truce(ctx context.Context, a *action) error {
	then, why, err := r.fate(ctx, a.record, []fateOf{
		{a.node, vocab.Extends, "extended"}, {a.node, vocab.Ends, "broken or ended"},
	})
	if err != nil {
		return err
	}
	until, err := r.bestDate(ctx, a.record, vocab.Until)
	if err != nil {
		return err
	}
	of := append(append(a.record.Edges(vocab.Until), a.evidence...), why...)
	edges, err := r.view.Expand(ctx, []graph.Node{a.node}, vocab.Under, graph.In)
	if err != nil {
		return err
	}
	commitments := graph.Targets(edges)
	records, err := r.view.Records(ctx, commitments)
	if err != nil {
		return err
	}
	asked := r.node("by") != 0 || r.word("fulfilment") != ""
	if len(commitments) == 0 && !asked {
		r.emit(place{date: a.date, text: string(r.view.ID(a.node))},
			a.date, a.node, a.agents, until, []graph.Node{}, nil, nil, nil, nil, nil, then, reasons(graph.Labels(of)))
	}
	for _, n := range commitments {
		record := records[n]
		by := record.Nodes(vocab.Agent)
		r.sortByID(by)
		if ok, err := r.by(ctx, by, r.node("by"), a.date); err != nil {
			return err
		} else if !ok {
			continue
		}
		fulfilment, err := r.fulfilment(ctx, record)
		if err != nil {
			return err
		}
		if !r.is("fulfilment", fulfilment) {
			continue
		}
		due, err := r.bestDate(ctx, record, vocab.Due)
		if err != nil {
			return err
		}
		worth, _, err := r.best(ctx, record, vocab.Value)
		if err != nil {
			return err
		}
		attached, err := r.view.Records(ctx, []graph.Node{worth})
		if err != nil {
			return err
		}
		value := graph.Money{Amount: r.first(attached[worth], vocab.Amount), Currency: r.first(attached[worth], vocab.Currency)}
		became, acts, err := r.fate(ctx, record, []fateOf{{n, vocab.CarriesOut, "carried out"}})
		if err != nil {
			return err
		}
		behind := append(record.Edges(vocab.Under, vocab.Agent, vocab.Promises, vocab.Due, vocab.Value, vocab.Fulfilment, vocab.Outcome), acts...)
		r.emit(place{date: a.date, text: string(r.view.ID(a.node) + " " + r.view.ID(n))},
			a.date, a.node, a.agents, until, by, r.texts(record, vocab.Promises), value, due, fulfilment, became, then,
			reasons(graph.Labels(append(behind, of...))))
	}
	return nil
}

// disputed is the fulfilment of a promise that some sources call kept and others
// not-kept: a word of answers alone, as no single source says it.
const disputed = "disputed"

// fulfilment tells what the sources say of a promise. Whether it was kept is
// judged, so that the later judgement does not undo the earlier.
func (r *run) fulfilment(ctx context.Context, commitment graph.Record) (string, error) {
	var said []string
	for _, e := range commitment.Of(vocab.Fulfilment) {
		said = append(said, r.view.Text(e.To))
	}
	if slices.Contains(said, "kept") && slices.Contains(said, "not-kept") {
		return disputed, nil
	}
	best, _, err := r.best(ctx, commitment, vocab.Fulfilment)
	return r.view.Text(best), err
}

// fateOf is what may have become of a node: what leads to it by a predicate,
// and the word for that.
type fateOf struct {
	node      graph.Node
	predicate *vocab.Predicate
	word      string
}

// fate tells what became of an agreement or promise: the words of its sources,
// and the acts that did something to it.
func (r *run) fate(ctx context.Context, record graph.Record, by []fateOf) (string, []graph.Edge, error) {
	var parts []string
	if words := r.texts(record, vocab.Outcome); words != "" {
		parts = append(parts, words)
	}
	why := record.Edges(vocab.Outcome)
	for _, f := range by {
		edges, err := r.expandEvents(ctx, []graph.Node{f.node}, f.predicate, graph.In)
		if err != nil {
			return "", nil, err
		}
		if acts := graph.Targets(edges); len(acts) > 0 {
			text, err := r.dated(ctx, f.word, slices.Compact(slices.Sorted(slices.Values(acts))))
			if err != nil {
				return "", nil, err
			}
			parts, why = append(parts, text), append(why, edges...)
		}
	}
	return strings.Join(parts, "; "), why, nil
}

// bestDate is the date that stands under a predicate.
func (r *run) bestDate(ctx context.Context, record graph.Record, p *vocab.Predicate) (graph.Date, error) {
	e, err := r.view.Best(ctx, record.Of(p))
	if err != nil {
		return graph.Date{}, err
	}
	return r.view.Date(e)
}
