package command

import (
	"fmt"
	"io"
	"strings"

	"parley/loader"

	"github.com/spf13/cobra"
)

func newTemplate(s streams) *cobra.Command {
	var names []string // with what each is, as shells show it
	var list strings.Builder
	for _, t := range loader.Templates() {
		names = append(names, t.Name+"\t"+t.Meaning)
		fmt.Fprintf(&list, "\n  %-14s %s", t.Name, t.Meaning)
	}
	return &cobra.Command{
		Use:   "template NAME",
		Short: "Write a file to start from, in one of the formats that are read",
		Long: `Write a file to start from. Each loads as it is into a store with the built-in
facts; put what you know in the place of its examples.

Templates:` + list.String(),
		Example:   "  parley template facts > my-article.yaml\n  parley template csv-meetings > meetings.csv\n  parley load meetings.csv --dry-run",
		ValidArgs: names,
		Args:      usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			t := loader.TemplateNamed(args[0])
			if t == nil {
				return usageError{fmt.Errorf("%q: write one of %s", args[0], strings.Join(loader.TemplateNames(), ", "))}
			}
			return write(s.out, func(w io.Writer) error {
				_, err := io.WriteString(w, t.Text)
				return err
			})
		},
	}
}
