package embedded

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
)

var (
	// recordMost is how large a segment may be to go into the log.
	recordMost = 4 << 20
	// filesMost is how many segments a store has in files before it merges any
	// in the background.
	filesMost = 4
	// logMost is the size of the log at which it becomes a segment.
	logMost int64 = 8 << 20
)

// commit keeps segments, of which the last are new, so many. The caller has the
// turn.
func (d *disk) commit(ctx context.Context, s *Store, all segments, fresh int) error {
	if d.failed != nil {
		return d.failed
	}
	g := all[len(all)-1]
	if fresh > 1 || d.isStaged(g) || len(g.raw) > recordMost || d.log.end > logMost {
		return d.install(ctx, s, all)
	}
	if err := d.log.append(g.raw); err != nil {
		return err
	}
	// It is kept now, and no end of the context takes it back.
	return s.fold(context.WithoutCancel(ctx), all)
}

// install makes segments the ones that the manifest names: those in memory,
// which the log holds, become a file, and a new log begins.
func (d *disk) install(ctx context.Context, s *Store, all segments) (err error) {
	if d.failed != nil {
		return d.failed
	}
	m := &manifest{Files: d.manifest.Files}
	var made []string // removed again if this fails
	var fresh segments
	defer func() {
		for _, g := range fresh {
			g.release()
		}
		if err != nil {
			for _, name := range made {
				_ = os.Remove(name)
			}
		}
	}()
	var kept segments
	for i := 0; i < len(all); i++ {
		g := all[i]
		if part, ok := d.part(g); ok {
			kept = append(kept, g)
			m.Segments = append(m.Segments, part)
			continue
		}
		if !d.isStaged(g) {
			end := i + 1
			for end < len(all) && d.inMemory(all[end]) {
				end++
			}
			if g, err = d.mergeToFile(ctx, all[i:end], i == 0, nil); err != nil {
				return err
			}
			fresh = append(fresh, g)
			i = end - 1
		}
		m.Files++
		name := segmentName(d.dir, m.Files)
		if err := d.settle(g, name); err != nil {
			return err
		}
		made = append(made, name)
		kept = append(kept, g)
		m.Segments = append(m.Segments, manifestPart{File: m.Files, Size: int64(len(g.raw)), Sum: g.sum})
	}
	m.Files++
	m.Log, m.LogID = m.Files, rand.Uint64()
	l, err := createLog(logName(d.dir, m.Log), m.LogID)
	if err != nil {
		return err
	}
	made = append(made, l.name)
	if err := ctx.Err(); err != nil {
		return errors.Join(err, l.close())
	}
	if err := syncDir(d.dir); err != nil {
		return errors.Join(err, l.close())
	}
	if err := m.write(d.dir); err != nil {
		return errors.Join(err, l.close())
	}
	made = nil
	if err := syncDir(d.dir); err != nil {
		// Which of the manifests the disk holds now nobody can tell, so the files
		// of both stay.
		d.failed = fmt.Errorf("%s: an earlier sync failed; open the store again: %w", d.dir, err)
		return errors.Join(err, l.close())
	}
	d.mu.Lock()
	before, old := d.manifest, d.log
	d.manifest, d.log = m, l
	d.mu.Unlock()
	s.frozen = len(kept)
	s.publish(kept)
	// The change is made. What cannot be removed now the next writer sweeps away.
	_ = old.close()
	m.removeOld(d.dir, before)
	s.mergeLater()
	return nil
}

// part returns what the manifest says of a segment.
func (d *disk) part(g *segment) (manifestPart, bool) {
	i := slices.IndexFunc(d.manifest.Segments, func(p manifestPart) bool { return segmentName(d.dir, p.File) == g.name })
	if i < 0 {
		return manifestPart{}, false
	}
	return d.manifest.Segments[i], true
}

// inMemory tells whether a segment has no file.
func (d *disk) inMemory(g *segment) bool {
	_, named := d.part(g)
	return !named && !d.isStaged(g)
}

