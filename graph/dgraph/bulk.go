package dgraph

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/graph/remote"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// BulkOptions say what bulk files are written.
type BulkOptions struct {
	// Name is that of the store; "" is DefaultName.
	Name string
	// Plain leaves the files as they are: larger, and sooner written and read.
	Plain bool
}

// Bulk writes the files with which `dgraph bulk` fills a cluster that is empty: in
// the folder quads RDF with the uids of all nodes, and beside it the schema. What
// comes of them is a store, which Open opens. Terms are kept in memory, quads are
// not.
type Bulk struct {
	options BulkOptions
	dir     string
	store   *Store // not connected: it knows names

	mu      sync.Mutex
	numbers map[string]store.Node
	terms   []string // from the first term's uid on
	parts   []*spool
	failed  error
}

// rootUID is the node of the store that bulk files make; terms come after it.
const rootUID = 1

// bulkParts is into how many parts quads go by their subjects, each of which is
// sorted in memory.
const bulkParts = 64

// spool is a file of quads, sixteen bytes each.
type spool struct {
	file *os.File
	w    *bufio.Writer
}

// NewBulk begins bulk files in a folder that is empty or not there.
func NewBulk(dir string, o BulkOptions) (_ *Bulk, err error) {
	if o.Name == "" {
		o.Name = DefaultName
	}
	if !goodName.MatchString(o.Name) || o.Name == Scheme {
		return nil, fmt.Errorf("%q is no name for a store: it has small letters, digits and _, and begins with a letter", o.Name)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if there, err := os.ReadDir(dir); err != nil || len(there) > 0 {
		return nil, errors.Join(err, fmt.Errorf("%s: %w", dir, store.ErrNotEmpty))
	}
	b := &Bulk{options: o, dir: dir, numbers: map[string]store.Node{}, store: &Store{client: &client{address: address{name: o.Name}}}}
	if err := os.Mkdir(filepath.Join(dir, "quads"), 0o755); err != nil {
		return nil, err
	}
	for i := range bulkParts {
		f, err := os.Create(filepath.Join(dir, "part"+strconv.Itoa(i)))
		if err != nil {
			b.drop()
			return nil, err
		}
		b.parts = append(b.parts, &spool{f, bufio.NewWriterSize(f, 1<<16)})
	}
	return b, nil
}

// Add adds statements; it keeps none of their bytes. Several goroutines may call
// it at once.
func (b *Bulk) Add(statements []store.Statement) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var room [16]byte
	for i := range statements {
		st := &statements[i]
		if len(st.Subject) == 0 || len(st.Predicate) == 0 || len(st.Object) == 0 {
			return fmt.Errorf("statement %d of %d lacks a subject, predicate or object", i+1, len(statements))
		}
		subject := b.number(st.Subject)
		binary.LittleEndian.PutUint32(room[:], uint32(subject))
		binary.LittleEndian.PutUint32(room[4:], uint32(b.number(st.Predicate)))
		binary.LittleEndian.PutUint32(room[8:], uint32(b.number(st.Object)))
		label := store.Node(0)
		if len(st.Label) > 0 {
			label = b.number(st.Label)
		}
		binary.LittleEndian.PutUint32(room[12:], uint32(label))
		if _, err := b.parts[subject%bulkParts].w.Write(room[:]); err != nil && b.failed == nil {
			b.failed = err
		}
	}
	if len(b.terms) > mostNodes-rootUID {
		return fmt.Errorf("a store holds at most %d terms", mostNodes-rootUID)
	}
	return b.failed
}

func (b *Bulk) number(key []byte) store.Node {
	if n, ok := b.numbers[string(key)]; ok {
		return n
	}
	text := string(key)
	b.terms = append(b.terms, text)
	n := store.Node(rootUID + len(b.terms))
	b.numbers[text] = n
	return n
}

// drop removes what is no part of the files.
func (b *Bulk) drop() {
	for i, p := range b.parts {
		_ = p.file.Close() // nothing is read of it any more
		_ = os.Remove(filepath.Join(b.dir, "part"+strconv.Itoa(i)))
	}
	b.parts = nil
}

// Finish writes the files and tells what they hold. What does not end well leaves
// a folder that is of no use.
func (b *Bulk) Finish(ctx context.Context) (store.Stats, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.drop()
	if b.failed != nil {
		return store.Stats{}, b.failed
	}
	b.numbers = nil
	var mu sync.Mutex
	count := counts{}
	const termsEach = 1 << 19
	termFiles := (len(b.terms) + termsEach - 1) / termsEach
	err := parallel(ctx, bulkParts+termFiles, func(ctx context.Context, i int) error {
		if i >= bulkParts {
			from := (i - bulkParts) * termsEach
			return b.write(fmt.Sprintf("terms-%03d", i-bulkParts), func(w *bufio.Writer) error {
				return b.writeTerms(ctx, w, from, min(len(b.terms), from+termsEach))
			})
		}
		found := counts{}
		err := b.write(fmt.Sprintf("quads-%02d", i), func(w *bufio.Writer) error { return b.writePart(ctx, w, b.parts[i], found) })
		mu.Lock()
		defer mu.Unlock()
		for p, n := range found {
			count[p] += n
		}
		return err
	})
	if err != nil {
		return store.Stats{}, fmt.Errorf("write bulk files: %w", err)
	}
	held := store.Stats{Terms: int64(len(b.terms))}
	for _, n := range count {
		held.Quads += n
	}
	return held, b.writeRoot(held, count)
}

