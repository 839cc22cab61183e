package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"time"

	"parley/graph/remote"
	"parley/graph/store"
)

// hashAll hashes keys on as many processors as there are.
func hashAll(keys []string, hashes []hash) {
	inParts(len(keys), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			sum := sha256.Sum256([]byte(keys[i]))
			copy(hashes[i][:], sum[:])
		}
	})
}

// copyHead begins a stream of COPY in the binary format, copyTail ends it.
var (
	copyHead = []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	copyTail = []byte{0xff, 0xff}
)

// stream is a stream of COPY that is made while it is read: n rows, of which row
// appends one.
type stream struct {
	n, done int
	row     func(b []byte, i int) []byte
	held    []byte
	buffer  []byte
	began   bool
	over    bool
}

// Read makes as many rows as fit.
func (r *stream) Read(p []byte) (int, error) {
	if len(r.held) == 0 {
		if r.over {
			return 0, io.EOF
		}
		b := r.buffer[:0]
		if !r.began {
			b, r.began = append(b, copyHead...), true
		}
		for r.done < r.n && len(b) < len(p) {
			b = r.row(b, r.done)
			r.done++
		}
		if r.done == r.n {
			b, r.over = append(b, copyTail...), true
		}
		r.buffer, r.held = b, b
	}
	n := copy(p, r.held)
	r.held = r.held[n:]
	return n, nil
}

// appendInt appends a field with an int4.
func appendInt(b []byte, n store.Node) []byte {
	return binary.BigEndian.AppendUint64(b, 4<<32|uint64(n))
}

// copyIn sends a stream of COPY.
func (t *tx) copyIn(ctx context.Context, statement string, r *stream) error {
	began := time.Now()
	tag, err := t.conn.Conn().PgConn().CopyFrom(ctx, r, t.queries.sql(statement))
	t.store.meter.Trip("copy", began, err)
	if err == nil && int(tag.RowsAffected()) != r.n {
		err = errWrongCount
	}
	return err
}

// copyTerms writes those terms that have new ids.
func (t *tx) copyTerms(ctx context.Context, terms []string, known *identified, fresh []int32) error {
	return t.copyIn(ctx, "COPY {node} (id, h, key) FROM STDIN (FORMAT binary"+t.freeze()+")", &stream{n: len(fresh), row: func(b []byte, n int) []byte {
		i := fresh[n]
		b = appendInt(binary.BigEndian.AppendUint16(b, 3), known.ids[i])
		b = append(binary.BigEndian.AppendUint32(b, 16), known.hashes[i][:]...)
		return append(binary.BigEndian.AppendUint32(b, uint32(len(terms[i]))), terms[i]...)
	}})
}

// copyQuads writes quads of which none is there.
func (t *tx) copyQuads(ctx context.Context, quads []remote.Quad) error {
	return t.copyIn(ctx, "COPY {quad} (s, p, o, l, born) FROM STDIN (FORMAT binary"+t.freeze()+")", &stream{n: len(quads), row: func(b []byte, i int) []byte {
		q := &quads[i]
		b = appendInt(binary.BigEndian.AppendUint16(b, 5), q.Subject)
		b = appendInt(appendInt(appendInt(b, q.Predicate), q.Object), q.Label)
		return appendInt(b, store.Node(t.at))
	}})
}

// freeze marks the rows of tables that this change has made as seen by all, which
// spares the first vacuum.
func (t *tx) freeze() string {
	if t.filling != nil {
		return ", FREEZE true"
	}
	return ""
}
