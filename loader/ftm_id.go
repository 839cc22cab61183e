package loader

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// FollowTheMoney's ids have letters, digits, and points and hyphens between
// them. An id of ours becomes one of them, and back: "parley.", the folder, a
// point and the slug, in which every other byte is an X and two hexadecimal
// digits, as in parley.article.000X5f5968a405.
const ftmOwn = "parley."

// ftmSlug begins the slug of a node that came with an id of its own.
const ftmSlug = "ftm-"

const ftmHash = 16 // hexadecimal digits

// ftmIDOf gives an id of ours as one of FollowTheMoney.
func ftmIDOf(id graph.ID) string {
	b := append([]byte(ftmOwn+id.Folder()), '.')
	slug := id.Slug()
	for i := range len(slug) {
		c := slug[i]
		if ftmPlain(c) || (c == '-' || c == '.') && i < len(slug)-1 {
			b = append(b, c)
		} else {
			b = append(b, 'X')
			b = hex.AppendEncode(b, []byte{c})
		}
	}
	return string(b)
}

func ftmPlain(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// ownFTM gives the id of ours that an entity's id stands for.
func ownFTM(entity string) (graph.ID, bool) {
	rest, ok := strings.CutPrefix(entity, ftmOwn)
	folder, text, pointed := strings.Cut(rest, ".")
	if !ok || !pointed || graph.ClassOfFolder(folder) == nil {
		return "", false
	}
	var slug []byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == 'X' {
			n, err := strconv.ParseUint(text[i+1:min(i+3, len(text))], 16, 8)
			if err != nil {
				return "", false
			}
			c, i = byte(n), i+2
		}
		slug = append(slug, c)
	}
	id := graph.ID(folder + "/" + string(slug))
	// Of several ways to write an id only one is ours, and what is no IRI was
	// never a node.
	_, err := nqAppendIRI(nil, id.IRI())
	return id, err == nil && len(slug) > 0 && ftmIDOf(id) == entity
}

// ftmNode gives the id of the node that an entity becomes.
func ftmNode(c *vocab.Class, entity string) graph.ID {
	if id, ok := ownFTM(entity); ok {
		return id
	}
	return graph.ID(c.Folder + "/" + ftmSlug + cleanSlug(entity))
}

// cleanSlug makes a slug of a text. Where it is another than the text it ends in
// a hash, and where it only looks as if it did, too: two texts never share one.
func cleanSlug(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		if b.Len() == 64 {
			break
		}
		if r < 0x80 && ftmPlain(byte(r)) || r == '.' || r == '-' {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && s[len(s)-1] != '-' {
			b.WriteByte('-')
		}
	}
	slug := strings.Trim(b.String(), "-.")
	if slug == text && !endsInHash(slug) {
		return slug
	}
	return strings.TrimPrefix(slug+"-"+shortHash(text), "-")
}

func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:ftmHash]
}

func endsInHash(slug string) bool {
	at := len(slug) - ftmHash
	return at >= 0 && (at == 0 || slug[at-1] == '-') && strings.Trim(slug[at:], "0123456789abcdef") == ""
}

// What an entity only names gets an id with a mark that no slug of an entity
// has.
func ftmReference(kind, text string) graph.ID {
	return graph.ID(vocab.Reference.Folder + "/" + ftmSlug + kind + "_" + text)
}

func ftmPlace(name string) graph.ID {
	return graph.ID(vocab.Place.Folder + "/" + ftmSlug + "place_" + cleanSlug(name))
}

func ftmPublisherID(name string) graph.ID {
	return graph.ID(vocab.Organization.Folder + "/" + ftmSlug + "publisher_" + cleanSlug(name))
}

// ftmIdentifier is how a node keeps the id of an entity.
const ftmIdentifier = "ftm:"

// ftmOriginal gives the entity's id that an identifier of a node keeps, if the
// node's id comes of it.
func ftmOriginal(id graph.ID, identifier quad.Value) (string, bool) {
	entity, ok := strings.CutPrefix(graph.Text(identifier), ftmIdentifier)
	// A country is one by an id of ours alone.
	if !ok || id.Folder() == vocab.Country.Folder || id.Slug() != ftmSlug+cleanSlug(entity) {
		return "", false
	}
	_, own := ownFTM(entity)
	return entity, !own && ftmBadID(entity) == ""
}

// ftmBadID tells what is wrong with an entity's id.
func ftmBadID(id string) string {
	switch {
	case id == "":
		return "is empty; every entity has an id of its own"
	case len(id) > 255:
		return "is longer than 255 bytes"
	case strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "has a control character"
	}
	return ""
}
