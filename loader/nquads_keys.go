package loader

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"runtime"
	"slices"
	"sync"

	"parley/graph"
	"parley/graph/store"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

const (
	nqKeyBlock = 1 << 20 // bytes of a block
	nqKeyBatch = 1 << 10 // statements given to emit at once
)

// KeyOptions say how ReadKeys reads.
type KeyOptions struct {
	// Workers is how many goroutines parse; 0 stands for GOMAXPROCS.
	Workers int
	// Scope gives what is put before the label of each blank node, unless it
	// bears the name of a file already. It is called at most once, and only
	// where there is such a node. Where it is nil, labels stay as they are.
	Scope func() (string, error)
	// Check looks at each statement before emit does, where it is not nil. A
	// *Mistake without a line makes the line a bad one. Check is called by
	// several goroutines at once.
	Check func(store.Statement) error
	// Bad takes each bad line, in the order of the file, where it is not nil. Then
	// one goroutine parses, and mistakes do not come with the error. An error of
	// Bad stops the reading.
	Bad func(m *Mistake, line []byte) error

	block int // bytes of a block, nqKeyBlock if 0
}

// ReadKeys reads N-Quads as ReadNQuads does, with the same mistakes, but on
// several goroutines, and gives statements by the keys of their terms. emit is
// called by several goroutines at once, each time with some statements of one
// part of the file; the order of the parts is not kept. Their bytes are good
// until emit returns, which must not write to them. A *Mistake of emit belongs
// to no line; it stops the reading as another error does.
//
// Memory is bounded: some MiB for each worker.
//
// Reading stops at the first error of emit, Check, Scope, r or ctx. Where that
// is not r's, only those mistakes come with it whose lines were known by then.
func ReadKeys(ctx context.Context, r io.Reader, file string, o KeyOptions, emit func([]store.Statement) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k := &nqKeys{ctx: ctx, cancel: cancel, file: file, check: o.Check, bad: o.Bad, emit: emit}
	if o.Scope != nil {
		k.scope = sync.OnceValues(o.Scope)
	}
	workers := o.Workers
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	if o.Bad != nil {
		workers = 1
	}
	blocks := make(chan nqKeyedBlock)
	free := make(chan []byte, workers+2)
	for range cap(free) {
		free <- nil // made when first used
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			w := nqKeyWorker{nqKeys: k, batch: make([]store.Statement, nqKeyBatch)}
			for b := range blocks {
				w.read(b)
				free <- b.text
			}
		})
	}
	err := k.cut(&nqBlocks{ctx: ctx, r: r, size: cmp.Or(o.block, nqKeyBlock)}, blocks, free)
	close(blocks)
	wg.Wait()
	return k.result(err)
}

// nqKeys is one call of ReadKeys.
type nqKeys struct {
	ctx    context.Context
	cancel context.CancelFunc
	file   string
	scope  func() (string, error)
	check  func(store.Statement) error
	bad    func(*Mistake, []byte) error
	emit   func([]store.Statement) error

	mu   sync.Mutex
	err  error   // the first one of emit, Check, Scope or ctx
	runs []nqRun // what was read, in the order of the file
}

// nqKeyedBlock is a block with its number, from 0.
type nqKeyedBlock struct {
	number int
	text   []byte
}

// cut hands out the blocks of the file. Its error is that of the reader.
func (k *nqKeys) cut(in *nqBlocks, blocks chan<- nqKeyedBlock, free <-chan []byte) error {
	for number := 0; ; number++ {
		text, err := in.next(<-free)
		if len(text) == 0 {
			return err
		}
		if number == 0 {
			if foreign := nqForeignText(k.file, text); foreign != nil {
				k.fail(foreign)
				return nil
			}
		}
		blocks <- nqKeyedBlock{number, text}
	}
}

// linesBefore counts the lines of the blocks that were read, where one worker
// reads all.
func (k *nqKeys) linesBefore() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.runs) == 0 {
		return 0
	}
	return k.runs[0].lines
}

// fail stops the reading.
func (k *nqKeys) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err == nil {
		k.err = err
		k.cancel()
	}
}

// result joins what is wrong in the file and what ended the reading.
func (k *nqKeys) result(readErr error) error {
	var all nqRun
	if len(k.runs) > 0 && k.runs[0].from == 0 {
		all = k.runs[0]
	}
	err := k.err
	if err == nil {
		err = nqReadError(k.file, all.lines+1, readErr)
	}
	return all.join(err)
}

// nqRun is what came of some blocks that follow each other. Which lines they
// have is not known before all blocks ahead are read, so lines count from the
// first of the run.
type nqRun struct {
	from, to int // numbers of blocks; to is the one after the last
	lines    int
	stopped  bool // not read to the end: no other run can go on from it
	nqMistakes
}

