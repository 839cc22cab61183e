package command

import (
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
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
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
			g, err := from.open(ctx, s)
			if err != nil {
				return err
			}
			v, err := g.View(options)
			if err != nil {
				return err
			}
			defer v.Close()
			n, err := v.Resolve(ctx, args[0], "node", options.KnownBy, shown(args[0])...)
			if err != nil {
				return err
			}
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
			return write(s.out, func(w io.Writer) error { return to(ctx, w) })
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
	relation := ""
	for _, s := range d.said {
		if s.Relation != relation {
			relation = s.Relation
			fmt.Fprintf(&b, "\n%s\n", render.Clean(relation))
		}
		what := s.Node.Name
		if s.Detail != "" {
			what = s.Detail
		} else if s.Node.ID != "" && string(s.Node.ID) != what && d.view.NodeOf(s.Node.ID) != 0 {
			what += "  (" + string(s.Node.ID) + ")"
		}
		fmt.Fprintf(&b, "  %s\n", render.Clean(what))
		for _, r := range s.Rules {
			fmt.Fprintf(&b, "      inferred by the rule “%s”\n", render.Clean(r.Name))
		}
		for _, c := range s.Citations {
			fmt.Fprintf(&b, "      %s\n", render.Clean(render.Citation(c)))
			if d.texts != "" && c.Paragraph > 0 {
				words, err := d.words(ctx, c)
				if err != nil {
					return err
				}
				fmt.Fprintf(&b, "        | %s\n", render.Clean(words))
			}
		}
		if len(s.Citations)+len(s.Rules) == 0 {
			for _, l := range s.Labels {
				fmt.Fprintf(&b, "      %s\n", render.Clean(string(l)))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
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
	type fact struct {
		Relation  string           `json:"relation"`
		Predicate string           `json:"predicate"`
		Reverse   bool             `json:"reverse"`
		Node      *graph.Ref       `json:"node"`
		Text      *string          `json:"text"`
		Detail    *string          `json:"detail"`
		Rules     []graph.Ref      `json:"rules"`
		Sources   []graph.Citation `json:"sources"`
		Passages  []string         `json:"passages,omitempty"`
	}
	out := struct {
		Node  graph.Ref `json:"node"`
		Facts []fact    `json:"facts"`
	}{d.node, []fact{}}
	for _, s := range d.said {
		f := fact{
			Relation: s.Relation, Predicate: string(s.Predicate), Reverse: s.Direction == graph.In,
			Rules: append([]graph.Ref{}, s.Rules...), Sources: append([]graph.Citation{}, s.Citations...),
		}
		if s.Node.ID != "" {
			f.Node = &s.Node
		} else {
			f.Text = &s.Node.Name
		}
		if s.Detail != "" {
			f.Detail = &s.Detail
		}
		if d.texts != "" {
			for _, c := range s.Citations {
				if c.Paragraph == 0 {
					continue
				}
				words, err := d.words(ctx, c)
				if err != nil {
					return err
				}
				f.Passages = append(f.Passages, words)
			}
		}
		out.Facts = append(out.Facts, f)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
