package graph

import (
	"fmt"
	"strings"

	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// ID names a node for people and programs. A node of ours has its class's
// folder and a slug, person/liu-he; a node of another vocabulary has its
// absolute IRI; a blank node its label, _:b1.
type ID string

// ParseID checks an id of ours: a folder of the vocabulary, a slash and a slug
// of lower-case letters, digits and the marks - _ . / within.
func ParseID(s string) (ID, error) {
	folder, slug, ok := strings.Cut(s, "/")
	if !ok || slug == "" {
		return "", fmt.Errorf("%q is not an id: write its class's folder, a slash and a short name, as in person/liu-he", s)
	}
	if ClassOfFolder(folder) == nil {
		return "", fmt.Errorf("%q is not an id: no class has the folder %q", s, folder)
	}
	for i, r := range slug {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		case strings.ContainsRune("-_./", r) && i > 0 && i < len(slug)-1:
		default:
			return "", fmt.Errorf("%q is not an id: %q may not stand there; use lower-case letters, digits and single marks between them", s, r)
		}
	}
	return ID(s), nil
}

// ClassOfFolder returns the class whose ids begin with a folder, or nil.
func ClassOfFolder(folder string) *vocab.Class { return folders[folder] }

var folders = func() map[string]*vocab.Class {
	m := make(map[string]*vocab.Class)
	for _, c := range vocab.Classes() {
		m[c.Folder] = c
	}
	return m
}()

// Folder returns the first part of an id of ours, or "".
func (id ID) Folder() string {
	folder, _, ok := strings.Cut(string(id), "/")
	if !ok || ClassOfFolder(folder) == nil {
		return ""
	}
	return folder
}

// Slug returns an id of ours without its folder.
func (id ID) Slug() string {
	_, slug, _ := strings.Cut(string(id), "/")
	return slug
}

// Value returns the RDF term of an id.
func (id ID) Value() quad.Value {
	if label, ok := strings.CutPrefix(string(id), "_:"); ok {
		return quad.BNode(label)
	}
	if id.Folder() != "" {
		return quad.IRI(vocab.Base + string(id))
	}
	return quad.IRI(string(id))
}

// IRI returns the IRI of an id of ours.
func (id ID) IRI() quad.IRI { return quad.IRI(vocab.Base + string(id)) }

// IDOf returns the id of an RDF term, and false for a literal.
func IDOf(v quad.Value) (ID, bool) {
	switch v := v.(type) {
	case quad.IRI:
		if id := ID(strings.TrimPrefix(string(v), vocab.Base)); id.Folder() != "" {
			return id, true
		}
		return ID(v), true
	case quad.BNode:
		return ID("_:" + string(v)), true
	}
	return "", false
}

// Text returns the text of a literal, and the id of a node.
func Text(v quad.Value) string {
	switch v := v.(type) {
	case nil:
		return ""
	case quad.String:
		return string(v)
	case quad.LangString:
		return string(v.Value)
	case quad.TypedString:
		return string(v.Value)
	}
	if id, ok := IDOf(v); ok {
		return string(id)
	}
	return v.String()
}

func isEDTF(v quad.Value) bool {
	t, ok := v.(quad.TypedString)
	return ok && t.Type == vocab.EDTF
}
