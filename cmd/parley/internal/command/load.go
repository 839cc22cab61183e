package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime/debug"
	"time"

	"parley/graph"
	"parley/loader"

	"github.com/spf13/cobra"
)

// loading is one load command.
type loading struct {
	db        string
	sets      []string
	memory    byteSize
	dryRun    bool
	format    string
	maxErrors int
	rejects   string
	noMerge   bool
}

func newLoad(s streams) *cobra.Command {
	l := loading{memory: 512 << 20}
	cmd := &cobra.Command{
		Use:   "load FILE|DIR|-…",
		Short: "Put your own data into a store",
		Long: `Put files into the store in the folder --db, which is made if it is not there: a
new store begins with the built-in sets. What the store has already is known
and left alone, so that loading twice is loading once. Then the rules infer anew
from all of it.

A file's format is told by its content, then by its name; gzip, bzip2, zstd and
zip are read through; a folder stands for the files in it, - for standard input.

` + formatList() + `

All of it is kept, or nothing: of a mistake in any file, an interrupt or a
crash the store knows nothing, and each mistake of each file is told. Of formats
of rows --max-errors allows some bad ones, which --rejects keeps.

Reports of data sets that agree are joined to one event by the rule same-event,
which parley rules prints; --no-merge leaves that out until the next load.`,
		Example: "  parley load my-articles --db graph\n  parley load events.nq.gz --db events --set none --memory 2GiB\n  parley load 20180101000000.export.CSV --db graph --max-errors 100 --rejects bad.tsv\n  curl -s https://example.org/facts.ttl | parley load - --dry-run",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needStore(l.db); err != nil && !l.dryRun {
				return fmt.Errorf("%w; or tell with --dry-run what files would add", err)
			}
			return l.run(cmd.Context(), s, args)
		},
	}
	dbFlag(cmd, &l.db, "load into the store in this folder")
	setFlag(cmd, &l.sets, "begin a new store with this built-in set")
	cmd.Flags().Var(&l.memory, "memory", "about how much memory to take; what needs more goes through files")
	formatFlag(cmd, &l.format)
	cmd.Flags().IntVar(&l.maxErrors, "max-errors", 0, "leave out so many bad rows, and load the others")
	cmd.Flags().StringVar(&l.rejects, "rejects", "", "write the bad rows to this file, each after what is wrong with it, to mend and load again")
	cmd.Flags().BoolVar(&l.noMerge, "no-merge", false, "join no reports to one event, and part those that are joined")
	cmd.Flags().BoolVar(&l.dryRun, "dry-run", false, "tell what it would come to, and keep nothing")
	return cmd
}

// leastMemory is what the program itself takes, and as much again.
const leastMemory = 32 << 20

func (l *loading) run(ctx context.Context, s streams, args []string) (err error) {
	if l.memory < leastMemory {
		return fmt.Errorf("--memory %s: that is too little; give it 32MiB or more", &l.memory)
	}
	if l.maxErrors < 0 {
		return usageError{fmt.Errorf("--max-errors %d: write 0 or more", l.maxErrors)}
	}
	if l.rejects != "" && l.maxErrors == 0 {
		return usageError{errors.New("--rejects keeps the rows that --max-errors lets be left out; give both")}
	}
	find := loader.FindOptions{Stdin: s.in}
	if find.Format, err = formatNamed(l.format); err != nil {
		return err
	}
	in, err := loader.Find(ctx, args, find)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if in.Has(l.rejects) {
		return usageError{fmt.Errorf("--rejects %s: that is a file to load, and would be lost; name another", l.rejects)}
	}
	defer l.bound()()
	fill := func(g *graph.Graph) error {
		if l.rejects == "" {
			return l.fill(ctx, s, g, in, nil)
		}
		return toFile(l.rejects, func(w io.Writer) error { return l.fill(ctx, s, g, in, w) })
	}
	o := graph.StoreOptions{Memory: int64(l.memory)}
	g, err := l.open(ctx, o)
	switch {
	case errors.Is(err, graph.ErrNoStore):
		return makeStore(ctx, l.db, o, fill)
	case err != nil:
		return err
	}
	return errors.Join(fill(g), g.Close())
}

