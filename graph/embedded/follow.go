package embedded

import (
	"context"
	"io"
	"path/filepath"
	"slices"

	"parley/graph/store"
)

// follow reads what another process has written since.
func (s *Store) follow(ctx context.Context) error {
	d := s.disk
	if s.closed.Load() {
		return store.ErrClosed
	}
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lock != nil {
		return nil // nobody else can have
	}
	if s.closed.Load() {
		return store.ErrClosed // since then; what is read now nobody would let go
	}
	if !isAt(d.read, filepath.Join(d.dir, manifestName)) {
		return d.reload(ctx, s)
	}
	end, err := acknowledged(d.log.file)
	if err != nil || end <= d.log.end {
		return err
	}
	return d.readOn(ctx, s, end)
}

// readOn reads the records that the log has got since, up to an end that was
// acknowledged. The caller holds mu.
func (d *disk) readOn(ctx context.Context, s *Store, end int64) error {
	now := s.now()
	if now == nil {
		return store.ErrClosed
	}
	defer now.drop()
	b, err := io.ReadAll(io.NewSectionReader(d.log.file, d.log.end, 1<<62))
	if err != nil {
		return err
	}
	records, whole, err := decodeRecords(d.log.name, b, d.log.end)
	all := append(slices.Clone(now.segments), records...)
	if err != nil || whole < end || all.follow() != nil {
		// A writer that failed may have taken back what was read too early.
		return d.reload(ctx, s)
	}
	if err := s.fold(ctx, all); err != nil {
		return err
	}
	d.log.end = whole
	return nil
}

// reload reads what others have written since. The caller holds mu.
func (d *disk) reload(ctx context.Context, s *Store) error {
	now := s.now()
	if now == nil {
		return store.ErrClosed
	}
	defer now.drop()
	all, err := d.load(ctx, now.segments)
	if err != nil {
		return err
	}
	s.frozen = len(d.manifest.Segments)
	s.publish(all)
	for _, g := range all {
		g.release()
	}
	return nil
}
