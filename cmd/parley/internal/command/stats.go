package command

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"parley/graph"
	"parley/queries/render"

	"github.com/spf13/cobra"
)

func newStats(s streams) *cobra.Command {
	var from corpus
	var format string
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Count what the graph holds, and in which files",
		Long: `Count what the graph holds: quads, terms, sources, how many quads have each
predicate, how many nodes are of each class; and of a store its files.`,
		Example: "  parley stats\n  parley stats --db graph --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "table" && format != "json" {
				return fmt.Errorf("--format %q: write one of table, json", format)
			}
			g, err := from.open(cmd.Context(), s, graph.Date{})
			if err != nil {
				return err
			}
			defer func() { _ = g.Close() }()
			c, err := g.Census(cmd.Context())
			if err != nil {
				return err
			}
			if from.db == "" {
				c.Files = nil // it has none
			}
			if format == "json" {
				return write(s.out, func(w io.Writer) error { return writeJSON(w, c) })
			}
			return write(s.out, func(w io.Writer) error { return writeCensus(w, c) })
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "how to write it: table, json")
	_ = cmd.RegisterFlagCompletionFunc("format", words([]string{"table", "json"}))
	from.flags(cmd)
	return cmd
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func writeCensus(w io.Writer, c *graph.Census) error {
	if _, err := fmt.Fprintf(w, "quads: %d\nterms: %d\nsources: %d\n", c.Quads, c.Terms, c.Sources); err != nil {
		return err
	}
	var classes, predicates, files [][]string
	for _, class := range c.Classes {
		classes = append(classes, []string{class.Name, strconv.Itoa(class.Nodes), string(class.IRI)})
	}
	for _, p := range c.Predicates {
		predicates = append(predicates, []string{p.Name, strconv.FormatInt(p.Quads, 10), string(p.IRI)})
	}
	for _, f := range c.Files {
		row := []string{f.Name}
		for _, n := range []int64{f.Bytes, f.Quads, f.Removed, f.Terms} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		files = append(files, row)
	}
	for _, part := range []struct {
		header []string
		cells  [][]string
	}{
		{[]string{"class", "nodes", "IRI"}, classes},
		{[]string{"predicate", "quads", "IRI"}, predicates},
		{[]string{"file", "bytes", "quads", "removed", "terms"}, files},
	} {
		if len(part.cells) == 0 {
			continue
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
		if err := render.Columns(w, part.header, part.cells); err != nil {
			return err
		}
	}
	return nil
}
