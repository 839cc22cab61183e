package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/loader"

	"github.com/spf13/cobra"
)

// exporting is what export was told.
type exporting struct {
	from       corpus
	format     string
	out        string
	around     []string
	hops       int
	knownBy    string
	statedOnly bool
}

func newExport(s streams) *cobra.Command {
	v := &exporting{}
	var formats strings.Builder
	for _, e := range loader.Exporters() {
		fmt.Fprintf(&formats, "  %-10s %s\n", e.Name, strings.ReplaceAll(fold(e.Meaning, 65), "\n", "\n             "))
	}
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the graph, or what is around a node, for other programs",
		Long: `Write every quad of the graph, or with --around the surroundings of a node, with
the passages and sources that they rest on. One content gives one text, byte for
byte, whatever the order of loading.

Formats:
` + strings.TrimRight(formats.String(), "\n"),
		Example: `  parley export --format nquads > parley.nq
  parley export --set articles -o parley.jsonld
  parley export --around "Liu He" --hops 2 -o liu-he.gexf`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return v.run(cmd, s) },
	}
	flags := cmd.Flags()
	flags.StringVar(&v.format, "format", "", "the format: "+strings.Join(loader.ExportFormats(), ", ")+" (default: what the name of --output says, else "+loader.Exporters()[0].Name+")")
	flags.StringVarP(&v.out, "output", "o", "", "write to this file, whole or not at all")
	flags.StringArrayVar(&v.around, "around", nil, "only what is around this node, by its id, a name, an alias or a title; repeatable")
	flags.IntVar(&v.hops, "hops", 1, "how far around: 0 for the nodes and what joins them, 1 for what is an edge away too")
	flags.StringVar(&v.knownBy, "known-by", "", "with --around, only what was published by this day")
	flags.BoolVar(&v.statedOnly, "stated-only", false, "leave out the rules and what they inferred")
	_ = cmd.RegisterFlagCompletionFunc("format", words(loader.ExportFormats()))
	_ = cmd.RegisterFlagCompletionFunc("around", nodes(vocab.Classes()...))
	v.from.flags(cmd)
	return cmd
}

func (v *exporting) run(cmd *cobra.Command, s streams) error {
	ctx := cmd.Context()
	exporter, err := exporterFor(s, v.format, v.out)
	if err != nil {
		return err
	}
	options := graph.Options{StatedOnly: v.statedOnly}
	for _, name := range []string{"hops", "known-by"} {
		if cmd.Flags().Changed(name) && len(v.around) == 0 {
			return usageError{fmt.Errorf("--%s goes with --around", name)}
		}
	}
	for _, name := range v.around {
		if strings.TrimSpace(name) == "" {
			return usageError{errors.New("--around which node? write its id, a name, an alias or a title")}
		}
	}
	if v.hops < 0 {
		return usageError{fmt.Errorf("--hops %d: write a whole number from 0", v.hops)}
	}
	if v.knownBy != "" {
		if options.KnownBy, err = graph.ParseDate(v.knownBy); err != nil {
			return fmt.Errorf("--known-by: %w", err)
		}
	}
	open := func() (*graph.Graph, error) { return v.from.open(ctx, s, options.KnownBy) }
	if v.statedOnly {
		open = func() (*graph.Graph, error) { return v.from.stated(ctx, s) }
	}
	g, err := open()
	if err != nil {
		return err
	}
	defer func() { _ = g.Close() }()
	if len(v.around) > 0 {
		return v.surroundings(ctx, s, g, options, exporter)
	}
	quads := g.Quads(ctx)
	if v.statedOnly {
		quads = graph.Stated(quads)
	}
	return writeTo(s, v.out, func(w io.Writer) error { return exporter.Write(ctx, w, quads) })
}

// surroundings writes what is around the nodes that were named.
func (v *exporting) surroundings(ctx context.Context, s streams, g *graph.Graph, options graph.Options, exporter *loader.Exporter) error {
	view, err := g.View(options)
	if err != nil {
		return err
	}
	defer view.Close()
	from := make([]graph.Node, len(v.around))
	for i, name := range v.around {
		if from[i], err = view.ResolveAny(ctx, name, options.KnownBy); err != nil {
			return err
		}
	}
	tellCorrections(s, view.Corrections())
	quads := view.Around(ctx, from, v.hops, graph.MostAround)
	err = writeTo(s, v.out, func(w io.Writer) error { return exporter.Write(ctx, w, quads) })
	if errors.Is(err, graph.ErrTooMuch) {
		return fmt.Errorf("%w; ask for fewer --hops or other nodes, or export the whole graph", err)
	}
	return err
}

// writeTo writes to a file, or out where none is named.
func writeTo(s streams, file string, to func(io.Writer) error) error {
	if file != "" {
		return toFile(file, to)
	}
	return write(s.out, to)
}

// exporterFor returns the format that a graph is to be written in.
func exporterFor(s streams, name, out string) (*loader.Exporter, error) {
	extension := filepath.Ext(out)
	switch {
	case name == "" && extension == "":
		return loader.Exporters()[0], nil
	case name == "":
		var known []string
		for _, e := range loader.Exporters() {
			if strings.EqualFold(extension, e.Extension) {
				return e, nil
			}
			known = append(known, e.Extension)
		}
		return nil, fmt.Errorf("-o %q: no format has that extension; end the name with one of %s, or name a format with --format", out, strings.Join(known, ", "))
	}
	e := loader.ExporterOf(name)
	if e == nil {
		return nil, fmt.Errorf("--format %q: write one of %s", name, strings.Join(loader.ExportFormats(), ", "))
	}
	if e.Binary && out == "" && s.screen() {
		return nil, fmt.Errorf("--format %s is nothing for a screen: name a file with -o", name)
	}
	return e, nil
}
