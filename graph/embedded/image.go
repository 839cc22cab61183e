package embedded

import (
	"context"
	"io"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// WriteImage writes what the store holds as one segment, for [OpenImage]. Equal
// stores have equal images, however they came to what they hold. All quads are in
// memory meanwhile.
func (s *Store) WriteImage(ctx context.Context, out io.Writer) error {
	snap, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snap.Close()
	// Ids tell in which order terms came, so they are given anew.
	fresh := NewMemory(s.options)
	defer func() { _ = fresh.Close() }()
	_, err = fresh.Update(ctx, func(tx store.Tx) error {
		var quads []quad.Quad
		for q, err := range snap.Quads(ctx) {
			if err != nil {
				return err
			}
			quads = append(quads, q)
		}
		return tx.Add(ctx, quads)
	})
	if err != nil {
		return err
	}
	now := fresh.now()
	defer now.drop()
	w, err := mergeSegments(ctx, "", now.segments, true, nil)
	if err != nil {
		return err
	}
	defer w.close()
	return w.writeTo(out, true)
}

// OpenImage opens an image where it lies in memory, which nobody may write to.
// Nothing is read but its footer, so that a program that carries one starts at
// once; each page is checked when it is first touched. Changes stay in memory.
func OpenImage(name string, image []byte, o Options) (*Store, error) {
	g, err := openSegment(name, image, false)
	if err != nil {
		return nil, err
	}
	if err := (segments{g}).follow(); err != nil {
		return nil, err
	}
	defer g.release()
	return newStore(o, nil, segments{g}), nil
}