// open opens the store to load into, or, to keep nothing, a fork of it.
func (l *loading) open(ctx context.Context, o graph.StoreOptions) (*graph.Graph, error) {
	empty := func() (*graph.Graph, error) { return graph.OpenWith(ctx, "memory:", o) }
	if l.db == "" {
		return empty()
	}
	g, err := openAny(ctx, l.db, o)
	if err != nil || !l.dryRun {
		if errors.Is(err, graph.ErrNoStore) && l.dryRun {
			return empty()
		}
		return g, err
	}
	defer func() { _ = g.Close() }()
	return g.Fork(ctx)
}

// bound makes the collector of garbage keep to --memory too, until the function
// that it returns is called. A part is left for what the collector does not
// see: the pages of files.
func (l *loading) bound() func() {
	before := debug.SetMemoryLimit(int64(min(float64(l.memory)*0.9, math.MaxInt64)))
	return func() { debug.SetMemoryLimit(before) }
}

// fill makes the change, and tells what became of it.
func (l *loading) fill(ctx context.Context, s streams, g *graph.Graph, in *loader.Inputs, rejects io.Writer) error {
	start := time.Now()
	var loaded []loader.Loaded
	_, err := g.Update(ctx, func(tx *graph.Tx) error {
		switch err := hasQuads(ctx, g); {
		case errors.Is(err, graph.ErrNoStore):
			if err := addSets(ctx, tx, l.sets); err != nil {
				return err
			}
		case err != nil:
			return err
		case len(l.sets) > 0:
			return usageError{fmt.Errorf("--set is for a new store, and %s is there: its sets were chosen when it was made", shown(l.db))}
		}
		var err error
		if loaded, err = loader.Load(ctx, tx, in, loader.LoadOptions{Progress: progress(s), MaxErrors: l.maxErrors, Rejects: rejects}); err != nil {
			return err
		}
		if l.noMerge {
			return graph.InferTx(ctx, tx, graph.Date{}, graph.SameEvent)
		}
		return graph.InferTx(ctx, tx, graph.Date{})
	})
	if err != nil {
		return err
	}
	took := time.Since(start)
	total, err := g.Stats(context.WithoutCancel(ctx)) // what is kept is told
	if err != nil {
		return err
	}
	return write(s.out, func(w io.Writer) error { return l.tell(w, loaded, total, took) })
}

// worthTiming is from how many quads on a load tells how long it took.
const worthTiming = 100_000

func (l *loading) tell(w io.Writer, loaded []loader.Loaded, total graph.Stats, took time.Duration) error {
	read, bad := 0, 0
	for _, f := range loaded {
		read += f.New + f.Known
		bad += f.Bad
		rows := ""
		if f.Rows > 0 {
			rows = ", " + counted(f.Rows, "row")
		}
		if f.Bad > 0 {
			rows += ", " + counted(f.Bad, "bad one") + " left out"
		}
		if _, err := fmt.Fprintf(w, "%s: %s%s, %d new quads, %d known\n", f.File, f.Format, rows, f.New, f.Known); err != nil {
			return err
		}
		if err := tellNotes(w, f); err != nil {
			return err
		}
	}
	if l.rejects != "" {
		if _, err := fmt.Fprintf(w, "%s: %s, to mend and load again\n", l.rejects, counted(bad, "bad row")); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "in all: %d quads, %d terms\n", total.Quads, total.Terms); err != nil {
		return err
	}
	if read < worthTiming {
		return nil
	}
	_, err := fmt.Fprintf(w, "time: %.1f s, %.0f quads a second\n", took.Seconds(), float64(read)/took.Seconds())
	return err
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// tellNotes tells what is not kept of a file, and the like.
func tellNotes(w io.Writer, f loader.Loaded) error {
	for _, note := range f.Notes {
		if _, err := fmt.Fprintf(w, "  %s\n", note); err != nil {
			return err
		}
	}
	return nil
}
