package command

import (
	"fmt"
	"io"
	"strings"

	"parley/graph"
	"parley/loader"

	"github.com/spf13/cobra"
)

func newExport(s streams) *cobra.Command {
	var from corpus
	var format, out string
	var statedOnly bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the graph as N-Quads or JSON-LD",
		Long: `Write every quad of the graph, with its reason as the name of its graph. One
content gives one text, byte for byte, whatever the order of loading.`,
		Example: "  parley export --format nquads > parley.nq\n  parley export --format jsonld --set articles -o parley.jsonld",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			exporter, ok := loader.Exporters[format]
			if !ok {
				return fmt.Errorf("--format %q: write one of %s", format, strings.Join(loader.ExportFormats(), ", "))
			}
			open := func() (*graph.Graph, error) { return from.open(cmd.Context(), s, graph.Date{}) }
			if statedOnly {
				open = func() (*graph.Graph, error) { return from.stated(cmd.Context(), s) }
			}
			g, err := open()
			if err != nil {
				return err
			}
			defer func() { _ = g.Close() }()
			quads := g.Quads(cmd.Context())
			if statedOnly {
				quads = loader.Stated(quads)
			}
			to := func(w io.Writer) error { return exporter(cmd.Context(), w, quads) }
			if out == "" {
				return write(s.out, to)
			}
			return toFile(out, to)
		},
	}
	cmd.Flags().StringVar(&format, "format", "nquads", "the format: "+strings.Join(loader.ExportFormats(), ", "))
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file, whole or not at all")
	cmd.Flags().BoolVar(&statedOnly, "stated-only", false, "leave out the rules and what they inferred")
	_ = cmd.RegisterFlagCompletionFunc("format", words(loader.ExportFormats()))
	from.flags(cmd)
	return cmd
}
