package command

import (
	"fmt"
	"runtime/debug"
	"strings"

	"parley/graph"
	"parley/queries"
	"parley/queries/render"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newQuery(s streams, registry *queries.Registry) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "query NAME",
		Short: "Answer a predefined query",
		Long:  "Answer a predefined query from the built-in facts or, with --db, from a store\nof your own, with the facts added that --data names. See parley queries for what\neach one answers.",
		Args: usageArgs(func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("which query? one of %s", strings.Join(registry.Names(), ", "))
			}
			return fmt.Errorf("there is no query %q%s; there is %s", args[0], nearest(cmd, args[0]), strings.Join(registry.Names(), ", "))
		}),
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	for _, q := range registry.All() {
		cmd.AddCommand(newOneQuery(s, q))
	}
	return cmd
}

// newOneQuery makes the command of a query from its registration.
func newOneQuery(s streams, q *queries.Query) *cobra.Command {
	var from corpus
	var format, out string
	cmd := &cobra.Command{
		Use:   q.Name,
		Short: q.Title,
		Long:  describe(q),
		Args:  usageArgs(cobra.NoArgs),
	}
	flags := cmd.Flags()
	for _, p := range q.AllParams() {
		addFlag(cmd, p)
	}
	names := answerFormatNames(q)
	flags.StringVar(&format, "format", "", "how to write the answer: "+strings.Join(names, ", ")+" (default: what the name of --output says, else "+screenWords(q)+")")
	flags.StringVarP(&out, "output", "o", "", "write to this file, whole or not at all")
	_ = cmd.RegisterFlagCompletionFunc("format", words(names))
	from.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		f, err := formatOf(s, q, format, out)
		if err != nil {
			return err
		}
		texts := given(cmd, q)
		// A date that cannot be read the query itself tells of.
		if from.db == "" {
			// What is built in is small, and collecting what an answer leaves
			// behind would take longer than to answer.
			defer debug.SetGCPercent(debug.SetGCPercent(400))
		}
		knownBy, _ := graph.ParseDate(texts["known-by"])
		g, err := from.open(cmd.Context(), s, knownBy)
		if err != nil {
			return err
		}
		defer func() { _ = g.Close() }()
		answer, err := q.Answer(cmd.Context(), g, texts)
		if err != nil {
			return err
		}
		tellCorrections(s, answer.Corrections)
		options := graph.Options{KnownBy: knownBy, StatedOnly: texts["stated-only"] == "true"}
		return writeAnswer(cmd.Context(), s, g, answer, options, f, out)
	}
	return cmd
}

// screenWords tells what is written where neither a format nor a file is named.
func screenWords(q *queries.Query) string {
	if f := render.Screen(q); f != render.Table {
		return f.Name + " on a terminal, else table"
	}
	return "table"
}

// describe writes the help of a query.
func describe(q *queries.Query) string {
	var b strings.Builder
	b.WriteString(q.Title + "\n\n" + fold(q.Row) + "\n")
	if q.Left != "" {
		b.WriteString(fold(q.Left) + "\n")
	}
	b.WriteString("\nColumns:\n")
	for _, c := range q.Columns {
		fmt.Fprintf(&b, "  %-17s %s\n", c.Name, strings.ReplaceAll(fold(c.Meaning, 58), "\n", "\n                    "))
	}
	b.WriteString("\nExample:\n  parley query " + queries.Shell(append([]string{q.Name}, q.Example...)))
	return b.String()
}

// fold breaks a text into lines of at most width characters, 78 unless told.
func fold(text string, width ...int) string {
	limit := append(width, 78)[0]
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case column == 0:
		case column+1+n > limit:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

// addFlag makes a parameter's flag.
func addFlag(cmd *cobra.Command, p queries.Param) {
	meaning := p.Meaning
	if p.Kind == queries.WordParam {
		meaning += ": " + strings.Join(p.Words, ", ")
	}
	if p.Required {
		meaning += " (required)"
	}
	if p.Kind == queries.FlagParam {
		cmd.Flags().Bool(p.Name, false, meaning)
		return
	}
	fallback := p.Default
	if p.Kind == queries.CountParam {
		fallback = ""
	}
	// The backquotes give the value its name in help.
	cmd.Flags().String(p.Name, fallback, "`"+p.Kind.String()+"`: "+meaning)
	cmd.Flags().Lookup(p.Name).Usage = meaning
	cmd.Flags().Lookup(p.Name).Value = kindOf{cmd.Flags().Lookup(p.Name).Value, p.Kind.String()}
	switch p.Kind {
	case queries.WordParam:
		_ = cmd.RegisterFlagCompletionFunc(p.Name, words(p.Words))
	case queries.TextParam:
		_ = cmd.RegisterFlagCompletionFunc(p.Name, cobra.NoFileCompletions)
	case queries.NodeParam:
		_ = cmd.RegisterFlagCompletionFunc(p.Name, nodes(p.Classes...))
	}
}

// kindOf is a flag's value that help calls by the kind of its parameter.
type kindOf struct {
	pflag.Value
	kind string
}

func (k kindOf) Type() string { return k.kind }

func words(list []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return list, cobra.ShellCompDirectiveNoFileComp
	}
}

// tellCorrections says which misspellings and parts of names were read, so that no answer
// is taken for one about somebody else.
func tellCorrections(s streams, corrections []graph.Correction) {
	for _, c := range corrections {
		_, _ = fmt.Fprintf(s.err, "parley: %q is read as %s (%s)\n", c.Text, c.Node.Name, c.Node.ID)
	}
}

// given collects the arguments that were typed.
func given(cmd *cobra.Command, q *queries.Query) map[string]string {
	texts := map[string]string{}
	for _, p := range q.AllParams() {
		if f := cmd.Flags().Lookup(p.Name); f.Changed {
			texts[p.Name] = f.Value.String()
		}
	}
	return texts
}
