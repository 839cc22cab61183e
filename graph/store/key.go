package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/cayleygraph/quad"
)

// The first byte of a key tells the kind of its term. An IRI, a blank node and
// a plain string follow as they are; a language tag or the IRI of a datatype
// stands before the text and a NUL. The last four are cayley's native values,
// eight bytes, as its own programs write them; RDF text never makes them.
const (
	KeyIRI    = '<'
	KeyBlank  = '_'
	KeyString = '"'
	KeyLang   = '@'
	KeyTyped  = '^'
	keyInt    = 'i'
	keyFloat  = 'f'
	keyBool   = 'b'
	keyTime   = 't'
)

// AppendKey appends the key of a term to dst. A term of an unknown Go type,
// and a NUL in a language tag or datatype, have none.
func AppendKey(dst []byte, term quad.Value) ([]byte, error) {
	switch v := term.(type) {
	case quad.IRI:
		return append(append(dst, KeyIRI), v...), nil
	case quad.BNode:
		return append(append(dst, KeyBlank), v...), nil
	case quad.String:
		return append(append(dst, KeyString), v...), nil
	case quad.LangString:
		return appendQualified(dst, KeyLang, v.Lang, string(v.Value))
	case quad.TypedString:
		return appendQualified(dst, KeyTyped, string(v.Type), string(v.Value))
	case quad.Int:
		return binary.BigEndian.AppendUint64(append(dst, keyInt), uint64(v)), nil
	case quad.Float:
		return binary.BigEndian.AppendUint64(append(dst, keyFloat), math.Float64bits(float64(v))), nil
	case quad.Bool:
		var n uint64
		if v {
			n = 1
		}
		return binary.BigEndian.AppendUint64(append(dst, keyBool), n), nil
	case quad.Time:
		t := time.Time(v)
		dst = binary.BigEndian.AppendUint64(append(dst, keyTime), uint64(t.Unix()))
		return binary.BigEndian.AppendUint32(dst, uint32(t.Nanosecond())), nil
	}
	return dst, fmt.Errorf("%T is no kind of term that can be kept", term)
}

func appendQualified(dst []byte, kind byte, qualifier, text string) ([]byte, error) {
	if strings.IndexByte(qualifier, 0) >= 0 {
		return dst, fmt.Errorf("language tag or datatype %q has a NUL", qualifier)
	}
	dst = append(append(dst, kind), qualifier...)
	return append(append(dst, 0), text...), nil
}

// Value reads the term of a key, which it does not keep: an error has a copy, so
// that callers can have their keys on the stack.
func Value(key []byte) (quad.Value, error) {
	if len(key) == 0 {
		return nil, fmt.Errorf("empty key")
	}
	rest := key[1:]
	switch key[0] {
	case KeyIRI:
		return quad.IRI(rest), nil
	case KeyBlank:
		return quad.BNode(rest), nil
	case KeyString:
		return quad.String(rest), nil
	case KeyLang, KeyTyped:
		qualifier, text, ok := bytes.Cut(rest, []byte{0})
		if !ok {
			return nil, fmt.Errorf("key %q lacks the NUL after its qualifier", string(key))
		}
		if key[0] == KeyLang {
			return quad.LangString{Value: quad.String(text), Lang: string(qualifier)}, nil
		}
		return quad.TypedString{Value: quad.String(text), Type: quad.IRI(qualifier)}, nil
	}
	size := 8
	if key[0] == keyTime {
		size = 12
	}
	if len(rest) != size {
		return nil, fmt.Errorf("key %q has %d bytes after its kind", string(key), len(rest))
	}
	n := binary.BigEndian.Uint64(rest)
	switch key[0] {
	case keyInt:
		return quad.Int(int64(n)), nil
	case keyFloat:
		return quad.Float(math.Float64frombits(n)), nil
	case keyBool:
		return quad.Bool(n != 0), nil
	case keyTime:
		return quad.Time(time.Unix(int64(n), int64(binary.BigEndian.Uint32(rest[8:]))).UTC()), nil
	}
	return nil, fmt.Errorf("key %q is of no kind that is known", string(key))
}
