package graph

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// Digest tells one set of quads from another, whatever their order and store: the
// sum of the SHA-256 of each quad, modulo 2²⁵⁶. Quads go in as the keys of their
// terms, each after its length.
type Digest [4]uint64

// Add takes a quad in.
func (d *Digest) Add(q quad.Quad) error {
	var room [512]byte
	text := room[:0]
	for _, term := range [...]quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
		from := len(text)
		text = append(text, 0, 0, 0, 0)
		if term != nil {
			var err error
			if text, err = store.AppendKey(text, term); err != nil {
				return err
			}
		}
		binary.BigEndian.PutUint32(text[from:], uint32(len(text)-from-4))
	}
	sum := sha256.Sum256(text)
	var carry uint64
	for i := len(d) - 1; i >= 0; i-- {
		d[i], carry = bits.Add64(d[i], binary.BigEndian.Uint64(sum[8*i:]), carry)
	}
	return nil
}

// String writes the digest as 64 hexadecimal digits.
func (d Digest) String() string {
	var b [32]byte
	for i, word := range d {
		binary.BigEndian.PutUint64(b[8*i:], word)
	}
	return hex.EncodeToString(b[:])
}

// Digest reads all quads, and returns how many there are and their digest.
func (g *Graph) Digest(ctx context.Context) (quads int64, d Digest, err error) {
	for q, err := range g.Quads(ctx) {
		if err != nil {
			return 0, Digest{}, err
		}
		if err := d.Add(q); err != nil {
			return 0, Digest{}, err
		}
		quads++
	}
	return quads, d, nil
}

// CopyOptions say how Copy goes about it.
type CopyOptions struct {
	// Batch is how many quads are kept in one change; 0 is all in one, which is
	// fastest into an empty store, and has to begin anew where it is stopped.
	Batch int
	// Progress is told how many quads have been read.
	Progress func(quads int64)
}

// Copied tells what a copy came to.
type Copied struct {
	Quads  int64
	New    int64 // that the copy lacked before
	Digest Digest
}

// ErrCopyDiffers is a copy that holds what the original does not.
var ErrCopyDiffers = errors.New("the copy is not equal to the original")

// Copy makes a graph, empty or with a part of another, equal to that as it is
// when the copying begins, conclusions included. Each batch is kept whole or not
// at all, and one that is there already is passed over, so that a copy that was
// stopped goes on where it was. In the end both are compared by count and digest:
// whatever the way there, the copy is whole if there is no error.
func Copy(ctx context.Context, to, from *Graph, o CopyOptions) (Copied, error) {
	c := &copying{to: to, CopyOptions: o, skip: true}
	done, err := c.run(ctx, from)
	if err == nil {
		err = c.compare(ctx, done)
	}
	if errors.Is(err, ErrCopyDiffers) && c.skipped {
		// A batch that seemed to be there was not, or not whole.
		c.skip, c.skipped = false, false
		before := done.New
		if done, err = c.run(ctx, from); err == nil {
			err = c.compare(ctx, done)
		}
		done.New += before
	}
	if err != nil {
		return done, fmt.Errorf("copy: %w", err)
	}
	return done, nil
}

type copying struct {
	CopyOptions
	to            *Graph
	skip, skipped bool
}

func (c *copying) run(ctx context.Context, from *Graph) (done Copied, err error) {
	if c.Batch == 0 {
		added, err := c.to.Update(ctx, func(tx *Tx) error {
			done, err = c.batches(ctx, from, 1<<13, func(batch []quad.Quad) (int, error) { return 0, tx.Add(ctx, batch) })
			return err
		})
		done.New = int64(added.New)
		return done, err
	}
	return c.batches(ctx, from, c.Batch, func(batch []quad.Quad) (int, error) {
		if there, err := c.there(ctx, batch); there || err != nil {
			return 0, err
		}
		added, err := c.to.Add(ctx, batch)
		return added.New, err
	})
}

// batches reads a graph and gives its quads by as many as size. It counts what was
// kept, also where it ends with an error.
func (c *copying) batches(ctx context.Context, from *Graph, size int, keep func([]quad.Quad) (int, error)) (done Copied, err error) {
	batch := make([]quad.Quad, 0, min(size, 1<<16))
	flush := func() error {
		added, err := keep(batch)
		done.New += int64(added)
		batch = batch[:0]
		if c.Progress != nil && err == nil {
			c.Progress(done.Quads)
		}
		return err
	}
	for q, err := range from.Quads(ctx) {
		if err != nil {
			return done, err
		}
		if err := done.Digest.Add(q); err != nil {
			return done, err
		}
		done.Quads++
		if batch = append(batch, q); len(batch) == size {
			if err := flush(); err != nil {
				return done, err
			}
		}
	}
	if len(batch) == 0 {
		return done, nil
	}
	return done, flush()
}

// probes is by how many quads a batch is told to be there.
const probes = 64

// there tells whether a batch seems to be there already: all of some of its quads
// are. A batch is kept whole or not at all, so it mostly is; if not, the digest
// will tell.
func (c *copying) there(ctx context.Context, batch []quad.Quad) (bool, error) {
	if !c.skip {
		return false, nil
	}
	v, err := c.to.View(Options{})
	if err != nil {
		return false, err
	}
	defer v.Close()
	some := make([]quad.Quad, 0, probes)
	for i := range min(probes, len(batch)) {
		some = append(some, batch[i*(len(batch)-1)/max(1, min(probes, len(batch))-1)])
	}
	there, err := store.Has(ctx, v.memo.Snapshot, some)
	if err = errors.Join(err, v.Err()); err != nil {
		return false, err
	}
	if slices.Contains(there, false) {
		return false, nil
	}
	c.skipped = true
	return true, nil
}

func (c *copying) compare(ctx context.Context, done Copied) error {
	quads, digest, err := c.to.Digest(ctx)
	switch {
	case err != nil:
		return err
	case quads > done.Quads:
		return fmt.Errorf("%w: it has %d quads, of which the original lacks %d at least; copy into an empty store, or into a part of the same", ErrCopyDiffers, quads, quads-done.Quads)
	case quads != done.Quads || digest != done.Digest:
		return fmt.Errorf("%w: it has %d quads of content %v, the original %d of content %v", ErrCopyDiffers, quads, digest, done.Quads, done.Digest)
	}
	return nil
}
