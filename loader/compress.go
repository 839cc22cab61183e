package loader

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// compressions are what is read through, told by the first bytes of a file.
var compressions = []struct {
	name, magic, ending string
	open                func(io.Reader) (io.Reader, func(), error)
}{
	{"gzip", "\x1f\x8b", ".gz", func(r io.Reader) (io.Reader, func(), error) {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, err
		}
		return z, func() { _ = z.Close() }, nil
	}},
	{"bzip2", "BZh", ".bz2", func(r io.Reader) (io.Reader, func(), error) {
		return bzip2.NewReader(r), func() {}, nil
	}},
	{"zstd", "\x28\xb5\x2f\xfd", ".zst", func(r io.Reader) (io.Reader, func(), error) {
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}},
	{"zip", zipMagic, ".zip", nil}, // its members are inputs of their own
}

const (
	zipMagic = "PK\x03\x04"
	// zstdWindow is how far back a zstd file may point: what it says of itself
	// must not take all memory. `zstd --ultra -22` needs as much.
	zstdWindow = 128 << 20
)

// A file of so many bytes, or a text of so many times the bytes that it has
// compressed, is as large as anyone means it to be.
const (
	expandedFree  = 64 << 20
	expandedTimes = 250
)

// decompressed reads through the compression of a file of a size. What a
// decompression bomb swells to is refused before it fills anything.
func decompressed(name string, r io.Reader, magic []byte, size int64) (io.Reader, func(), error) {
	for _, c := range compressions {
		if !bytes.HasPrefix(magic, []byte(c.magic)) || c.open == nil {
			continue
		}
		z, done, err := c.open(r)
		if err != nil {
			return nil, nil, &Mistake{File: name, Problem: fmt.Sprintf("damaged %s: %v", c.name, err)}
		}
		return &expansion{name: name, kind: c.name, r: z, left: allowed(size)}, done, nil
	}
	return r, func() {}, nil
}

// allowed is how many bytes a file of a size may decompress to.
func allowed(size int64) *int64 {
	left := expandedFree + expandedTimes*size
	return &left
}

// expansion bounds what is decompressed, and names the file in errors.
type expansion struct {
	name, kind string
	r          io.Reader
	left       *int64 // shared by the members of an archive
}

func (e *expansion) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if *e.left -= int64(n); *e.left < 0 {
		return 0, &Mistake{File: e.name, Problem: fmt.Sprintf("a decompression bomb: it comes to more than %d times its size; if it is meant to, decompress it first", expandedTimes)}
	}
	if err != nil && err != io.EOF {
		err = &Mistake{File: e.name, Problem: fmt.Sprintf("damaged %s: %v", e.kind, err)}
	}
	return n, err
}
