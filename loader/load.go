package loader

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"parley/graph/vocab"

	"parley/graph"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// Loaded is what became of an input.
type Loaded struct {
	File   string
	Format string
	graph.Added
	Rows int // of a format of rows, those that were read
	Bad  int // of these, those that were left out
	// Notes say what is not kept, and what a reader should know besides.
	Notes []string
}

// LoadOptions say how inputs are loaded.
type LoadOptions struct {
	Progress Progress
	// MaxErrors is how many bad rows may be left out, of all inputs; of a file
	// that has no rows any mistake is one too many.
	MaxErrors int
	// Rejects takes the rows that are left out, in the format that they came in,
	// each after a comment that says what is wrong with it. It may be nil.
	Rejects io.Writer
}

// Load reads inputs into a change of a graph; a mistake in one is an error, with
// which the change must not be made, and all mistakes of all files are told at
// once. Facts may refer to what any of the files defines, or the graph; what
// data sets report is matched with the actors of both. What is loaded twice is
// there once.
func Load(ctx context.Context, tx *graph.Tx, in *Inputs, o LoadOptions) ([]Loaded, error) {
	l := &loading{LoadOptions: o, tx: tx, bad: &badRows{most: o.MaxErrors, out: o.Rejects}}
	defer l.close()
	loaded := make([]Loaded, len(in.All))
	var failed []error
	order := in.inTurn()
	for n, i := range order {
		input := in.All[i]
		loaded[i] = Loaded{File: input.Name, Format: input.Format.Name}
		if !input.Format.reports {
			failed = append(failed, l.load(ctx, input, &loaded[i]))
		}
		if end := input.Format.end; end != nil && (n+1 == len(order) || in.All[order[n+1]].Format != input.Format) {
			failed = append(failed, loaded[i].count(ctx, tx, func() error { return end(l) }))
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	err := errors.Join(failed...)
	if err = errors.Join(err, l.addFacts(ctx, err == nil)); ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for i, input := range in.All {
		if input.Format.reports {
			err = errors.Join(err, l.load(ctx, input, &loaded[i]))
		}
	}
	for _, set := range dataSets {
		if n := l.numbers[set]; n != nil && err == nil {
			err = n.check(ctx)
		}
	}
	if err == nil && l.csv != nil {
		err = l.csv.check(ctx)
	}
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return nil, err
	}
	return loaded, nil
}

// inTurn gives the numbers of the inputs in the order in which they are read.
func (in *Inputs) inTurn() []int {
	turns := make([]int, len(in.All))
	order := make([]int, len(in.All))
	for i, input := range in.All {
		order[i] = i
		if input.Format.turn != nil {
			turns[i] = input.Format.turn(input)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(turns[a], turns[b]) })
	return order
}

// loading is one call of Load.
type loading struct {
	LoadOptions
	tx    *graph.Tx
	bad   *badRows
	facts []*Facts // that were read
	of    []*Loaded
	knows *known   // what reports are matched with, nil until there are some
	csv   *csvLoad // nil until a sheet is read
	ftm   *ftmLoad // nil until entities are read
	// numbers of the rows of each data set.
	numbers map[*dataSet]*rowNumbers
}

// close gives up what was kept for the load.
func (l *loading) close() {
	for _, n := range l.numbers {
		_ = n.sorted.close()
	}
	if l.csv != nil {
		l.csv.close()
	}
	if l.ftm != nil {
		l.ftm.close()
	}
}

// load reads one input.
func (l *loading) load(ctx context.Context, input *Input, loaded *Loaded) error {
	return loaded.count(ctx, l.tx, func() error {
		return input.read(l.Progress, func(r *bufio.Reader) error {
			before := l.bad.count
			l.bad.begin()
			err := input.Format.read(ctx, &reading{loading: l, Reader: r, input: input, loaded: loaded})
			loaded.Bad = l.bad.count - before
			return l.bad.end(err)
		})
	})
}

// addFacts checks the facts of all files and adds them. Not all of the files
// could be read whole where whole is false.
func (l *loading) addFacts(ctx context.Context, whole bool) error {
	if err := check(ctx, l.tx, l.facts, whole); err != nil || !whole {
		return err
	}
	for i, f := range l.facts {
		if err := l.of[i].count(ctx, l.tx, func() error { return l.tx.Add(ctx, f.Document.Quads()) }); err != nil {
			return fmt.Errorf("%s: %w", f.File, err)
		}
	}
	return nil
}

// count notes what a file adds to a change.
func (l *Loaded) count(ctx context.Context, tx *graph.Tx, add func() error) error {
	before, err := tx.Added(ctx)
	if err != nil {
		return err
	}
	if err := add(); err != nil {
		return err
	}
	after, err := tx.Added(ctx)
	l.New += after.New - before.New
	l.Known += after.Known - before.Known
	return err
}

// reading is the reading of one input by its format.
type reading struct {
	*bufio.Reader // the text, decompressed
	*loading
	input  *Input
	loaded *Loaded
}

// file is the name of the input in messages.
func (in *reading) file() string { return in.input.Name }

// note tells the user something about the input.
func (in *reading) note(format string, args ...any) {
	in.loaded.note(format, args...)
}

func (l *Loaded) note(format string, args ...any) {
	l.Notes = append(l.Notes, fmt.Sprintf(format, args...))
}

// addStatements adds quads by the keys of their terms. Several goroutines may
// call it at once where concurrent is true.
func (l *loading) addStatements(ctx context.Context) (add func([]store.Statement) error, concurrent bool) {
	if keys := l.tx.Keys(); keys != nil {
		return func(all []store.Statement) error { return keys.AddKeys(ctx, all) }, true
	}
	return func(all []store.Statement) error {
		quads := make([]quad.Quad, len(all))
		for i, st := range all {
			var err error
			if quads[i], err = quadOfKeys(st); err != nil {
				return err
			}
		}
		return l.tx.Add(ctx, quads)
	}, false
}

func quadOfKeys(st store.Statement) (q quad.Quad, err error) {
	for _, part := range []struct {
		to  *quad.Value
		key []byte
	}{{&q.Subject, st.Subject}, {&q.Predicate, st.Predicate}, {&q.Object, st.Object}, {&q.Label, st.Label}} {
		if len(part.key) == 0 {
			continue
		}
		if *part.to, err = store.Value(part.key); err != nil {
			return q, err
		}
	}
	return q, nil
}

// quadsAtOnce is how many quads are added in one call.
const quadsAtOnce = 1 << 10

// addQuads adds the quads that read gives to emit, if they fit the vocabulary.
// Blank nodes get the name of the input, unless they bear one already.
func (in *reading) addQuads(ctx context.Context, read func(emit func(quad.Quad) error) error) error {
	var quads []quad.Quad
	scope := ""
	named := func(v quad.Value) (quad.Value, error) {
		b, ok := v.(quad.BNode)
		if !ok || scoped(b) {
			return v, nil
		}
		if scope == "" {
			var err error
			if scope, err = in.input.scope(); err != nil {
				return nil, err
			}
		}
		return quad.BNode(scope + string(b)), nil
	}
	var bare reasonless
	err := read(func(q quad.Quad) error {
		if err := graph.Fit(q); err != nil {
			return &Mistake{Problem: err.Error()}
		}
		if iri, ok := q.Predicate.(quad.IRI); ok && q.Label == nil && strings.HasPrefix(string(iri), vocab.Own) {
			bare.n.Add(1)
		}
		for _, v := range []*quad.Value{&q.Subject, &q.Object, &q.Label} {
			var err error
			if *v, err = named(*v); err != nil {
				return err
			}
		}
		if quads = append(quads, q); len(quads) < quadsAtOnce {
			return nil
		}
		err := in.tx.Add(ctx, quads)
		quads = quads[:0]
		return err
	})
	if err != nil {
		return err
	}
	bare.tell(in)
	return in.tx.Add(ctx, quads)
}

// reasonless counts statements in the project's own words that name no reason to
// believe them. They load, but what they say nobody can look up.
type reasonless struct{ n atomic.Int64 }

// count counts a statement, by several goroutines at once.
func (r *reasonless) count(st store.Statement) {
	if len(st.Label) == 0 && bytes.HasPrefix(st.Predicate, []byte("<"+vocab.Own)) {
		r.n.Add(1)
	}
}

func (r *reasonless) tell(in *reading) {
	if n := r.n.Load(); n > 0 {
		in.note("%s without a reason: answers will show no source for what only they say; name the passage as the graph", counted(int(n), "statement"))
	}
}

// readQuads makes a format's reader of a function that emits quads.
func readQuads(read func(ctx context.Context, in *reading, emit func(quad.Quad) error) error) func(context.Context, *reading) error {
	return func(ctx context.Context, in *reading) error {
		return in.addQuads(ctx, func(emit func(quad.Quad) error) error { return read(ctx, in, emit) })
	}
}

// scoped tells whether a blank node bears the name of a file already, as in an
// export that is read back.
func scoped(b quad.BNode) bool {
	s := string(b)
	return len(s) > 18 && s[0] == 'f' && s[17] == '-' && strings.Trim(s[1:17], "0123456789abcdef") == ""
}

// addFact keeps the facts of a file until all files are read.
func (in *reading) addFact(f *Facts) {
	in.facts = append(in.facts, f)
	in.of = append(in.of, in.loaded)
}

// badRows takes the rows that cannot be loaded. It tells of the first; where
// some may be left out, it writes them to the rejects.
type badRows struct {
	most  int
	out   io.Writer // nil where nobody wants them
	count int       // of all inputs

	format string // of the rejects so far
	found  nqMistakes
}

// errTooMany ends the reading of rows.
var errTooMany = errors.New("too many bad rows")

// begin takes up an input.
func (b *badRows) begin() { b.found = nqMistakes{} }

// add takes a bad row. Where none may be left out it is only told; else its
// error ends the reading once they are too many.
func (b *badRows) add(m *Mistake, format string, header, row []byte) error {
	b.found.add(m)
	if b.most == 0 {
		return nil
	}
	if b.count++; b.count > b.most {
		return errTooMany
	}
	if b.out == nil {
		return nil
	}
	// One file of rejects is of one format, or it could not be loaded again.
	if b.format == "" {
		b.format = format + "\n" + string(header)
		if len(header) > 0 {
			if _, err := fmt.Fprintf(b.out, "%s\n", header); err != nil {
				return err
			}
		}
	} else if b.format != format+"\n"+string(header) {
		return &Mistake{File: m.File, Problem: "its bad rows are of another format, or have other columns, than those of the files before, and one file of rejects cannot have both; load it by itself"}
	}
	reason := strings.Join(strings.Fields(m.Error()), " ")
	_, err := fmt.Fprintf(b.out, "# %s\n%s\n", reason, row)
	return err
}

// end joins what is wrong with an input and what ended its reading.
func (b *badRows) end(err error) error {
	switch {
	case errors.Is(err, errTooMany):
		return b.found.join(fmt.Errorf("more than %d bad rows, so nothing is loaded; mend them, or allow more with --max-errors", b.most))
	case b.most == 0:
		return b.found.join(err)
	}
	return err
}
