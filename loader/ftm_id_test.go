package loader

import (
	"regexp"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
	"pgregory.net/rapid"
)

// Ids of ours go out in a form that FollowTheMoney allows, and come back exactly.
func TestFTMOwnIDs(t *testing.T) {
	allowed := regexp.MustCompile(`^[0-9a-zA-Z]([0-9a-zA-Z.-]*[0-9a-zA-Z])?$`)
	back := map[string]graph.ID{}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(vocab.Classes()).Draw(t, "class")
		id := graph.ID(c.Folder + "/" + rapid.StringMatching(`[a-zé0-9_./X#?-]{1,9}`).Draw(t, "slug"))
		entity := ftmIDOf(id)
		if !allowed.MatchString(entity) {
			t.Fatalf("%s goes out as %q", id, entity)
		}
		if other, ok := back[entity]; ok && other != id {
			t.Fatalf("%s and %s go out as %q", id, other, entity)
		}
		back[entity] = id
		if got, ok := ownFTM(entity); !ok || got != id {
			t.Fatalf("%s comes back from %q as %q, %v", id, entity, got, ok)
		}
	})
	for _, foreign := range []string{"parley", "parley.person", "parley.person.", "parley.people.ann", "parley.person.aX", "parley.person.aX5", "parley.person.X61nn", "parley.person.X5F", "parley.person.a b", "parley.person.aX20b", "Parley.person.ann"} {
		if id, ok := ownFTM(foreign); ok {
			t.Errorf("%q is taken for %s", foreign, id)
		}
	}
}

// Two entities never share a node, and a node of one has an id of ours.
func TestFTMNodes(t *testing.T) {
	nodes := map[graph.ID]string{}
	rapid.Check(t, func(t *rapid.T) {
		entity := rapid.OneOf(
			rapid.StringMatching(`[aA1é _.-]{1,5}`), rapid.StringMatching(`a{0,2}-?[0-9a]{16}`), rapid.StringN(1, 100, 255),
		).Filter(func(s string) bool { return ftmBadID(s) == "" }).Draw(t, "entity")
		if rapid.Bool().Draw(t, "of a node") { // so that hashes meet what looks like them
			entity = strings.TrimPrefix(ftmNode(vocab.Person, entity).Slug(), ftmSlug)
		}
		id := ftmNode(vocab.Person, entity)
		if other, ok := nodes[id]; ok && other != entity {
			t.Fatalf("%q and %q are both %s", entity, other, id)
		}
		nodes[id] = entity
		if _, err := graph.ParseID(string(id)); err != nil {
			t.Fatalf("%q: %v", entity, err)
		}
		if got, ok := ftmOriginal(id, quad.String(ftmIdentifier+entity)); !ok || got != entity {
			t.Fatalf("%q goes out as %q", entity, got)
		}
	})
}

func TestFTMCountries(t *testing.T) {
	n := 0
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			code := string(a) + string(b)
			id, name, ok := countryOf(code)
			if !ok {
				continue
			}
			n++
			if _, err := graph.ParseID(string(id)); err != nil || len(id.Slug()) != 3 || name == "" || codeOf(id) != code {
				t.Errorf("%s is %s (%q), which is %q", code, id, name, codeOf(id))
			}
		}
	}
	if n < 249 || n > 260 { // ISO 3166-1 has 249; some more are in use
		t.Errorf("%d countries", n)
	}
	for code, want := range map[string]graph.ID{"us": "country/usa", "CN": "country/chn", "gb": "country/gbr", "xk": "country/xkk", "eu": "", "zz": "", "gb-sct": "", "suhh": "", "usa": "", "": ""} {
		if id, _, ok := countryOf(code); ok != (want != "") || ok && id != want {
			t.Errorf("%q is %q, want %q", code, id, want)
		}
	}
}

func TestFTMPlainDates(t *testing.T) {
	for text, want := range map[string]string{
		"2018": "2018", "2018-05": "2018-05", "2018-05-07": "2018-05-07", "2018-05-07~": "2018-05-07", "2018-05-0X": "2018-05", "2018-XX": "2018", "2018-0X": "2018", "2018-XX-07?": "2018",
		"201X": "", "2018-21": "2018", "2018-33": "2018", "[2018,2019]": "", "": "", "..": "", "2018/2019": "", "2018-05/..": "",
	} {
		if got := plainDate(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
