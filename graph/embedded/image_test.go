package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

func imageOf(t *testing.T, s *Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.WriteImage(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func numberedBy97(from, to int) (quads []quad.Quad) {
	for i := from; i < to; i++ {
		quads = append(quads, quad.Make(quad.IRI(fmt.Sprintf("s%d", i%97)), quad.IRI("p"), quad.String(fmt.Sprint(i)), quad.IRI("l")))
	}
	return quads
}

func changed(t *testing.T, s *Store, change func(store.Tx) error) {
	t.Helper()
	if _, err := s.Update(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}

// An image opens with all that was there, takes changes, and does not tell how
// the store came to what it holds.
func TestImage(t *testing.T) {
	s := NewMemory(Options{})
	t.Cleanup(func() { _ = s.Close() })
	changed(t, s, func(tx store.Tx) error { return tx.Add(t.Context(), numberedBy97(0, 500)) })
	changed(t, s, func(tx store.Tx) error { return tx.Add(t.Context(), numberedBy97(400, 900)) })
	changed(t, s, func(tx store.Tx) error { return tx.Remove(t.Context(), numberedBy97(100, 200)) })
	image := imageOf(t, s)

	opened, err := OpenImage("image", image, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	if stats := statsOf(t, opened); stats.Quads != 800 {
		t.Errorf("the image has %d quads, not 800", stats.Quads)
	}
	if !bytes.Equal(imageOf(t, opened), image) {
		t.Error("the image of an image is another")
	}
	at := NewMemory(Options{})
	t.Cleanup(func() { _ = at.Close() })
	changed(t, at, func(tx store.Tx) error {
		return errors.Join(tx.Add(t.Context(), numberedBy97(200, 900)), tx.Add(t.Context(), numberedBy97(0, 100)))
	})
	if !bytes.Equal(imageOf(t, at), image) {
		t.Error("equal stores have different images")
	}

	changed(t, opened, func(tx store.Tx) error {
		return errors.Join(tx.Remove(t.Context(), numberedBy97(0, 10)), tx.Add(t.Context(), numberedBy97(5000, 5001)))
	})
	if stats := statsOf(t, opened); stats.Quads != 791 {
		t.Errorf("after a change there are %d quads, not 791", stats.Quads)
	}
	again, err := OpenImage("image", image, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	if stats := statsOf(t, again); stats.Quads != 800 {
		t.Errorf("a change of one opened image shows in another: %d quads", stats.Quads)
	}
}

func statsOf(t *testing.T, s *Store) store.Stats {
	t.Helper()
	snap, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	stats, err := snap.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

// What is no image, or has been damaged, is told, and is no panic.
func TestImageDamaged(t *testing.T) {
	s := NewMemory(Options{})
	t.Cleanup(func() { _ = s.Close() })
	changed(t, s, func(tx store.Tx) error { return tx.Add(t.Context(), numberedBy97(0, 3000)) })
	image := imageOf(t, s)
	for name, b := range map[string][]byte{"empty": nil, "text": []byte("no image at all, but a text that is long enough"), "cut": image[:len(image)-1]} {
		if _, err := OpenImage(name, b, Options{}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := bytes.Clone(image)
	bad[headLen+40] ^= 1
	opened, err := OpenImage("bad", bad, Options{})
	if err == nil {
		defer func() { _ = opened.Close() }()
		_, err = opened.Update(t.Context(), func(tx store.Tx) error { return tx.Add(t.Context(), numberedBy97(0, 3001)) })
	}
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("a damaged page gives %v", err)
	}
}

// Whatever byte of an image is another, what is read is what was written, or it is
// told that it is damaged.
func TestImageDamagedAnywhere(t *testing.T) {
	s := NewMemory(Options{})
	t.Cleanup(func() { _ = s.Close() })
	changed(t, s, func(tx store.Tx) error { return tx.Add(t.Context(), numberedBy97(0, 60)) })
	image := imageOf(t, s)
	found := 0
	for i := range image {
		for _, bit := range []byte{1, 0x40} {
			bad := bytes.Clone(image)
			bad[i] ^= bit
			opened, err := OpenImage("bad", bad, Options{})
			if err == nil {
				var b bytes.Buffer
				if err = opened.WriteImage(t.Context(), &b); err == nil && !bytes.Equal(b.Bytes(), image) {
					t.Errorf("byte %d: other quads are read, and no error told", i)
				}
				_ = opened.Close()
			}
			if err != nil {
				found++
				if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion) {
					t.Errorf("byte %d: %v", i, err)
				}
			}
		}
	}
	if found < len(image) {
		t.Errorf("of %d changes only %d were found", 2*len(image), found)
	}
}
