package loader

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"parley/graph"
	"parley/graph/vocab"

	"golang.org/x/text/unicode/norm"
)

// mostOfSlug is how many bytes of names go into an id.
const mostOfSlug = 80

// newID makes an id of a name and what tells apart those that bear it. Names that
// fold alike are one; others that would have one id get some of their hash.
func (w *reporter) newID(c *vocab.Class, name, code string) graph.ID {
	folded := graph.Fold(name)
	slug, clean := nameSlug(folded)
	codeSlug, codeClean := nameSlug(graph.Fold(code))
	switch {
	case code != "":
		slug, clean = strings.TrimPrefix(slug+"-"+codeSlug, "-"), clean && codeClean
	case c == vocab.Actor && strings.Contains(slug, "-") && (len(slug)-strings.LastIndexByte(slug, '-')-1)%3 == 0:
		clean = false // the last word may be another's code: codes have letters by three
	}
	id := graph.ID(c.Folder + "/" + slug)
	if _, taken := w.knows.named[id]; clean && !taken {
		return id
	}
	sum := sha256.Sum256([]byte(cmp.Or(folded, name) + "\x00" + code))
	return graph.ID(c.Folder + "/" + strings.TrimPrefix(slug+"-"+hex.EncodeToString(sum[:4]), "-"))
}

// nameSlug makes a slug of a folded name, and tells whether no other has it.
func nameSlug(folded string) (slug string, clean bool) {
	clean = folded != "" && len(folded) <= mostOfSlug && isASCII(folded)
	folded = norm.NFD.String(folded[:min(len(folded), mostOfSlug)]) // the letters without their accents
	var b strings.Builder
	for i := 0; i < len(folded) && b.Len() < mostOfSlug; i++ {
		switch c := folded[i]; {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteByte(c)
		case c == ' ' && b.Len() > 0:
			b.WriteByte('-')
		}
	}
	return strings.TrimRight(b.String(), "-"), clean
}

// isHost tells the name of a host, which an id may have as it is.
func isHost(name string) bool {
	if !strings.Contains(name, ".") || len(name) > 253 {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		case (c == '-' || c == '.') && i > 0 && i < len(name)-1:
		default:
			return false
		}
	}
	return true
}
