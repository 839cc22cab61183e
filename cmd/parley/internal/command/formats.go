package command

import (
	"fmt"
	"io"
	"strings"

	"parley/loader"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

func newFormats(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "formats",
		Short: "List the formats of files that are read and written",
		Long:  "List the formats of files that parley load reads and parley export writes.",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return write(s.out, func(w io.Writer) error {
				_, err := io.WriteString(w, everyFormat())
				return err
			})
		},
	}
}

// everyFormat tells of each format how it is read and written.
func everyFormat() string {
	var b strings.Builder
	tell := func(word, about string) {
		for line := range strings.Lines(text.WrapSoft(about, 78)) {
			fmt.Fprintf(&b, "    %-5s%s\n", word, strings.TrimSpace(line))
			word = ""
		}
	}
	for _, f := range loader.Catalogue() {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Title)
		if f.Meaning != "" {
			tell("in", strings.Join(f.Endings, " ")+": "+f.Meaning)
		}
		if f.Out != nil {
			tell("out", f.Out.Extension+": "+f.Out.Meaning)
		}
	}
	return b.String()
}
