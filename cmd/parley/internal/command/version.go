package command

import (
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Tell which version this is, and of which Go and cayley",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return write(s.out, func(w io.Writer) error {
				_, err := fmt.Fprintln(w, version())
				return err
			})
		},
	}
}

// version reads what the build recorded.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "parley (built without module information)"
	}
	text := "parley " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			text += " " + s.Value[:min(12, len(s.Value))]
		}
	}
	text += ", " + info.GoVersion
	for _, m := range info.Deps {
		if m.Path == "github.com/cayleygraph/cayley" || m.Path == "github.com/cayleygraph/quad" {
			text += ", " + m.Path[len("github.com/cayleygraph/"):] + " " + m.Version
		}
	}
	return text
}
