package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

// pageSize is how much of a segment one checksum covers: small enough that a
// query over a cold file checks little that it does not read.
const pageSize = 16 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrDamaged is content that is not what was written.
var ErrDamaged = errors.New("the file is damaged")

// DamageError tells where a file is not what was written.
type DamageError struct {
	File   string
	Offset int64
	What   string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s: at byte %d: %s: %v; restore a backup, or load its sources into a new store", e.File, e.Offset, e.What, ErrDamaged)
}

func (e *DamageError) Unwrap() error { return ErrDamaged }

// pages are the bytes of a segment, each page of which is checked against its
// checksum before it is first believed.
type pages struct {
	name string
	b    []byte
	sums []byte // a CRC-32C for each page; nil where the bytes are trusted
	seen []atomic.Uint64
	// whole is set when every page has been checked.
	whole atomic.Bool
}

func newPages(name string, b, sums []byte) *pages {
	p := &pages{name: name, b: b, sums: sums}
	if sums == nil {
		p.whole.Store(true)
		return p
	}
	p.seen = make([]atomic.Uint64, (len(sums)/4+63)/64)
	return p
}

// need checks the pages of n bytes from off on. It panics with a *DamageError,
// which catch at the edge of the package turns into an error: a check of an
// error after each number read would double the cost of a walk.
func (p *pages) need(off, n int) {
	if !p.whole.Load() {
		p.look(off, n)
	}
}

func (p *pages) look(off, n int) {
	for page := off / pageSize; page <= (off+n-1)/pageSize; page++ {
		if p.seen[page/64].Load()&(1<<(page%64)) == 0 {
			p.check(page)
		}
	}
}

func (p *pages) check(page int) {
	if err := p.compare(page, p.page(page)); err != nil {
		panic(err)
	}
	p.seen[page/64].Or(1 << (page % 64))
}

// page returns the bytes of a page.
func (p *pages) page(page int) []byte {
	return p.b[page*pageSize : min((page+1)*pageSize, len(p.b))]
}

// compare tells whether bytes are those of a page.
func (p *pages) compare(page int, b []byte) (err error) {
	defer func(before bool) {
		debug.SetPanicOnFault(before)
		if r := recover(); r != nil {
			err = &DamageError{p.name, int64(page * pageSize), fmt.Sprintf("the page cannot be read: %v", r)}
		}
	}(faults())
	got, want := crc32.Checksum(b, castagnoli), binary.LittleEndian.Uint32(p.sums[page*4:])
	if got != want {
		return &DamageError{p.name, int64(page * pageSize), fmt.Sprintf("checksum of the page is %08x, not %08x", got, want)}
	}
	return nil
}

// faults has a fault of this goroutine be a panic: what is mapped can fail to be
// read, as where the file was cut under it or the disk is failing. Who defers
// catch calls it.
func faults() (before bool) { return debug.SetPanicOnFault(true) }

// catch turns a panic of a reader into an error. Damage that no checksum shows
// can only come from a faulty writer; it must not bring a program down either.
func catch(err *error, before bool) {
	debug.SetPanicOnFault(before)
	catchInto(err, recover())
}

func catchInto(err *error, recovered any) {
	switch r := recovered.(type) {
	case nil:
	case *DamageError:
		*err = r
	case runtime.Error:
		*err = fmt.Errorf("%w: %w", ErrDamaged, r)
	default:
		panic(r)
	}
}
