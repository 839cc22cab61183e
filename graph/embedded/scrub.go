package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parley/graph/store"
)

// scrubAfter is how long a process has a store open before all pages are
// checked in the background, so that walks need not ask any more.
const scrubAfter = time.Second

func (s *Store) scrubLater() {
	timer := time.AfterFunc(scrubAfter, func() {
		now := s.now()
		if now == nil {
			return
		}
		defer now.drop()
		for _, g := range now.segments {
			_ = g.scrub(s.running) // who reads the page is told
		}
	})
	context.AfterFunc(s.running, func() { timer.Stop() })
}

// scrub checks every page of a file. It reads the file beside its mapping, so
// that the process does not seem to hold all of it in memory.
func (g *segment) scrub(ctx context.Context) error {
	if g.whole.Load() || g.sums == nil {
		return nil
	}
	f, err := os.Open(g.name)
	if errors.Is(err, fs.ErrNotExist) {
		return g.touch(ctx) // a writer has merged it away
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	page := pages{name: g.name, sums: g.sums, b: make([]byte, pageSize)}
	for i := range len(g.sums) / 4 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(pageSize, len(g.b)-i*pageSize)
		if _, err := f.ReadAt(page.b[:n], int64(i*pageSize)); err != nil {
			return err
		}
		if err := page.compare(i, page.b[:n]); err != nil {
			return err
		}
	}
	g.whole.Store(true)
	return nil
}

// touch checks every page where it is mapped.
func (g *segment) touch(ctx context.Context) error {
	for i := range len(g.sums) / 4 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := g.compare(i, g.page(i)); err != nil {
			return err
		}
	}
	return nil
}

// Verify reads a whole store: every checksum, and whether the indexes agree
// with the quads. Its error tells all that is wrong.
func Verify(ctx context.Context, dir string) error {
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	now := s.now()
	defer func() { _ = s.Close() }()
	defer now.drop()
	var failed []error
	for i, g := range now.segments {
		if err := errors.Join(g.scrub(ctx), ctx.Err()); err != nil {
			failed = append(failed, err)
			continue
		}
		if err := now.check(ctx, i, g); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", g.name, err))
		}
	}
	return errors.Join(failed...)
}

// Backup copies the store as it is now into a folder that is empty or not
// there, while others read and write.
func (s *Store) Backup(ctx context.Context, dir string) (err error) {
	if s.disk == nil {
		return errors.New("a store in memory has no files to copy")
	}
	if err := s.follow(ctx); err != nil {
		return err
	}
	now := s.now()
	if now == nil {
		return fmt.Errorf("backup: %w", store.ErrClosed)
	}
	defer now.drop()
	d, err := prepare(dir)
	if err != nil {
		return err
	}
	to := newStore(s.options, d, nil)
	to.stop() // no merges: a copy is done when it is whole
	defer func() { err = errors.Join(err, to.Close()) }()
	all := slices.Clone(now.segments)
	for i, g := range all {
		if g.sums == nil {
			continue // in memory: install makes a file of it
		}
		copied, err := d.copy(ctx, g)
		if err != nil {
			return err
		}
		defer copied.release()
		defer d.unstage(copied) // if it is not kept
		all[i] = copied
	}
	// Until now no store is there, so that half a copy is never taken for one.
	return d.install(ctx, to, all)
}

// copy stages a copy of a segment's file, checking what it copies.
func (d *disk) copy(ctx context.Context, g *segment) (*segment, error) {
	if err := g.touch(ctx); err != nil {
		return nil, err
	}
	d.staged++
	name := filepath.Join(d.dir, fmt.Sprintf("%s%d.seg", tempPrefix, d.staged))
	if err := os.WriteFile(name, g.raw, 0o644); err != nil {
		_ = os.Remove(name)
		return nil, err
	}
	staged, err := mapSegment(name, nil)
	if err != nil {
		return nil, err
	}
	d.files[staged] = name
	return staged, nil
}
