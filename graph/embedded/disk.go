package embedded

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/graph/store"

	"github.com/edsrzf/mmap-go"
	"github.com/gofrs/flock"
)

// disk is the folder of a store.
type disk struct {
	dir string
	// mu guards what was read of the folder.
	mu       sync.Mutex
	manifest *manifest
	stamp    fs.FileInfo // of the manifest when it was read
	log      *log        // to append to once the lock is held, else to read
	lock     *flock.Flock
	files    map[*segment]string // segments that a change in the making wrote
	staged   int
}

// ErrLocked is a store that another process writes to.
var ErrLocked = errors.New("another process writes to the store")

// holder is what the lock's file says of who holds it.
type holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
	Command string    `json:"command"`
}

// Open opens the store in a folder. Any number of processes may read it; the
// first Update makes this one its writer until Close.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	d := &disk{dir: dir, files: map[*segment]string{}}
	all, err := d.load(ctx, nil)
	if err != nil {
		return nil, err
	}
	s := newStore(o, d, all)
	for _, g := range all {
		g.release() // the state holds it now
	}
	s.frozen = len(d.manifest.Segments)
	s.scrubLater()
	return s, nil
}

// Create makes an empty store in a folder that is empty or not there, and opens
// it.
func Create(ctx context.Context, dir string, o Options) (*Store, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if name := e.Name(); name != lockName && !strings.HasPrefix(name, tempPrefix) && !numbered(name) {
			return nil, fmt.Errorf("%s: the folder has a file %s: a new store needs an empty folder, or one that is not there", dir, name)
		}
	}
	d := &disk{dir: dir, files: map[*segment]string{}}
	if err := d.acquire(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, manifestName)); err == nil {
		return nil, errors.Join(fmt.Errorf("%s: a store is there", dir), d.lock.Unlock())
	}
	m := &manifest{Files: 1, Log: 1}
	_ = os.Remove(logName(dir, 1)) // of a creation that was ended
	l, err := createLog(logName(dir, 1), 1)
	if err == nil {
		err = errors.Join(l.close(), syncDir(filepath.Dir(filepath.Clean(dir))))
	}
	if err == nil {
		err = m.write(dir)
	}
	if err = errors.Join(err, d.lock.Unlock()); err != nil {
		return nil, err
	}
	return Open(ctx, dir, o)
}

// acquire takes the lock of the writer.
func (d *disk) acquire() error {
	name := filepath.Join(d.dir, lockName)
	lock := flock.New(name)
	ok, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock the store to write to it: %w", err)
	}
	if !ok {
		var h holder
		b, _ := os.ReadFile(name)
		if json.Unmarshal(b, &h) != nil {
			return fmt.Errorf("%s: %w", d.dir, ErrLocked)
		}
		return fmt.Errorf("%s: %w: %s (process %d on %s, since %s); try again when it is done", d.dir, ErrLocked, h.Command, h.PID, h.Host, h.Since.Format(time.DateTime))
	}
	host, _ := os.Hostname()
	b, err := json.Marshal(holder{os.Getpid(), host, time.Now().Truncate(time.Second), filepath.Base(os.Args[0]) + " " + strings.Join(os.Args[1:], " ")})
	if err == nil {
		err = os.WriteFile(name, append(b, '\n'), 0o644)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("lock the store to write to it: %w", err), lock.Unlock())
	}
	d.lock = lock
	return nil
}

// write makes the process the writer of the store, if it is not already, and
// reads what others wrote before.
func (d *disk) write(ctx context.Context, s *Store) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lock != nil {
		return nil
	}
	if err := d.acquire(); err != nil {
		return err
	}
	err := d.takeOver(ctx, s)
	if err != nil {
		err = errors.Join(err, d.lock.Unlock())
		d.lock = nil
	}
	return err
}

func (d *disk) takeOver(ctx context.Context, s *Store) error {
	if err := d.reload(ctx, s); err != nil {
		return err
	}
	if err := d.manifest.sweep(d.dir); err != nil {
		return err
	}
	// What stands behind the last whole record was never acknowledged; but what
	// is whole is seen by readers, and counts from now on.
	f, err := os.OpenFile(d.log.name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_ = d.log.close()
	d.log.file = f
	if err := f.Truncate(d.log.end); err != nil {
		return err
	}
	if _, err := f.WriteAt(ack(d.log.end), logAck); err != nil {
		return err
	}
	return f.Sync()
}

// load opens the files that the manifest names and reads the log; segments of
// before that are still named are kept. The caller has the segments held.
func (d *disk) load(ctx context.Context, before segments) (segments, error) {
	for try := 0; ; try++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all, err := d.tryLoad(before)
		// A writer may have put another manifest in place and removed files of
		// the one that was read.
		if errors.Is(err, fs.ErrNotExist) && try < 100 {
			if now, rerr := os.Stat(filepath.Join(d.dir, manifestName)); rerr == nil && (d.stamp == nil || !sameFile(now, d.stamp)) {
				continue
			}
		}
		return all, err
	}
}

