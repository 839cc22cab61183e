package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"parley/graph"
	"parley/loader"
	"parley/queries"
	"parley/queries/render"
)

// answerFormat is how an answer is written: by render, or as a graph by an
// exporter.
type answerFormat struct {
	name, extension string
	binary          bool
	render          *render.Format
	exporter        *loader.Exporter
}

func rendered(f *render.Format) answerFormat {
	return answerFormat{name: f.Name, extension: f.Extension, binary: f.Binary, render: f}
}

// answerFormats lists the formats for the answers of a query. A format of
// answers goes before one of graphs with its name, even where it cannot write
// these: DOT is a picture.
func answerFormats(q *queries.Query) []answerFormat {
	var list []answerFormat
	for _, f := range render.For(q) {
		list = append(list, rendered(f))
	}
	for _, e := range loader.Exporters() {
		if render.Lookup(e.Name) == nil {
			list = append(list, answerFormat{name: e.Name, extension: e.Extension, binary: e.Binary, exporter: e})
		}
	}
	return list
}

func answerFormatNames(q *queries.Query) []string {
	var names []string
	for _, f := range answerFormats(q) {
		names = append(names, f.name)
	}
	return names
}

// formatOf returns the format that an answer is to be written in.
func formatOf(s streams, q *queries.Query, name, out string) (answerFormat, error) {
	if extension := filepath.Ext(out); name == "" && extension != "" {
		var known []string
		for _, f := range answerFormats(q) {
			if f.render == render.Tree { // a table has its extension
				continue
			}
			if strings.EqualFold(extension, f.extension) {
				return f, nil
			}
			known = append(known, f.extension)
		}
		return answerFormat{}, fmt.Errorf("-o %q: no format for the answers of %s has that extension; end the name with one of %s, or name a format with --format", out, q.Name, strings.Join(known, ", "))
	}
	if name == "" {
		if s.screen() && out == "" {
			return rendered(render.Screen(q)), nil
		}
		return rendered(render.Table), nil
	}
	for _, f := range answerFormats(q) {
		switch {
		case f.name != name:
		case f.binary && out == "" && s.screen():
			return f, fmt.Errorf("--format %s is nothing for a screen: name a file with -o", name)
		default:
			return f, nil
		}
	}
	return answerFormat{}, fmt.Errorf("--format %q: the answers of %s are written as one of %s", name, q.Name, strings.Join(answerFormatNames(q), ", "))
}

// writeAnswer writes an answer in a format.
func writeAnswer(ctx context.Context, s streams, g *graph.Graph, a *queries.Answer, o graph.Options, f answerFormat, out string) error {
	if f.render != nil {
		return writeTo(s, out, func(w io.Writer) error {
			return f.render.Write(w, a, render.Options{Width: s.width(), Explorer: "http://" + defaultAddress})
		})
	}
	v, err := g.View(o)
	if err != nil {
		return err
	}
	defer v.Close()
	var from []graph.Node
	for _, id := range a.Nodes() {
		from = append(from, v.NodeOf(id))
	}
	quads := v.Around(ctx, from, 0, graph.MostAround)
	err = writeTo(s, out, func(w io.Writer) error { return f.exporter.Write(ctx, w, quads) })
	switch {
	case errors.Is(err, graph.ErrTooMuch):
		return fmt.Errorf("%w; ask for fewer rows with --limit", err)
	case err == nil && a.Truncated:
		_, _ = fmt.Fprintln(s.err, "parley: the graph is of the first rows; cut off at the limit: there are more")
	}
	return err
}
