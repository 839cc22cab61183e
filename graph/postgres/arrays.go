package postgres

import (
	"encoding/binary"

	"parley/graph/store"

	"github.com/jackc/pgx/v5/pgtype"
)

// Arrays of many thousand numbers go to the server with nearly every statement,
// so they are written without a look at each element's type.

// hash is what a term is found by: the first half of SHA-256 of its key.
type hash [16]byte

// arrays writes arrays of ours itself and leaves others to pgx.
type arrays struct{ *pgtype.ArrayCodec }

func registerArrays(m *pgtype.Map) {
	for _, oid := range []uint32{pgtype.Int4ArrayOID, pgtype.UUIDArrayOID, pgtype.ByteaArrayOID} {
		t, ok := m.TypeForOID(oid)
		if !ok {
			continue
		}
		if codec, ok := t.Codec.(*pgtype.ArrayCodec); ok {
			m.RegisterType(&pgtype.Type{Name: t.Name, OID: oid, Codec: arrays{codec}})
		}
	}
}

// PlanEncode tells how a value becomes an array.
func (a arrays) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgtype.BinaryFormatCode {
		switch value.(type) {
		case []store.Node:
			return nodesPlan{}
		case []hash:
			return hashesPlan{}
		case []string:
			if oid == pgtype.ByteaArrayOID {
				return keysPlan{}
			}
		}
	}
	return a.ArrayCodec.PlanEncode(m, oid, format, value)
}

// arrayHeader begins an array of one dimension, without nulls.
func arrayHeader(b []byte, element uint32, n int) []byte {
	if n == 0 {
		b = binary.BigEndian.AppendUint32(b, 0)
		b = binary.BigEndian.AppendUint32(b, 0)
		return binary.BigEndian.AppendUint32(b, element)
	}
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint32(b, 0)
	b = binary.BigEndian.AppendUint32(b, element)
	b = binary.BigEndian.AppendUint32(b, uint32(n))
	return binary.BigEndian.AppendUint32(b, 1)
}

type nodesPlan struct{}

func (nodesPlan) Encode(value any, b []byte) ([]byte, error) {
	nodes := value.([]store.Node)
	b = arrayHeader(b, pgtype.Int4OID, len(nodes))
	for _, n := range nodes {
		b = binary.BigEndian.AppendUint64(b, 4<<32|uint64(n)) // length and number
	}
	return b, nil
}

type hashesPlan struct{}

func (hashesPlan) Encode(value any, b []byte) ([]byte, error) {
	hashes := value.([]hash)
	b = arrayHeader(b, pgtype.UUIDOID, len(hashes))
	for i := range hashes {
		b = append(binary.BigEndian.AppendUint32(b, 16), hashes[i][:]...)
	}
	return b, nil
}

type keysPlan struct{}

func (keysPlan) Encode(value any, b []byte) ([]byte, error) {
	keys := value.([]string)
	b = arrayHeader(b, pgtype.ByteaOID, len(keys))
	for _, key := range keys {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(key))), key...)
	}
	return b, nil
}

// number reads an int4 as the server sends it.
func number(b []byte) store.Node {
	if len(b) != 4 {
		return 0 // NULL
	}
	return store.Node(binary.BigEndian.Uint32(b))
}
