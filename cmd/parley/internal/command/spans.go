package command

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"parley/loader"

	"github.com/spf13/cobra"
)

func newSpans(s streams) *cobra.Command {
	var texts string
	cmd := &cobra.Command{
		Use:   "spans FILE…",
		Short: "Work out where the passages of facts files lie in their articles' texts",
		Long: `Work out where the passages of facts files lie in the texts of their articles,
and write that, with the SHA-256 of the text, into the files. A fact names a
paragraph (at: p3), or sentences of it (at: p3s2, at: p3s2-4); the character
spans are never counted by hand.

The text is the file in --texts that bears the article's id as its name, or
has its SHA-256.`,
		Example: "  parley spans my-article.yaml --texts ~/articles",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if texts == "" {
				return usageError{fmt.Errorf("which folder has the articles' texts? name it with --texts")}
			}
			for _, name := range args {
				changed, err := writeSpans(name, texts)
				if err != nil {
					return err
				}
				word := "unchanged"
				if changed {
					word = "written"
				}
				if err := write(s.out, func(w io.Writer) error {
					_, err := fmt.Fprintf(w, "%s: %s\n", name, word)
					return err
				}); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&texts, "texts", "", "the folder that has the articles' texts")
	_ = cmd.MarkFlagDirname("texts")
	return cmd
}

func writeSpans(name, dir string) (changed bool, err error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	out, err := loader.SpanFile(name, src, dir)
	if err != nil || bytes.Equal(src, out) {
		return false, err
	}
	return true, toFile(name, func(w io.Writer) error {
		_, err := w.Write(out)
		return err
	})
}
