package render

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// Quote gives the words of a passage.
type Quote func(context.Context, graph.Citation) (string, error)

// Node is all that a view shows to be said of a node, ready to be written.
type Node struct {
	graph.Ref
	Facts  []Fact
	Unsaid []graph.Unsaid // what a bound left out
	// itself is the passage that a passage is.
	itself []graph.Citation
	quoted map[graph.Citation]string
}

// Fact is a thing that is said, in JSON: node for what is a node, text for
// a literal. Details are what a node that only joins others joins. Passages are
// the words of the sources, where they are at hand.
type Fact struct {
	Relation  string           `json:"relation"`
	Predicate string           `json:"predicate"`
	Reverse   bool             `json:"reverse"`
	Node      *graph.Ref       `json:"node"`
	Text      *string          `json:"text"`
	Details   []Fact           `json:"details,omitempty"`
	Rules     []graph.Ref      `json:"rules"`
	Sources   []graph.Citation `json:"sources"`
	Passages  []string         `json:"passages,omitempty"`

	// Labels are the reasons that are neither passages of a source nor rules.
	Labels []graph.ID `json:"-"`
	known  bool       // whether the graph tells of Node
}

// Describe reads all that a view shows to be said of a node, or at most so much of
// each relation where most is above 0. Quote may be nil.
func Describe(ctx context.Context, v *graph.View, n graph.Node, most int, quote Quote) (*Node, error) {
	ref, err := v.Ref(ctx, n)
	if err != nil {
		return nil, err
	}
	said, unsaid, err := v.DescribeMost(ctx, n, most)
	if err != nil {
		return nil, err
	}
	d := &Node{Ref: ref, Facts: []Fact{}, Unsaid: unsaid, quoted: map[graph.Citation]string{}}
	for _, s := range said {
		f, err := d.fact(ctx, v, s, quote)
		if err != nil {
			return nil, err
		}
		d.Facts = append(d.Facts, f)
	}
	if ref.ID.Folder() == vocab.Passage.Folder {
		if d.itself, err = v.Cite(ctx, []graph.Node{n}); err != nil {
			return nil, err
		}
		for _, c := range d.itself {
			if _, err := d.words(ctx, c, quote); err != nil {
				return nil, err
			}
		}
	}
	return d, v.Err()
}

func (d *Node) fact(ctx context.Context, v *graph.View, s graph.Said, quote Quote) (Fact, error) {
	f := Fact{
		Relation: s.Relation, Predicate: string(s.Predicate), Reverse: s.Direction == graph.In,
		Rules: append([]graph.Ref{}, s.Rules...), Sources: append([]graph.Citation{}, s.Citations...),
	}
	if s.Node.ID != "" {
		f.Node, f.known = &s.Node, v.NodeOf(s.Node.ID) != 0
	} else {
		f.Text = &s.Node.Name
	}
	for _, detail := range s.Details {
		one, err := d.fact(ctx, v, detail, quote)
		if err != nil {
			return f, err
		}
		f.Details = append(f.Details, one)
	}
	for _, c := range s.Citations {
		words, err := d.words(ctx, c, quote)
		if err != nil {
			return f, err
		}
		if words != "" {
			f.Passages = append(f.Passages, words)
		}
	}
	if len(f.Sources)+len(f.Rules) == 0 {
		f.Labels = s.Labels
	}
	return f, nil
}

// words gives the words of a passage, "" where they are not at hand.
func (d *Node) words(ctx context.Context, c graph.Citation, quote Quote) (string, error) {
	if quote == nil || c.Paragraph == 0 {
		return "", nil
	}
	words, ok := d.quoted[c]
	if !ok {
		var err error
		if words, err = quote(ctx, c); err != nil {
			return "", err
		}
		d.quoted[c] = words
	}
	return words, nil
}

// Spoken writes what a fact leads to for people.
func (f *Fact) Spoken() string {
	if f.Text == nil {
		return f.Node.Name
	}
	if p := vocab.PredicateOf(f.Predicate); p != nil && p.Literal == vocab.EDTF {
		date, err := graph.ParseDate(*f.Text)
		switch {
		case err != nil:
		case p == vocab.Published:
			return date.PublishedWords()
		default:
			return date.Words()
		}
	}
	return *f.Text
}

// JSON writes one object: node and facts.
func (d *Node) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Node  graph.Ref `json:"node"`
		Facts []Fact    `json:"facts"`
	}{d.Ref, d.Facts})
}

// WriteText writes it for a screen, each fact with its passages.
func (d *Node) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  (%s)\n", Clean(d.Name), Clean(string(d.ID)))
	if len(d.Facts) == 0 {
		b.WriteString("\nNothing in view tells of it.\n")
	}
	for _, c := range d.itself {
		d.quote(&b, c)
	}
	relation := ""
	for i := range d.Facts {
		if f := &d.Facts[i]; f.Relation != relation {
			relation = f.Relation
			fmt.Fprintf(&b, "\n%s\n", Clean(relation))
		}
		d.line(&b, &d.Facts[i], "")
	}
	for _, u := range d.Unsaid {
		fmt.Fprintf(&b, "\n%s: %d more\n", Clean(u.Relation), u.Count)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// line writes one fact, with the passages that say so. Of a node that only joins
// others it writes what it joins.
func (d *Node) line(b *strings.Builder, f *Fact, before string) {
	if len(f.Details) > 0 {
		for i := range f.Details {
			d.line(b, &f.Details[i], f.Details[i].Relation+" ")
		}
		return
	}
	what := before + f.Spoken()
	if f.Node != nil && f.known && !strings.HasSuffix(what, string(f.Node.ID)) {
		what += "  (" + string(f.Node.ID) + ")"
	}
	fmt.Fprintf(b, "  %s\n", Clean(what))
	for _, r := range f.Rules {
		fmt.Fprintf(b, "      inferred by the rule “%s”\n", Clean(r.Name))
	}
	for _, c := range f.Sources {
		fmt.Fprintf(b, "      %s\n", Clean(Citation(c)))
		if address := page(c); address != "" {
			fmt.Fprintf(b, "        %s\n", address)
		}
		d.quote(b, c)
	}
	for _, l := range f.Labels {
		fmt.Fprintf(b, "      %s\n", Clean(string(l)))
	}
}

func (d *Node) quote(b *strings.Builder, c graph.Citation) {
	if words := d.quoted[c]; words != "" {
		fmt.Fprintf(b, "        | %s\n", Clean(words))
	}
}
