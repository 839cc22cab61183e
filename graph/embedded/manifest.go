package embedded

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"parley/graph/store"
)

// The manifest says which files are the store. It is replaced whole, by a
// rename: a first line with the format's version, a line of JSON, and a line
// with the CRC-32C of both.
const (
	manifestName = "MANIFEST"
	lockName     = "LOCK"
	tempPrefix   = "tmp-"
	manifestHead = "parley store, format "
)

type manifest struct {
	Files    uint64         `json:"files"` // numbers given to files so far
	Log      uint64         `json:"log"`
	LogID    uint64         `json:"logID"`
	Segments []manifestPart `json:"segments"`
}

// manifestPart is a segment's file; Sum is the CRC-32C of its tail, and so of its
// checksums, lest a file of another store is taken for it.
type manifestPart struct {
	File uint64 `json:"file"`
	Size int64  `json:"size"`
	Sum  uint32 `json:"sum"`
}

// is tells whether a segment is the one of a part.
func (p manifestPart) is(g *segment, name string) bool {
	return g.name == name && g.sum == p.Sum && int64(len(g.raw)) == p.Size
}

func segmentName(dir string, file uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%08d.seg", file))
}

func logName(dir string, file uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%08d.wal", file))
}

func (m *manifest) encode() []byte {
	line, err := json.Marshal(m)
	if err != nil {
		panic(err) // numbers only
	}
	b := fmt.Appendf(nil, "%s%d\n%s\n", manifestHead, FormatVersion, line)
	return fmt.Appendf(b, "crc32c %08x\n", crc32.Checksum(b, castagnoli))
}

func decodeManifest(name string, b []byte) (*manifest, error) {
	damaged := func(at int, what string) error { return &DamageError{name, int64(at), what} }
	if !bytes.HasPrefix(b, []byte(manifestHead)) {
		return nil, damaged(0, "it does not begin as a manifest of parley does")
	}
	lines := strings.SplitAfter(string(b), "\n")
	version, err := strconv.Atoi(strings.TrimSpace(lines[0][len(manifestHead):]))
	if err != nil || !strings.HasSuffix(lines[0], "\n") {
		return nil, damaged(len(manifestHead), "no version")
	}
	if version != FormatVersion {
		return nil, fmt.Errorf("%s: %w: version %d, not %d", name, ErrVersion, version, FormatVersion)
	}
	if len(lines) != 4 || lines[3] != "" {
		return nil, damaged(len(b), "not three lines")
	}
	text := lines[0] + lines[1]
	if lines[2] != fmt.Sprintf("crc32c %08x\n", crc32.Checksum([]byte(text), castagnoli)) {
		return nil, damaged(len(text), "checksum of the manifest")
	}
	m := &manifest{}
	if err := json.Unmarshal([]byte(lines[1]), m); err != nil {
		return nil, damaged(len(lines[0]), err.Error())
	}
	return m, nil
}

// ErrNoStore is a path where no store is.
var ErrNoStore = store.ErrNoStore

func openManifest(dir string) (*os.File, error) {
	name := filepath.Join(dir, manifestName)
	f, err := os.Open(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if numbered(e.Name()) && !unfinished(e) {
			return nil, &DamageError{name, 0, "it is not there, but files of a store are"}
		}
	}
	return nil, fmt.Errorf("%s: %w", dir, ErrNoStore)
}

// unfinished tells whether a file is one that a Create leaves which was ended
// before it was done.
func unfinished(e fs.DirEntry) bool {
	if e.Name() == lockName || strings.HasPrefix(e.Name(), tempPrefix) {
		return true
	}
	info, err := e.Info()
	return err == nil && numbered(e.Name()) && strings.HasSuffix(e.Name(), ".wal") && info.Size() <= logHead
}

// write puts the manifest in place. That its name lasts syncDir sees to.
func (m *manifest) write(dir string) error {
	temp := filepath.Join(dir, tempPrefix+manifestName)
	if err := writeSynced(temp, m.encode()); err != nil {
		_ = os.Remove(temp)
		return err
	}
	if err := os.Rename(temp, filepath.Join(dir, manifestName)); err != nil {
		_ = os.Remove(temp)
		return err
	}
	return nil
}

func writeSynced(name string, b []byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes the names in a folder last.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// names are the files that the manifest names.
func (m *manifest) names(dir string) map[string]bool {
	named := map[string]bool{logName(dir, m.Log): true}
	for _, s := range m.Segments {
		named[segmentName(dir, s.File)] = true
	}
	return named
}

// removeOld removes the files that only the manifest before named. It leaves
// alone what a merge in the background is writing.
func (m *manifest) removeOld(dir string, before *manifest) {
	named := m.names(dir)
	for name := range before.names(dir) {
		if !named[name] {
			_ = os.Remove(name)
		}
	}
}

// sweep removes all files that the manifest does not name: what a process that
// was ended left behind. Nothing may be being written.
func (m *manifest) sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	named := m.names(dir)
	var failed []error
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		ours := strings.HasPrefix(e.Name(), tempPrefix) || numbered(e.Name())
		if ours && !named[name] {
			failed = append(failed, os.Remove(name))
		}
	}
	return errors.Join(failed...)
}

// numbered tells whether a name is one of those that segments and logs have.
func numbered(name string) bool {
	base, ok := strings.CutSuffix(name, ".seg")
	if !ok {
		base, ok = strings.CutSuffix(name, ".wal")
	}
	return ok && len(base) >= 8 && strings.Trim(base, "0123456789") == ""
}
