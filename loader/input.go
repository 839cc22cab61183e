package loader

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// An Input is something to load: a file, a member of an archive, or what came
// by standard input.
type Input struct {
	Name   string // as messages have it
	Format *Format

	path   string     // of the file that has it
	member *zip.File  // of an archive, nil where it is none's
	left   *int64     // how many bytes the archive may yet come to
	mu     sync.Mutex // guards what follows
	scoped string     // what scope gave, "" before
	size   int64      // of the archive
}

// Inputs are what Find found. Close them when done.
type Inputs struct {
	All []*Input

	archives []*os.File
	dir      string // of what came by standard input, "" where nothing did
}

// Close closes archives, and removes what was kept of standard input.
func (in *Inputs) Close() error {
	if in == nil {
		return nil
	}
	var failed []error
	for _, f := range in.archives {
		failed = append(failed, f.Close())
	}
	if in.dir != "" {
		failed = append(failed, os.RemoveAll(in.dir))
	}
	return errors.Join(failed...)
}

// Has tells whether a file of some name is among them, or has some of them.
func (in *Inputs) Has(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(in.All, func(i *Input) bool {
		other, err := os.Stat(i.path)
		return err == nil && os.SameFile(info, other)
	})
}

// Progress is told how many bytes of a file are about to be read, and gives
// back the reader to read them through.
type Progress func(name string, size int64, r io.Reader) io.Reader

// read gives the text of an input, from its beginning, to a function.
func (in *Input) read(progress Progress, use func(*bufio.Reader) error) (err error) {
	if progress == nil {
		progress = func(_ string, _ int64, r io.Reader) io.Reader { return r }
	}
	if in.member != nil {
		return in.readMember(progress, use)
	}
	file, err := os.Open(in.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return irregular(in.Name)
	}
	packed := bufio.NewReaderSize(progress(in.Name, info.Size(), file), headSize)
	magic, err := packed.Peek(8)
	if err := ignoreEnd(err); err != nil {
		return err
	}
	text, done, err := decompressed(in.Name, packed, magic, info.Size())
	if err != nil {
		return err
	}
	defer done()
	return use(bufio.NewReaderSize(text, headSize))
}

func (in *Input) readMember(progress Progress, use func(*bufio.Reader) error) error {
	r, err := in.member.Open()
	if err != nil {
		return &Mistake{File: in.Name, Problem: fmt.Sprintf("damaged zip: %v", err)}
	}
	defer func() { _ = r.Close() }()
	if in.left == nil {
		in.left = allowed(in.size)
	}
	text := &expansion{name: in.Name, kind: "zip", r: r, left: in.left}
	return use(bufio.NewReaderSize(progress(in.Name, int64(min(in.member.UncompressedSize64, 1<<62)), text), headSize))
}

// scope names the blank nodes of an input by its text: the same again gives the
// same nodes, another never.
func (in *Input) scope() (string, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.scoped != "" {
		return in.scoped, nil
	}
	sum := sha256.New()
	in.left = nil // it is read anew
	err := in.read(nil, func(r *bufio.Reader) error {
		_, err := io.Copy(sum, r)
		return err
	})
	if err != nil {
		return "", err
	}
	in.scoped = "f" + hex.EncodeToString(sum.Sum(nil))[:16] + "-"
	return in.scoped, nil
}

func irregular(name string) error {
	return &Mistake{File: name, Problem: "is no regular file; what comes from a pipe or device is read as -, by standard input"}
}

// FindOptions say how files are found.
type FindOptions struct {
	// Format is that of all files; nil where each tells its own.
	Format *Format
	// Stdin is what the path "-" stands for.
	Stdin io.Reader
}

// Find lists what paths name, each once: a folder stands for the files in it,
// and in the folders below, whose names tell a format; a zip archive for its
// members; "-" for standard input. Format and compression are told by content.
func Find(ctx context.Context, paths []string, o FindOptions) (*Inputs, error) {
	f := finder{FindOptions: o, ctx: ctx, seen: make(map[string]bool), in: &Inputs{}}
	for _, path := range paths {
		if err := f.path(path); err != nil {
			return nil, errors.Join(err, f.in.Close())
		}
	}
	return f.in, nil
}

type finder struct {
	FindOptions
	ctx  context.Context //nolint:containedctx // of the one call that it is of
	seen map[string]bool
	in   *Inputs
}

func (f *finder) path(path string) error {
	if path == "-" {
		return f.stdin()
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return f.folder(path)
	case !info.Mode().IsRegular(): // to open a pipe would wait for its writer
		return irregular(path)
	}
	return f.file(filepath.Clean(path))
}

// folder finds the files of a folder. A link is followed only within it: what
// else it leads to nobody has named.
func (f *finder) folder(path string) error {
	root, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	none := true
	// WalkDir looks behind a link that is the folder itself only with the slash.
	err = filepath.WalkDir(path+string(filepath.Separator), func(p string, entry fs.DirEntry, err error) error {
		if err != nil || formatOfName(p) == nil && !strings.HasSuffix(strings.ToLower(p), ".zip") {
			return err
		}
		info, err := os.Stat(p)
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			to, err := filepath.EvalSymlinks(p)
			if err != nil {
				return err
			}
			if within, err := filepath.Rel(root, to); err != nil || !filepath.IsLocal(within) {
				return &Mistake{File: p, Problem: "a link that leads out of the folder; name the file itself to load it"}
			}
		}
		none = false
		return f.file(filepath.Clean(p))
	})
	if err == nil && none {
		return &Mistake{File: path, Problem: "the folder has no file that ends in " + either(endings())}
	}
	return err
}

