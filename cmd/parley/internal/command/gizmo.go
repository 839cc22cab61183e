package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/graph"
	"parley/graph/gizmo"
	"parley/queries/render"

	"github.com/spf13/cobra"
)

func newGizmo(s streams) *cobra.Command {
	var from corpus
	var format string
	var timeout time.Duration
	var limit int
	cmd := &cobra.Command{
		Use:   "gizmo QUERY",
		Short: "Answer a query of your own in Gizmo, cayley's query language",
		Long: `Answer a query of your own in Gizmo, cayley's query language in JavaScript
(https://cayley.gitbook.io/cayley/query-languages/gizmoapi). The query sees
every quad, and can change none. A node is written <urn:parley:person/liu-he>
or, in another vocabulary, by its IRI; a predicate <urn:parley:vocab#agent> or
<https://schema.org/name>: parley stats lists them.`,
		Example: `  parley gizmo 'g.V("<urn:parley:person/liu-he>").out("<https://schema.org/name>").all()'
  parley gizmo 'g.V().has("<urn:parley:vocab#status>", "cancelled").count()' --db graph`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case format != "table" && format != "json":
				return fmt.Errorf("--format %q: write one of table, json", format)
			case timeout <= 0:
				return fmt.Errorf("--timeout %s: write a time, as 10s", timeout)
			case limit < 0:
				return fmt.Errorf("--limit %d: write a number of rows, 0 for all", limit)
			}
			g, err := from.open(cmd.Context(), s, graph.Date{})
			if err != nil {
				return err
			}
			defer func() { _ = g.Close() }()
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			a, err := gizmo.Run(ctx, g, args[0], gizmo.Options{Limit: limit})
			if errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("the query took longer than %s, and has no answer; --timeout gives it more", timeout)
			}
			if err != nil {
				return err
			}
			if a.Truncated {
				_, _ = fmt.Fprintf(s.err, "parley: there are more than %d rows; --limit gives more, 0 all\n", limit)
			}
			if format == "json" {
				return write(s.out, func(w io.Writer) error { return writeJSON(w, a) })
			}
			return write(s.out, func(w io.Writer) error { return writeRows(w, a) })
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "how to write the rows: table, json")
	cmd.Flags().DurationVar(&timeout, "timeout", 10*time.Second, "give up after so long")
	cmd.Flags().IntVar(&limit, "limit", 1000, "at most so many rows; 0 for all")
	_ = cmd.RegisterFlagCompletionFunc("format", words([]string{"table", "json"}))
	from.flags(cmd)
	return cmd
}

// writeRows writes rows in columns: the end of the path, then what else the
// query tagged.
func writeRows(w io.Writer, a *gizmo.Answer) error {
	tags := map[string]bool{}
	for _, row := range a.Rows {
		for tag := range row {
			tags[tag] = true
		}
	}
	header := slices.SortedFunc(maps.Keys(tags), func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == "id":
			return -1
		case b == "id":
			return 1
		}
		return strings.Compare(a, b)
	})
	if len(a.Rows) > 0 {
		cells := make([][]string, len(a.Rows))
		for i, row := range a.Rows {
			for _, tag := range header {
				text, err := cell(row[tag])
				if err != nil {
					return err
				}
				cells[i] = append(cells[i], text)
			}
		}
		if err := render.Columns(w, header, cells); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	word := "rows"
	if len(a.Rows) == 1 {
		word = "row"
	}
	_, err := fmt.Fprintf(w, "%d %s\n", len(a.Rows), word)
	return err
}

// cell writes texts as they are, and what is no text as JSON.
func cell(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}
