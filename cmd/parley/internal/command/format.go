package command

import (
	"fmt"
	"strings"

	"parley/loader"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

// formatList tells of each format that is read.
func formatList() string {
	var b strings.Builder
	b.WriteString("Formats:\n")
	for _, f := range loader.Formats() {
		about := fmt.Sprintf("%s (%s): %s", f.Title, strings.Join(f.Endings, ", "), f.Meaning)
		name := f.Name
		for line := range strings.Lines(text.WrapSoft(about, 66)) {
			fmt.Fprintf(&b, "  %-10s%s\n", name, strings.TrimSpace(line))
			name = ""
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// formatFlag adds --format for what is read.
func formatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "", "the format of all files, where they do not tell it: "+strings.Join(loader.FormatNames(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("format", words(loader.FormatNames()))
}

// formatNamed finds a format that is read, nil for none.
func formatNamed(name string) (*loader.Format, error) {
	if name == "" {
		return nil, nil
	}
	f := loader.FormatNamed(name)
	if f == nil {
		return nil, usageError{fmt.Errorf("--format %q: write one of %s", name, strings.Join(loader.FormatNames(), ", "))}
	}
	return f, nil
}