func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

func (d *disk) tryLoad(before segments) (all segments, err error) {
	stamp, err := os.Stat(filepath.Join(d.dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		d.stamp = nil
		return nil, fmt.Errorf("%s: %w", d.dir, ErrNoStore)
	}
	if err != nil {
		return nil, err
	}
	d.stamp = stamp
	m, err := readManifest(d.dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			for _, g := range all {
				g.release()
			}
			all = nil
		}
	}()
	for _, part := range m.Segments {
		name := segmentName(d.dir, part.File)
		if i := slices.IndexFunc(before, func(g *segment) bool { return g.name == name }); i >= 0 {
			before[i].hold()
			all = append(all, before[i])
			continue
		}
		g, err := mapSegment(name, &part)
		if err != nil {
			return all, err
		}
		all = append(all, g)
		if len(all) > 1 && uint32(g.Base) != all[len(all)-2].next() {
			return all, &DamageError{name, 0, "its ids do not follow those of the segment before"}
		}
	}
	f, err := os.Open(logName(d.dir, m.Log))
	if err != nil {
		return all, err
	}
	records, end, err := readLog(f, m.Log)
	if err != nil {
		_ = f.Close()
		return all, err
	}
	tail, err := foldAll(append(slices.Clone(all), records...), len(all))
	if err != nil {
		_ = f.Close()
		return all, err
	}
	_ = d.log.close()
	d.manifest, d.log = m, &log{file: f, name: f.Name(), number: m.Log, end: end}
	return tail, nil
}

// foldAll merges what a log holds into few segments.
func foldAll(all segments, frozen int) (segments, error) {
	if len(all)-frozen < 4 {
		return all, nil
	}
	w, err := mergeSegments(context.Background(), "", all[frozen:], frozen == 0, nil)
	if err != nil {
		return nil, err
	}
	b, err := w.bytes()
	if err != nil {
		return nil, err
	}
	g, err := openSegment("memory", b, true)
	return append(all[:frozen:frozen], g), err
}

// mapSegment opens a segment's file; part says what it must be, nil for any.
func mapSegment(name string, part *manifestPart) (*segment, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if part != nil && info.Size() != part.Size {
		return nil, &DamageError{name, min(info.Size(), part.Size), fmt.Sprintf("the file has %d bytes, not %d", info.Size(), part.Size)}
	}
	if info.Size() < headLen+tailLen {
		return nil, &DamageError{name, info.Size(), "the file ends early"}
	}
	b, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", name, err)
	}
	g, err := openSegment(name, b, false)
	if err == nil && part != nil && g.footerSum != part.Sum {
		err = &DamageError{name, 0, "it is not the file that the manifest names"}
	}
	if err != nil {
		return nil, errors.Join(err, b.Unmap())
	}
	g.unmap = func() { _ = b.Unmap() }
	return g, nil
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
	stamp, err := os.Stat(filepath.Join(d.dir, manifestName))
	if err != nil {
		return err
	}
	if sameFile(stamp, d.stamp) {
		end, err := acknowledged(d.log.file)
		if err != nil || end <= d.log.end {
			return err
		}
	}
	return d.reload(ctx, s)
}

// stage writes a segment to a file that no manifest names yet.
func (d *disk) stage(w *segmentWriter) (_ *segment, err error) {
	d.mu.Lock()
	d.staged++
	name := filepath.Join(d.dir, fmt.Sprintf("%s%d.seg", tempPrefix, d.staged))
	d.mu.Unlock()
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			_ = os.Remove(name)
		}
	}()
	out := bufio.NewWriterSize(f, 1<<20)
	if err := errors.Join(w.writeTo(out, true), out.Flush()); err != nil {
		return nil, err
	}
	g, err := mapSegment(name, nil)
	if err != nil {
		return nil, err
	}
	g.whole.Store(true) // this process has just written it
	d.mu.Lock()
	d.files[g] = name
	d.mu.Unlock()
	return g, nil
}

// unstage removes the file of a staged segment that is not kept.
func (d *disk) unstage(g *segment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if name, ok := d.files[g]; ok {
		delete(d.files, g)
		_ = os.Remove(name)
	}
}

func (d *disk) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.log.close()
	if d.lock != nil {
		err = errors.Join(err, d.lock.Unlock())
	}
	return err
}
