package command

import (
	"io"

	"parley/loader"

	"github.com/spf13/cobra"
)

func newSchema(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Write the JSON Schema of facts files, for editors",
		Long: `Write the JSON Schema (2020-12) of facts files. An editor that has it completes
keys and words while you write, and marks what is wrong; name it in the file's
first line:

  # yaml-language-server: $schema=facts.schema.json

What takes more than the file to tell, such as an id that nothing defines,
parley check tells.`,
		Example: "  parley schema > facts.schema.json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			text, err := loader.FactsSchema()
			if err != nil {
				return err
			}
			return write(s.out, func(w io.Writer) error {
				_, err := w.Write(text)
				return err
			})
		},
	}
}
