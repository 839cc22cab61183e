package embedded

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/edsrzf/mmap-go"
	"github.com/gofrs/flock"
)

// disk is the folder of a store.
type disk struct {
	dir string
	// mu guards what was read of the folder.
	mu       sync.Mutex
	manifest *manifest
	read     *os.File // what the manifest was read from; open, lest its number is given to another
	log      *log     // to append to once the lock is held, else to read
	lock     *flock.Flock
	failed   error               // why nothing can be written any more
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
	d, err := prepare(dir)
	if err != nil {
		return nil, err
	}
	s := newStore(o, d, nil)
	if err := errors.Join(d.install(ctx, s, nil), s.Close()); err != nil {
		return nil, err
	}
	return Open(ctx, dir, o)
}

// prepare makes a folder ready for a new store and takes its lock. The store is
// there when something is installed.
func prepare(dir string) (*disk, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	d := &disk{dir: dir, manifest: &manifest{}, files: map[*segment]string{}}
	if err := d.vacant(); err != nil {
		return nil, err
	}
	if err := d.acquire(); err != nil {
		return nil, err
	}
	// Another process may have made one before the lock was taken.
	err := errors.Join(d.vacant(), syncDir(filepath.Dir(filepath.Clean(dir))))
	if err == nil {
		err = d.manifest.sweep(dir)
	}
	if err != nil {
		return nil, errors.Join(err, d.lock.Unlock())
	}
	return d, nil
}

// vacant is an error where a folder has anything that a new store would be in
// the way of.
func (d *disk) vacant() error {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == manifestName {
			return fmt.Errorf("%s: a store is there", d.dir)
		}
		if !unfinished(e) {
			return fmt.Errorf("%s: the folder has a file %s: a new store needs an empty folder, or one that is not there", d.dir, e.Name())
		}
	}
	return nil
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
		return d.failed
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
	if err := f.Sync(); err != nil {
		return err
	}
	_, err = f.WriteAt(ack(d.log.end), logAck)
	return err
}

// load opens the files that the manifest names and reads the log; segments of
// before that are still named are kept. The caller has the segments held.
func (d *disk) load(ctx context.Context, before segments) (segments, error) {
	for try := 0; ; try++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		read, err := openManifest(d.dir)
		if err != nil {
			return nil, err
		}
		all, err := d.tryLoad(read, before)
		if err == nil {
			_ = d.read.Close()
			d.read = read
			return all, nil
		}
		// A writer may have put another manifest in place and removed files of
		// the one that was read.
		replaced := try < 100 && !isAt(read, filepath.Join(d.dir, manifestName))
		_ = read.Close()
		var missing *fs.PathError
		if !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &missing) {
			return nil, err
		}
		if !replaced {
			return nil, &DamageError{missing.Path, 0, "the manifest names it, but it is not there"}
		}
	}
}

// isAt tells whether an open file still is the one that a path leads to.
func isAt(f *os.File, path string) bool {
	now, err := os.Stat(path)
	if err != nil {
		return false
	}
	then, err := f.Stat()
	return err == nil && os.SameFile(now, then)
}

// tryLoad reads the manifest and opens what it names. It keeps what it read
// only if all went well.
func (d *disk) tryLoad(read *os.File, before segments) (all segments, err error) {
	b, err := io.ReadAll(read)
	if err != nil {
		return nil, err
	}
	m, err := decodeManifest(read.Name(), b)
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
		if i := slices.IndexFunc(before, func(g *segment) bool { return part.is(g, name) }); i >= 0 {
			before[i].hold()
			all = append(all, before[i])
			continue
		}
		g, err := mapSegment(name, &part)
		if err != nil {
			return all, err
		}
		all = append(all, g)
	}
	f, err := os.Open(logName(d.dir, m.Log))
	if err != nil {
		return all, err
	}
	records, end, err := readLog(f, m.LogID)
	var tail segments
	if err == nil {
		tail = append(slices.Clone(all), records...)
		err = tail.follow()
	}
	if err == nil {
		tail, err = foldAll(tail, len(all))
	}
	if err != nil {
		_ = f.Close()
		return all, err
	}
	_ = d.log.close()
	d.manifest, d.log = m, &log{file: f, name: f.Name(), end: end}
	return tail, nil
}

// follow tells whether the ids of each segment follow those of the one before.
func (all segments) follow() error {
	for i, g := range all {
		if uint32(g.Base) != all[:i].next() {
			return &DamageError{g.name, 0, "its ids do not follow those of the segment before"}
		}
	}
	return nil
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
	if err == nil && part != nil && g.sum != part.Sum {
		err = &DamageError{name, 0, "it is not the file that the manifest names"}
	}
	if err != nil {
		return nil, errors.Join(err, b.Unmap())
	}
	g.unmap = func() { _ = b.Unmap() }
	return g, nil
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
	_ = d.read.Close()
	err := d.log.close()
	if d.lock != nil {
		err = errors.Join(err, d.lock.Unlock())
	}
	return err
}
