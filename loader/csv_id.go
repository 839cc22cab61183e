package loader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"parley/graph"
	"parley/graph/vocab"

	"golang.org/x/text/unicode/norm"
)

// nodeID reads the id of the row's node, or makes one of its name.
func (r *csvRows) nodeID(class *vocab.Class) (graph.ID, error) {
	if r.id >= 0 {
		text, err := r.textAt(r.id)
		if err != nil {
			return "", err
		}
		if text != "" {
			id, err := idWithin(text, class)
			if err != nil {
				return "", bad(r.id, "%s", err)
			}
			return id, nil
		}
	}
	name, at, err := r.cell("name")
	switch {
	case err != nil:
		return "", err
	case name == "":
		return "", bad(r.id, "missing; write an id such as %s/x, or a name to make one of", class.Folder)
	case class == vocab.Country:
		return "", bad(r.id, "missing; the id of a country has its ISO 3166-1 code of three letters, as in country/chn")
	}
	slug := latinSlug(name)
	if slug == "" {
		return "", bad(at, "no id can be made of %.80q; write one, such as %s/x", name, class.Folder)
	}
	// Talks of one name are held again and again: the date tells them apart.
	if slices.Contains(vocab.Actions(), class) {
		for _, p := range graph.WhenDone {
			for _, f := range graph.Fields(class) {
				if f.Predicate != p {
					continue
				}
				if date, _, _ := r.cell(f.Key); latinSlug(date) != "" {
					return graph.ID(class.Folder + "/" + latinSlug(date) + "-" + slug), nil
				}
			}
		}
	}
	return graph.ID(class.Folder + "/" + slug), nil
}

// mostInSlug bounds the bytes of an id that is made of a name.
const mostInSlug = 120

// latinSlug makes the last part of an id of a name: its letters in lower case,
// without marks above or below, its digits, and a dash for all between them. It
// gives "" where a letter is not Latin, and would be lost.
func latinSlug(name string) string {
	var b strings.Builder
	gap := false
	for _, c := range norm.NFKD.String(name) {
		switch {
		case unicode.IsMark(c), c == '.', c == '\'', c == '’': // U.S. is us, as names are compared
			continue
		case c < 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c)):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(unicode.ToLower(c))
		case unicode.IsLetter(c), unicode.IsDigit(c):
			return ""
		default:
			gap = true
		}
	}
	if b.Len() > mostInSlug {
		return ""
	}
	return b.String()
}

// reason reads what states the row: a page, whose address makes a reference, or
// a source of the graph.
func (r *csvRows) reason(ctx context.Context, one *csvRow) (graph.ID, error) {
	text, at, err := r.cell(csvSource)
	switch {
	case err != nil:
		return "", err
	case text == "":
		return "", bad(at, "missing; write what states the row: the address of a page, as in https://example.org/page, or the id of a source")
	case strings.Contains(text, "://"):
		return r.reference(ctx, one, text, at)
	}
	for i, name := range r.header {
		if csvSourceField(name) != nil && strings.TrimSpace(r.cells[i]) != "" {
			return "", bad(i, "%s is described where it is defined; leave the cell empty, or write the source's address", text)
		}
	}
	id, err := idWithin(text, vocab.Article, vocab.Reference, vocab.Passage)
	if err != nil {
		return "", bad(at, "%.80q is neither the address of a page, as in https://example.org/page, nor the id of a source, as in reference/x", text)
	}
	one.uses = append(one.uses, csvUse{id, at})
	if id.Folder() == vocab.Passage.Folder {
		return id, nil
	}
	return graph.WholeID(id), nil
}

// reference describes the page at an address.
func (r *csvRows) reference(ctx context.Context, one *csvRow, address string, at int) (graph.ID, error) {
	if err := checkURL(address); err != nil {
		return "", bad(at, "%s", err)
	}
	s := graph.Source{Class: vocab.Reference, ID: ReferenceID(address), URL: address}
	for i, name := range r.header {
		f := csvSourceField(name)
		if f == nil {
			continue
		}
		text, err := r.textAt(i)
		if err != nil {
			return "", err
		}
		if text == "" {
			continue
		}
		if name == "publisher" {
			id, err := r.node(ctx, text, vocab.Publisher.Range)
			if err != nil {
				return "", bad(i, "%s", err)
			}
			one.uses = append(one.uses, csvUse{id, i})
			text = string(id)
		}
		if err := f.set(&s, text); err != nil {
			return "", bad(i, "%s", err)
		}
	}
	one.source = s
	return graph.WholeID(s.ID), nil
}

// ReferenceID makes the id of the reference at an address, the same for the
// same address.
func ReferenceID(address string) graph.ID {
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = latinSlug(strings.ReplaceAll(strings.TrimPrefix(u.Hostname(), "www."), ".", "-"))
	}
	sum := sha256.Sum256([]byte(address))
	return graph.ID(vocab.Reference.Folder + "/" + strings.TrimPrefix(host+"-"+hex.EncodeToString(sum[:6]), "-"))
}
