package embedded

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// seedFiles are the files of a store that has met all kinds of change.
func seedFiles(f *testing.F, pattern string) (all [][]byte) {
	f.Helper()
	defer Lower()()
	dir, ctx := f.TempDir(), f.Context()
	s, err := Create(ctx, dir, Options{Memory: 1})
	if err != nil {
		f.Fatal(err)
	}
	some := func(n int) (quads []quad.Quad) {
		for i := range n {
			q := quad.Quad{Subject: quad.IRI(fmt.Sprint("x:", i/3)), Predicate: quad.IRI(fmt.Sprint("x:p", i%3)), Object: quad.String(fmt.Sprint(i % 9))}
			if i%4 > 0 {
				q.Label = quad.IRI(fmt.Sprint("x:l", i%2))
			}
			quads = append(quads, q)
		}
		return quads
	}
	keep := func() {
		s.merges.Wait()
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range names {
			var b []byte
			if b, err = os.ReadFile(name); err == nil {
				all = append(all, b)
			}
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	for _, step := range []struct{ add, remove int }{{10, 0}, {200, 5}, {20, 100}, {3, 200}, {150, 3}} {
		_, err := s.Update(ctx, func(tx store.Tx) error {
			if err := tx.Remove(ctx, some(step.remove)); err != nil {
				return err
			}
			return tx.Add(ctx, some(step.add))
		})
		if err != nil {
			f.Fatal(err)
		}
		keep()
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	return all
}

// resum makes the checksums of a segment right, so that what is damaged gets
// past them.
func resum(b []byte) {
	if len(b) < headLen+tailLen {
		return
	}
	tail := b[len(b)-tailLen:]
	size := int(binary.LittleEndian.Uint32(tail))
	if size > len(b)-headLen-tailLen {
		return
	}
	footer := b[len(b)-tailLen-size : len(b)-tailLen]
	binary.LittleEndian.PutUint32(tail[4:], crc32.Checksum(footer, castagnoli))
	var m meta
	if m.decode(footer, uint64(len(b)-tailLen-size)) != nil {
		return
	}
	sums := b[m.SumsAt:m.SumsEnd]
	for page := 0; page*pageSize < int(m.SumsAt) && len(sums) >= 4*page+4; page++ {
		part := b[page*pageSize : min((page+1)*pageSize, int(m.SumsAt))]
		binary.LittleEndian.PutUint32(sums[4*page:], crc32.Checksum(part, castagnoli))
	}
	binary.LittleEndian.PutUint32(tail[8:], crc32.Checksum(sums, castagnoli))
}

// walkAll asks all of some segments. Any answer will do, and any error.
func walkAll(all segments) {
	ctx := context.Background()
	now := newState(all, 0)
	s := &snapshot{state: now}
	for q, err := range s.Quads(ctx) {
		if err == nil {
			s.Node(q.Object)
		}
	}
	_, _ = s.Stats(ctx)
	var nodes []store.Node
	for id := range min(all.next(), 40) {
		nodes = append(nodes, store.Node(id))
		s.Value(store.Node(id))
	}
	for _, predicate := range nodes[:min(len(nodes), 8)] {
		_, _ = s.Expand(ctx, nil, nodes, predicate, store.Out)
		_, _ = s.Expand(ctx, nil, nodes, predicate, store.In)
	}
	_, _ = s.Labelled(ctx, nil, nodes)
	_, _ = s.Neighbours(ctx, nil, nodes, 0, store.In)
	for i, g := range all {
		_ = now.check(ctx, i, g)
	}
	used, err := now.usedTerms(ctx)
	if err != nil {
		return
	}
	for _, used := range []func(uint32) bool{nil, used} {
		if w, err := mergeSegments(ctx, "", all, true, used); err == nil {
			if b, err := w.bytes(); err == nil {
				_, _ = openSegment("merged", b, true)
			}
		}
	}
	if cayley, err := OfSnapshot(s); err == nil {
		for it := cayley.QuadsAllIterator(); it.Next(ctx); {
			cayley.Quad(it.Result())
		}
	}
}

const fuzzMost = 16 << 10

// Whatever a segment has, with checksums that are right, to read it ends with
// an answer or an error.
func FuzzOpenSegment(f *testing.F) {
	for _, b := range seedFiles(f, "*.seg") {
		f.Add(b)
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		if len(b) > fuzzMost {
			return
		}
		b = bytes.Clone(b)
		resum(b)
		for _, trusted := range []bool{false, true} {
			g, err := openSegment("segment", b, trusted)
			if err == nil && (segments{g}).follow() == nil {
				walkAll(segments{g})
			}
		}
	})
}

// The same for a log; end is where it was acknowledged.
func FuzzReadLog(f *testing.F) {
	for _, b := range seedFiles(f, "*.wal") {
		f.Add(b, int64(len(b)))
	}
	f.Fuzz(func(t *testing.T, b []byte, end int64) {
		if len(b) > fuzzMost || len(b) < logHead {
			return
		}
		b = bytes.Clone(b)
		id := binary.LittleEndian.Uint64(b[16:])
		copy(b, logHeader(id)[:logAck])
		for at := logHead; at+logRecord < len(b); {
			n := min(int(binary.LittleEndian.Uint32(b[at:])), len(b)-at-logRecord)
			segment := b[at+logRecord : at+logRecord+n]
			resum(segment)
			binary.LittleEndian.PutUint32(b[at:], uint32(n))
			binary.LittleEndian.PutUint32(b[at+4:], crc32.Update(crc32.Checksum(b[at:at+4], castagnoli), castagnoli, segment))
			at += logRecord + n
		}
		records, whole, err := decodeLog("log", b, id, end)
		if err != nil {
			return
		}
		if whole < end || whole > int64(len(b)) {
			t.Errorf("whole up to %d, acknowledged up to %d, %d bytes", whole, end, len(b))
		}
		all := segments(records)
		if all.follow() != nil {
			return
		}
		walkAll(all)
		if folded, err := foldAll(all, 0); err == nil {
			walkAll(folded)
		}
	})
}

// A manifest with a checksum that is right is read as it would be written.
func FuzzDecodeManifest(f *testing.F) {
	for _, b := range seedFiles(f, manifestName) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		lines := bytes.SplitAfter(b, []byte("\n"))
		if text := bytes.Join(lines[:min(2, len(lines))], nil); len(lines) > 2 {
			b = fmt.Appendf(text, "crc32c %08x\n", crc32.Checksum(text, castagnoli))
		}
		m, err := decodeManifest("manifest", b)
		if err != nil {
			return
		}
		again, err := decodeManifest("manifest", m.encode())
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Errorf("%+v was written as %+v: %v", m, again, err)
		}
	})
}
