// Package command is parley's command line: one file a verb.
//
//  1. [Main] runs a command line and turns its error into an exit code.
//  2. Each verb's file makes a cobra command. Query.go makes one for each
//     registered query, so that a new query needs nothing here.
//  3. Verbs that answer open a graph with [corpus]: the built-in sets that were
//     asked for, or a store, and the user's own files.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"parley/queries"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// Exit codes.
const (
	done       = 0
	failed     = 1
	wrongUsage = 2
)

// usageError is a command line that parley cannot make sense of.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exitCode is the one table of errors and exit codes.
func exitCode(err error) int {
	if err == nil {
		return done
	}
	var usage usageError
	var missing *queries.ArgError
	switch {
	case errors.As(err, &usage):
		return wrongUsage
	case errors.As(err, &missing) && missing.Value == "":
		return wrongUsage
	}
	return failed
}

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// width returns the columns of the screen that out is: what COLUMNS says, else
// what the terminal says, else 0 for no bound.
func (s streams) width() int {
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	f, ok := s.out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// screen tells whether out is a terminal.
func (s streams) screen() bool {
	f, ok := s.out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Main runs a command line, ended early by an interrupt, and returns the exit
// code: 0 done, 1 failed, 2 wrong usage.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second interrupt ends the process at once.
	context.AfterFunc(ctx, stop)
	signal.Ignore(syscall.SIGPIPE) // the write fails instead, which write takes for an end
	return run(ctx, args, streams{in, out, errOut})
}

func run(ctx context.Context, args []string, s streams) int {
	root := newRoot(s, queries.Predefined)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		_, _ = fmt.Fprintln(s.err, "parley: interrupted; nothing more is printed")
	default:
		_, _ = fmt.Fprintln(s.err, "parley: "+strings.ReplaceAll(err.Error(), "\n", "\nparley: "))
	}
	return exitCode(err)
}

// newRoot makes the command line of a registry of queries.
func newRoot(s streams, registry *queries.Registry) *cobra.Command {
	root := &cobra.Command{
		Use:   "parley",
		Short: "Who negotiated with whom, and who hit back, in a trade war",
		Long: `parley answers from a graph of actors and actions, read from news articles:
who negotiated with whom, and what answered what. Each line of an answer tells
which passage of which source says so.

Start with the two questions that it is for:

  parley query negotiated-with
  parley query retaliation-chains

then look at one thing whole, or at a day as it was known then:

  parley show "Liu He"
  parley query meetings --known-by 2018-09-30

and ask with your own facts added:

  parley check my-article.yaml
  parley query timeline --data my-article.yaml

or keep them in a store, and ask that:

  parley load my-article.yaml --db graph
  parley query timeline --db graph`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: usageArgs(func(c *cobra.Command, args []string) error {
			if err := cobra.NoArgs(c, args); err != nil {
				return fmt.Errorf("%w%s", err, nearest(c, args[0]))
			}
			return nil
		}),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		// The flag may well be one of the command that was meant.
		if args := c.Flags().Args(); c.HasSubCommands() && len(args) > 0 {
			return c.Args(c, args)
		}
		return usageError{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
	})
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(
		newQuery(s, registry), newQueries(s, registry), newShow(s), newGizmo(s), newRules(s),
		newCheck(s), newSpans(s), newLoad(s), newRetract(s), newExport(s),
		newSchema(s), newTemplate(s), newFormats(s),
		newStats(s), newVerify(s), newCompact(s), newBackup(s), newCopy(s), newBulk(s),
		newCompletion(s), newVersion(s), newServe(s, registry), newMCP(s, registry),
	)
	return root
}

// nearest offers the commands whose names are like one that there is not.
func nearest(c *cobra.Command, name string) string {
	c.SuggestionsMinimumDistance = 2 // letters; cobra itself sets it only where it suggests
	near := c.SuggestionsFor(name)
	if name == "" || len(near) == 0 { // every name begins with none
		return ""
	}
	return "; nearest: " + strings.Join(near, ", ")
}

// usageArgs marks the error of an argument check as wrong usage.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
		}
		return nil
	}
}