// done notes what came of a block. Runs that meet become one, so that there
// are never more of them than workers and one.
func (k *nqKeys) done(r nqRun) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at, _ := slices.BinarySearchFunc(k.runs, r.from, func(r nqRun, from int) int { return cmp.Compare(r.from, from) })
	k.runs = slices.Insert(k.runs, at, r)
	for i := min(at+1, len(k.runs)-1); i >= max(at, 1); i-- {
		first, next := &k.runs[i-1], &k.runs[i]
		if first.stopped || first.to != next.from {
			continue
		}
		for _, m := range next.first {
			m.Line += first.lines
			first.add(m)
		}
		first.more += next.more
		first.lines += next.lines
		first.to, first.stopped = next.to, next.stopped
		k.runs = slices.Delete(k.runs, i, i+1)
	}
}

// nqKeyWorker reads blocks, one at a time.
type nqKeyWorker struct {
	*nqKeys
	p     nqParser
	batch []store.Statement
}

// read gives the statements of a block to emit.
func (w *nqKeyWorker) read(b nqKeyedBlock) {
	run := nqRun{from: b.number, to: b.number + 1}
	if err := w.statements(b.text, &run); err != nil {
		run.stopped = true
		w.fail(err)
	}
	run.lines = w.p.number
	w.done(run)
}

func (w *nqKeyWorker) statements(text []byte, run *nqRun) error {
	n, p := 0, &w.p
	p.file, p.number = w.file, 0
	p.arena = p.arena[:0]
	told := func(m *Mistake, rest []byte) error {
		if w.bad == nil {
			run.add(m)
			return nil
		}
		m.Line += w.linesBefore()
		return w.bad(m, p.row(rest))
	}
	for p.begin(text); len(p.block) > 0; {
		rest := p.block
		if p.number%nqCheckCtx == 0 && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		if n == len(w.batch) {
			if err := w.emit(w.batch); err != nil {
				return err
			}
			n, p.arena = 0, p.arena[:0]
		}
		s := &w.batch[n]
		ok, bad := p.next(s)
		if bad != nil {
			if err := told(bad, rest); err != nil {
				return err
			}
		}
		if !ok {
			continue
		}
		if err := w.keys(s); err != nil {
			return err
		}
		if w.check != nil {
			if err := w.check(*s); err != nil {
				m := p.placed(err)
				if m == nil {
					return err
				}
				if err := told(m, rest); err != nil {
					return err
				}
				continue
			}
		}
		n++
	}
	if n == 0 {
		return nil
	}
	return w.emit(w.batch[:n:n])
}

// keys makes keys of the terms that are none yet.
func (w *nqKeyWorker) keys(s *store.Statement) error {
	p := &w.p
	if q := p.qualifier; q != nil {
		kind := byte(store.KeyTyped)
		if q[0] == '@' {
			kind = store.KeyLang
		}
		key := append(p.arena.room(len(q)+len(s.Object)), kind)
		key = append(append(key, q[1:]...), 0)
		s.Object = p.arena.keep(append(key, s.Object[1:]...))
	}
	for _, term := range [...]*[]byte{&s.Subject, &s.Object, &s.Label} {
		if len(*term) == 0 || (*term)[0] != store.KeyBlank {
			continue
		}
		label, scope := (*term)[2:], ""
		// Whether a label is scoped is told by its head.
		if w.scope != nil && !scoped(quad.BNode(label[:min(len(label), 19)])) {
			var err error
			if scope, err = w.scope(); err != nil {
				return err
			}
		}
		key := append(p.arena.room(1+len(scope)+len(label)), store.KeyBlank)
		*term = p.arena.keep(append(append(key, scope...), label...))
	}
	return nil
}

// FitKeys is graph.Fit as a check of ReadKeys. Terms are made only of those
// statements that the vocabulary has something to say about.
func FitKeys(s store.Statement) error {
	// Fit looks at the vocabulary's own predicates and at what is said of its
	// own nodes, but not at labels.
	const own, ours = "<" + vocab.Own, "<" + vocab.Base
	if !bytes.HasPrefix(s.Predicate, []byte(own)) && !bytes.HasPrefix(s.Subject, []byte(ours)) {
		return nil
	}
	p := vocab.PredicateOf(quad.IRI(s.Predicate[1:]))
	if p == nil {
		return nil
	}
	subject, err := store.Value(s.Subject)
	if err != nil {
		return err
	}
	object, err := store.Value(s.Object)
	if err != nil {
		return err
	}
	if err := graph.Fit(quad.Quad{Subject: subject, Predicate: p.IRI, Object: object}); err != nil {
		return &Mistake{Problem: err.Error()}
	}
	return nil
}