func endings() []string {
	var all []string
	for _, f := range Formats() {
		all = append(all, f.Endings...)
	}
	return all
}

func (f *finder) file(name string) error {
	if f.seen[name] {
		return nil
	}
	f.seen[name] = true
	return f.content(name, name)
}

// content adds what is in a file: itself, or the members of an archive.
func (f *finder) content(name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	magic := make([]byte, len(zipMagic))
	_, err = io.ReadFull(file, magic)
	if err = errors.Join(ignoreEnd(err), file.Close()); err != nil {
		return err
	}
	if string(magic) == zipMagic {
		return f.archive(name, path)
	}
	return f.add(&Input{Name: name, path: path})
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// add adds an input, with its format.
func (f *finder) add(in *Input) error {
	if err := f.ctx.Err(); err != nil {
		return err
	}
	in.Format = f.Format
	if in.Format == nil {
		err := in.read(nil, func(r *bufio.Reader) error {
			head, err := r.Peek(headSize)
			if err = ignoreEnd(err); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
				return err
			}
			in.Format, err = formatOf(in.Name, head)
			return err
		})
		in.left = nil
		if err != nil {
			return err
		}
	}
	f.in.All = append(f.in.All, in)
	return nil
}

const (
	mostMembers   = 10_000   // of an archive
	mostDirectory = 16 << 20 // bytes that are read to list them
)

// boundedAt reads so many bytes and no more.
type boundedAt struct {
	r    io.ReaderAt
	left int64
}

func (b *boundedAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := b.r.ReadAt(p, off)
	if b.left < math.MaxInt64 { // else members are read, by several at once
		if b.left -= int64(n); b.left < 0 {
			return 0, fmt.Errorf("its list of files has more than %d MiB", mostDirectory>>20)
		}
	}
	return n, err
}

// archive adds the members of a zip archive whose names tell a format, or its
// only one. Nothing is extracted; a name that would lead elsewhere is refused
// all the same, since somebody made it so.
func (f *finder) archive(name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	f.in.archives = append(f.in.archives, file)
	info, err := file.Stat()
	if err != nil {
		return err
	}
	directory := &boundedAt{r: file, left: mostDirectory}
	archive, err := zip.NewReader(directory, info.Size())
	if err != nil {
		return &Mistake{File: name, Problem: fmt.Sprintf("damaged zip: %v", err)}
	}
	directory.left = math.MaxInt64
	if len(archive.File) > mostMembers {
		return &Mistake{File: name, Problem: fmt.Sprintf("an archive of %d files; at most %d are read of one", len(archive.File), mostMembers)}
	}
	left := allowed(info.Size())
	none := true
	for _, m := range archive.File {
		shown := name + "/" + m.Name
		switch {
		case !filepath.IsLocal(m.Name) || strings.ContainsFunc(m.Name, func(c rune) bool { return c == '\\' || unicode.IsControl(c) || c == utf8.RuneError }):
			return &Mistake{File: name, Problem: fmt.Sprintf("the archive has the file %q, whose name leads out of it", m.Name)}
		case m.Name == "[Content_Types].xml":
			return &Mistake{File: name, Problem: "the file is a spreadsheet or document of an office program: save it as CSV"}
		case m.FileInfo().IsDir(), strings.HasPrefix(m.Name, "__MACOSX/"), strings.HasPrefix(filepath.Base(m.Name), "._"):
			continue // macOS puts what it knows of a file beside it
		case !m.Mode().IsRegular():
			return &Mistake{File: shown, Problem: "is a link or a device; an archive may have files only"}
		case m.Flags&1 != 0:
			return &Mistake{File: shown, Problem: "is encrypted: extract it first"}
		case len(archive.File) > 1 && f.Format == nil && formatOfName(m.Name) == nil:
			continue
		}
		none = false
		in := &Input{Name: shown, path: path, member: m, size: info.Size()}
		if err := f.add(in); err != nil {
			return err
		}
		in.left = left
	}
	if none {
		return &Mistake{File: name, Problem: "the archive has no file that ends in " + either(endings())}
	}
	return nil
}

// stdin keeps standard input in a file, since some formats are read twice.
func (f *finder) stdin() error {
	const name = "standard input"
	switch {
	case f.Stdin == nil:
		return &Mistake{File: name, Problem: "is not read here; name a file"}
	case f.in.dir != "":
		return &Mistake{File: name, Problem: "can be read once only; write - once"}
	}
	dir, err := os.MkdirTemp("", "parley-stdin-*")
	if err != nil {
		return err
	}
	f.in.dir = dir
	path := filepath.Join(dir, "stdin")
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(file, f.Stdin)
		copied <- err
	}()
	select {
	case err = <-copied:
	case <-f.ctx.Done(): // whoever writes may never be done
		err = f.ctx.Err()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return f.content(name, path)
}