// isStaged tells whether a change in the making wrote a segment to a file.
func (d *disk) isStaged(g *segment) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, staged := d.files[g]
	return staged
}

// mergeToFile merges segments into a staged one.
func (d *disk) mergeToFile(ctx context.Context, all segments, first bool, used func(uint32) bool) (*segment, error) {
	w, err := mergeSegments(ctx, d.dir, all, first, used)
	if err != nil {
		return nil, err
	}
	defer w.close()
	return d.stage(w)
}

// settle gives the file of a staged segment its name, after it is synced.
func (d *disk) settle(g *segment, name string) error {
	d.mu.Lock()
	staged := d.files[g]
	delete(d.files, g)
	d.mu.Unlock()
	f, err := os.OpenFile(staged, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = os.Rename(staged, name)
	}
	if err != nil {
		_ = os.Remove(staged)
		return err
	}
	g.name = name
	return nil
}

// mergeLater merges segments in the background, where some have become as
// heavy as one before. The caller has the turn.
func (s *Store) mergeLater() {
	now := s.now()
	files := now.segments[:s.frozen]
	from := heavy(files)
	if s.running.Err() != nil || s.merging != nil || len(files) <= filesMost || len(files)-from < 2 || !fit(files[from:]) {
		now.drop()
		return
	}
	s.merging = make(chan struct{})
	s.merges.Go(func() {
		defer now.drop()
		s.mergeFiles(files[from:], from == 0)
	})
}

// mergeFiles replaces segments by their merge.
func (s *Store) mergeFiles(old segments, first bool) {
	g, err := s.disk.mergeToFile(s.running, old, first, nil)
	s.turn <- struct{}{}
	defer s.end()
	close(s.merging)
	s.merging = nil
	if err == nil {
		err = s.replace(s.running, old, g)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		s.mergeErr = errors.Join(s.mergeErr, err)
	}
}

// replace puts a segment in the place of those it was merged from. The caller
// has the turn.
func (s *Store) replace(ctx context.Context, old segments, g *segment) error {
	defer g.release()
	now := s.now()
	defer now.drop()
	i := slices.Index(now.segments, old[0])
	all := slices.Replace(slices.Clone(now.segments), i, i+len(old), g)
	err := s.disk.install(ctx, s, all)
	if err != nil {
		s.disk.unstage(g)
	}
	return err
}

// Compact merges the whole store into one segment and leaves out the terms that
// no quad has any more.
func (s *Store) Compact(ctx context.Context) error {
	for {
		if err := s.begin(ctx); err != nil {
			return err
		}
		merging := s.merging
		if merging == nil {
			break
		}
		s.end()
		select {
		case <-merging:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer s.end()
	now := s.now()
	defer now.drop()
	if len(now.segments) == 0 || len(now.segments) == 1 && !now.orphans && s.frozen == 1 {
		return nil
	}
	used, err := now.usedTerms(ctx)
	if err != nil {
		return err
	}
	if s.disk == nil {
		w, err := mergeSegments(ctx, "", now.segments, true, used)
		if err != nil {
			return err
		}
		g, err := s.stage(w)
		if err != nil {
			return err
		}
		s.frozen = 0
		s.publish(segments{g})
		return nil
	}
	g, err := s.disk.mergeToFile(ctx, now.segments, true, used)
	if err != nil {
		return err
	}
	return s.replace(ctx, now.segments, g)
}

// usedTerms tells of each id whether some quad has it.
func (s *state) usedTerms(ctx context.Context) (used func(uint32) bool, err error) {
	defer catch(&err, faults())
	seen := make([]uint64, s.next()/64+1)
	n := 0
	s.all(func(q quad4) bool {
		for _, id := range [...]uint32{q.s, q.p, q.o, q.l} {
			seen[id/64] |= 1 << (id % 64)
		}
		n++
		return n%lookAtContext > 0 || ctx.Err() == nil
	})
	return func(id uint32) bool { return seen[id/64]&(1<<(id%64)) != 0 }, ctx.Err()
}