// write makes a file of RDF.
func (b *Bulk) write(name string, fill func(*bufio.Writer) error) (err error) {
	name = filepath.Join(b.dir, "quads", name+".rdf")
	if !b.options.Plain {
		name += ".gz"
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if b.options.Plain {
		w := bufio.NewWriterSize(f, 1<<18)
		return errors.Join(fill(w), w.Flush())
	}
	zip, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(zip, 1<<18)
	return errors.Join(fill(w), w.Flush(), zip.Close())
}

// first is the version that bulk files make.
const first = 1

func (b *Bulk) writeTerms(ctx context.Context, w *bufio.Writer, from, to int) error {
	line := []byte(nil)
	const tail = "\" (u=0) .\n"
	for i := from; i < to; i++ {
		if i%(1<<12) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line = appendRef(line[:0], store.Node(rootUID+1+i))
		line = append(line, " <"...)
		line = append(line, b.store.pred("key")...)
		line = append(line, `> "`...)
		line = append(append(line, escape(b.terms[i])...), tail...)
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

func appendRef(line []byte, n store.Node) []byte {
	return append(strconv.AppendUint(append(line, "<0x"...), uint64(n), 16), '>')
}

// writePart writes the quads of a part, each there once, those of one edge in one
// line.
func (b *Bulk) writePart(ctx context.Context, w *bufio.Writer, p *spool, found counts) error {
	if err := p.w.Flush(); err != nil {
		return err
	}
	raw, err := os.ReadFile(p.file.Name())
	if err != nil {
		return err
	}
	quads := make([]remote.Quad, len(raw)/16)
	for i := range quads {
		at := raw[i*16:]
		quads[i] = remote.Quad{
			Subject: store.Node(binary.LittleEndian.Uint32(at)), Predicate: store.Node(binary.LittleEndian.Uint32(at[4:])),
			Object: store.Node(binary.LittleEndian.Uint32(at[8:])), Label: store.Node(binary.LittleEndian.Uint32(at[12:])),
		}
	}
	slices.SortFunc(quads, remote.Quad.Compare)
	quads = slices.Compact(quads)
	var line []byte
	var es entries
	labels := map[store.Node]bool{}
	stated := b.store.pred("stated")
	for from := 0; from < len(quads); {
		if from%(1<<10) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		q := quads[from]
		if from == 0 || q.Subject != quads[from-1].Subject {
			clear(labels)
		}
		es = es[:0]
		to := from
		for ; to < len(quads) && quads[to].Subject == q.Subject && quads[to].Predicate == q.Predicate && quads[to].Object == q.Object; to++ {
			label := quads[to].Label
			es = append(es, entry{label: label, born: first})
			if label != 0 && !labels[label] {
				labels[label] = true
				line = append(append(appendRef(line[:0], q.Subject), " <"...), stated...)
				line = append(appendRef(append(line, "> "...), label), " .\n"...)
				if _, err := w.Write(line); err != nil {
					return err
				}
			}
		}
		found[q.Predicate] += int64(to - from)
		line = append(append(appendRef(line[:0], q.Subject), " <"...), b.store.client.name...)
		line = strconv.AppendUint(append(line, ".p"...), uint64(q.Predicate), 16)
		line = appendRef(append(line, "> "...), q.Object)
		// Most edges have one label, and Dgraph makes words of a text, to search for.
		if len(es) == 1 {
			line = append(strconv.AppendUint(append(line, " (l="...), uint64(es[0].label), 10), ") .\n"...)
		} else {
			line = append(es.append(append(line, ` (l="`...)), "\") .\n"...)
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// writeRoot writes the store's own node, and the schema.
func (b *Bulk) writeRoot(held store.Stats, count counts) error {
	state := state{Format: format, Next: first, Quads: held.Quads, Terms: held.Terms, Predicates: len(count)}
	state.publish(first, time.Now())
	raw, err := json.Marshal(state)
	if err != nil {
		return err
	}
	var schema strings.Builder
	schema.WriteString(b.store.schema())
	for p := range count {
		fmt.Fprintf(&schema, "<%s>: [uid] @reverse .\n", b.store.along(p))
	}
	if err := os.WriteFile(filepath.Join(b.dir, "schema"), []byte(schema.String()), 0o644); err != nil {
		return err
	}
	return b.write("root", func(w *bufio.Writer) error {
		root := string(appendRef(nil, rootUID))
		for name, value := range map[string]string{"is": "store", "state": string(raw), "counts": count.json()} {
			if _, err := fmt.Fprintf(w, "%s <%s> %q .\n", root, b.store.pred(name), value); err != nil {
				return err
			}
		}
		for p := range count {
			if _, err := fmt.Fprintf(w, "%s <%s> %s .\n", root, b.store.pred("predicate"), appendRef(nil, p)); err != nil {
				return err
			}
		}
		return nil
	})
}

// WriteBulk writes bulk files of quads into a folder that is empty or not there.
func WriteBulk(ctx context.Context, dir string, quads iter.Seq2[quad.Quad, error], o BulkOptions) (store.Stats, error) {
	b, err := NewBulk(dir, o)
	if err != nil {
		return store.Stats{}, err
	}
	part := make([]quad.Quad, 0, 1<<12)
	flush := func() error {
		err := store.EachStatement(part, b.Add)
		part = part[:0]
		return errors.Join(err, ctx.Err())
	}
	for q, err := range quads {
		if err == nil {
			if part = append(part, q); len(part) == cap(part) {
				err = flush()
			}
		}
		if err != nil {
			b.drop()
			return store.Stats{}, err
		}
	}
	if err := flush(); err != nil {
		b.drop()
		return store.Stats{}, err
	}
	return b.Finish(ctx)
}
