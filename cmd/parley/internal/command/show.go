package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/loader"
	"parley/queries/render"

	"github.com/spf13/cobra"
)

func newShow(s streams) *cobra.Command {
	var from corpus
	var knownBy, texts, format string
	var statedOnly bool
	cmd := &cobra.Command{
		Use:   "show NODE",
		Short: "Tell all that is known about a node, each line with its passage",
		Long: `Tell all that is known about a node: an actor, a meeting, a measure, an action,
an article, a rule, or a node of another vocabulary. It is named by its id, a
name, an alias, a title on the day of --known-by, or its IRI.`,
		Example: `  parley show "Liu He"
  parley show "Treasury Secretary" --known-by 2019-04-01
  parley show country/chn --texts ~/articles`,
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: nodes(vocab.Classes()...),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(args[0]) == "" {
				return usageError{fmt.Errorf("which node? write its id, a name, an alias or a title")}
			}
			if format != "table" && format != "json" {
				return fmt.Errorf("--format %q: write one of table, json", format)
			}
			options := graph.Options{StatedOnly: statedOnly}
			if knownBy != "" {
				var err error
				if options.KnownBy, err = graph.ParseDate(knownBy); err != nil {
					return fmt.Errorf("--known-by: %w", err)
				}
			}
			ctx := cmd.Context()
			g, err := from.open(ctx, s, options.KnownBy)
			if err != nil {
				return err
			}
			defer func() { _ = g.Close() }()
			v, err := g.View(options)
			if err != nil {
				return err
			}
			defer v.Close()
			n, err := v.Resolve(ctx, args[0], "node", options.KnownBy, shown(args[0])...)
			if err != nil {
				return err
			}
			tellCorrections(s, v.Corrections())
			d := description{view: v, texts: texts}
			if d.node, err = v.Ref(ctx, n); err != nil {
				return err
			}
			if d.said, err = v.Describe(ctx, n); err != nil {
				return err
			}
			to := d.table
			if format == "json" {
				to = d.json
			}
			var b bytes.Buffer
			err = to(ctx, &b)
			if err = cmp.Or(v.Err(), err); err != nil {
				return err
			}
			return write(s.out, func(w io.Writer) error {
				_, err := b.WriteTo(w)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&knownBy, "known-by", "", "only what was published by this day")
	cmd.Flags().StringVar(&texts, "texts", "", "print the words of each passage, from the articles' texts in this folder")
	cmd.Flags().StringVar(&format, "format", "table", "how to write it: table, json")
	cmd.Flags().BoolVar(&statedOnly, "stated-only", false, "leave out what rules inferred")
	_ = cmd.MarkFlagDirname("texts")
	from.flags(cmd)
	return cmd
}

// shown are the classes that a name may stand for: for a title its holder is
// meant, so offices are found by their ids only.
func shown(text string) []*vocab.Class {
	if strings.Contains(text, "/") || strings.Contains(text, ":") {
		return nil
	}
	var classes []*vocab.Class
	for _, c := range vocab.Classes() {
		if c != vocab.Office && c != vocab.Rate && c != vocab.Money {
			classes = append(classes, c)
		}
	}
	return classes
}

// description is what show prints.
type description struct {
	view  *graph.View
	node  graph.Ref
	said  []graph.Said
	texts string
	read  map[graph.ID]*loader.Text
}

func (d *description) table(ctx context.Context, w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  (%s)\n", render.Clean(d.node.Name), render.Clean(string(d.node.ID)))
	if len(d.said) == 0 {
		b.WriteString("\nNothing in view tells of it.\n")
	}
	if d.node.ID.Folder() == vocab.Passage.Folder {
		itself, err := d.view.Cite(ctx, []graph.Node{d.view.NodeOf(d.node.ID)})
		if err != nil {
			return err
		}
		for _, c := range itself {
			if err := d.quote(ctx, &b, c); err != nil {
				return err
			}
		}
	}
	relation := ""
	for _, s := range d.said {
		if s.Relation != relation {
			relation = s.Relation
			fmt.Fprintf(&b, "\n%s\n", render.Clean(relation))
		}
		if err := d.line(ctx, &b, s); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// line writes one thing that is said, with the passages that say so. Of a node
// that only joins others it writes what it joins.
func (d *description) line(ctx context.Context, b *strings.Builder, s graph.Said) error {
	if len(s.Details) > 0 {
		for _, detail := range s.Details {
			detail.Node.Name = detail.Relation + " " + spoken(detail)
			detail.Predicate = ""
			if err := d.line(ctx, b, detail); err != nil {
				return err
			}
		}
		return nil
	}
	what := spoken(s)
	if s.Node.ID != "" && !strings.HasSuffix(what, string(s.Node.ID)) && d.view.NodeOf(s.Node.ID) != 0 {
		what += "  (" + string(s.Node.ID) + ")"
	}
	fmt.Fprintf(b, "  %s\n", render.Clean(what))
	for _, r := range s.Rules {
		fmt.Fprintf(b, "      inferred by the rule “%s”\n", render.Clean(r.Name))
	}
	for _, c := range s.Citations {
		fmt.Fprintf(b, "      %s\n", render.Clean(render.Citation(c)))
		if err := d.quote(ctx, b, c); err != nil {
			return err
		}
	}
	if len(s.Citations)+len(s.Rules) == 0 {
		for _, l := range s.Labels {
			fmt.Fprintf(b, "      %s\n", render.Clean(string(l)))
		}
	}
	return nil
}

// spoken writes what an edge leads to for people.
func spoken(s graph.Said) string {
	if p := vocab.PredicateOf(s.Predicate); p != nil && p.Literal == vocab.EDTF {
		if date, err := graph.ParseDate(s.Node.Name); err == nil {
			return date.Words()
		}
	}
	return s.Node.Name
}

// quote writes the words of a passage, if the texts are at hand.
func (d *description) quote(ctx context.Context, b *strings.Builder, c graph.Citation) error {
	if d.texts == "" || c.Paragraph == 0 {
		return nil
	}
	words, err := d.words(ctx, c)
	if err == nil {
		fmt.Fprintf(b, "        | %s\n", render.Clean(words))
	}
	return err
}

// words cuts a passage out of its article's text, after checking that the text
// is the one that was read.
func (d *description) words(ctx context.Context, c graph.Citation) (string, error) {
	if d.read[c.Article.ID] == nil {
		edges, err := d.view.Expand(ctx, []graph.Node{d.view.NodeOf(c.Article.ID)}, vocab.SHA256, graph.Out)
		if err != nil {
			return "", err
		}
		if len(edges) == 0 {
			return "", fmt.Errorf("%s has no SHA-256 to know its text by", c.Article.ID)
		}
		text, err := loader.FindText(d.texts, c.Article.ID, d.view.Text(edges[0].To))
		if err != nil {
			return "", err
		}
		if d.read == nil {
			d.read = map[graph.ID]*loader.Text{}
		}
		d.read[c.Article.ID] = text
	}
	return d.read[c.Article.ID].Cut(c.Start, c.End)
}

func (d *description) json(ctx context.Context, w io.Writer) error {
	out := struct {
		Node  graph.Ref   `json:"node"`
		Facts []shownFact `json:"facts"`
	}{d.node, []shownFact{}}
	for _, said := range d.said {
		f, err := d.fact(ctx, said)
		if err != nil {
			return err
		}
		out.Facts = append(out.Facts, f)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// shownFact is a thing that is said, in JSON: node for what is a node, text for
// a literal. Details are what a node that only joins others joins.
type shownFact struct {
	Relation  string           `json:"relation"`
	Predicate string           `json:"predicate"`
	Reverse   bool             `json:"reverse"`
	Node      *graph.Ref       `json:"node"`
	Text      *string          `json:"text"`
	Details   []shownFact      `json:"details,omitempty"`
	Rules     []graph.Ref      `json:"rules"`
	Sources   []graph.Citation `json:"sources"`
	Passages  []string         `json:"passages,omitempty"`
}

func (d *description) fact(ctx context.Context, s graph.Said) (shownFact, error) {
	f := shownFact{
		Relation: s.Relation, Predicate: string(s.Predicate), Reverse: s.Direction == graph.In,
		Rules: append([]graph.Ref{}, s.Rules...), Sources: append([]graph.Citation{}, s.Citations...),
	}
	if s.Node.ID != "" {
		f.Node = &s.Node
	} else {
		f.Text = &s.Node.Name
	}
	for _, detail := range s.Details {
		one, err := d.fact(ctx, detail)
		if err != nil {
			return f, err
		}
		f.Details = append(f.Details, one)
	}
	for _, c := range s.Citations {
		if d.texts == "" || c.Paragraph == 0 {
			continue
		}
		words, err := d.words(ctx, c)
		if err != nil {
			return f, err
		}
		f.Passages = append(f.Passages, words)
	}
	return f, nil
}
