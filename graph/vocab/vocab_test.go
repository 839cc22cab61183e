package vocab_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cayleygraph/quad"

	"parley/graph/vocab"
)

func TestClasses(t *testing.T) {
	seen := map[string]*vocab.Class{}
	for _, c := range vocab.Classes() {
		if c.Name == "" || c.Folder == "" || c.Meaning == "" || c.IRI == "" {
			t.Errorf("%+v lacks something", c)
		}
		for _, once := range []string{"IRI " + string(c.IRI), "name " + c.Name, "folder " + c.Folder} {
			if other := seen[once]; other != nil {
				t.Errorf("%s is of %s and of %s", once, other.Name, c.Name)
			}
			seen[once] = c
		}
		if c.Key != "" && c.Key != c.Folder {
			t.Errorf("%s is written %q and filed under %q", c.Name, c.Key, c.Folder)
		}
		if strings.Trim(c.Folder, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%s: folder %q", c.Name, c.Folder)
		}
		if got := vocab.ClassOf(c.IRI); got != c {
			t.Errorf("%s is found as %v", c.IRI, got)
		}
	}
	for _, part := range [][]*vocab.Class{vocab.Actors(), vocab.Actions()} {
		for _, c := range part {
			if vocab.ClassOf(c.IRI) != c {
				t.Errorf("%s is not among the classes", c.Name)
			}
		}
	}
	if got := vocab.ClassOf("https://example.org/Thing"); got != nil {
		t.Errorf("a class of another vocabulary is %v", got)
	}
}

func TestPredicates(t *testing.T) {
	seen := map[string]bool{}
	reached := map[*vocab.Class]bool{}
	for _, p := range vocab.Predicates() {
		if p.Name == "" || p.Label == "" || p.Reverse == "" || p.Meaning == "" || len(p.Domain) == 0 {
			t.Errorf("%s lacks something: %+v", p.IRI, p)
		}
		// Two may share a name only where no node can have both: what is shown
		// of a node would not tell them apart.
		once := []string{string(p.IRI)}
		for _, c := range p.Domain {
			once = append(once, p.Name+" of a "+c.Name)
		}
		for _, key := range once {
			if seen[key] {
				t.Errorf("%s is two predicates", key)
			}
			seen[key] = true
		}
		if got := vocab.PredicateOf(p.IRI); got != p {
			t.Errorf("%s is found as %v", p.IRI, got)
		}
		if strings.HasPrefix(string(p.IRI), vocab.Own) && string(p.IRI) != vocab.Own+p.Name {
			t.Errorf("%s is named %s", p.IRI, p.Name)
		}
		if p.Name[0] < 'a' || p.Name[0] > 'z' || strings.ContainsAny(p.Name, " -_") {
			t.Errorf("%q is not lowerCamel", p.Name)
		}
		for _, c := range slices.Concat(p.Domain, p.Range) {
			if vocab.ClassOf(c.IRI) != c {
				t.Errorf("%s: %s is not among the classes", p.Name, c.Name)
			}
			reached[c] = true
		}
		if p.Literal != "" && p.Range != nil {
			t.Errorf("%s leads to a literal and to nodes", p.Name)
		}
		if !slices.Contains([]quad.IRI{"", vocab.Text, vocab.EDTF, vocab.Integer, vocab.Decimal}, p.Literal) {
			t.Errorf("%s has the datatype %s", p.Name, p.Literal)
		}
		if p.Words != nil && p.Literal != vocab.Text {
			t.Errorf("%s is one of a closed set, and no text", p.Name)
		}
	}
	for _, c := range vocab.Classes() {
		if !reached[c] {
			t.Errorf("nothing can be said of a %s", c.Name)
		}
	}
	if got := vocab.PredicateOf("https://example.org/p"); got != nil {
		t.Errorf("a predicate of another vocabulary is %v", got)
	}
}

func TestWords(t *testing.T) {
	names := map[string]bool{}
	for _, w := range []*vocab.Words{
		vocab.Statuses, vocab.Modes, vocab.MeetingKinds, vocab.Roles, vocab.Stances, vocab.Phases, vocab.Instruments, vocab.PLOVERTypes, vocab.Coverages, vocab.Fulfilments,
	} {
		if w.Name == "" || names[w.Name] || len(w.List) == 0 {
			t.Errorf("%+v", w)
		}
		names[w.Name] = true
		for i, word := range w.List {
			if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-") != "" || slices.Index(w.List, word) != i || !w.Has(word) {
				t.Errorf("%s: %q", w.Name, word)
			}
		}
		if w.Has("") || w.Has("no such word") {
			t.Errorf("%s has what it has not", w.Name)
		}
	}
	for _, p := range vocab.Predicates() {
		if p.Words != nil && !names[p.Words.Name] {
			t.Errorf("%s has words that this test does not know", p.Name)
		}
	}
	for _, kind := range vocab.Negotiations {
		if !vocab.MeetingKinds.Has(kind) {
			t.Errorf("%q negotiates and is no kind of meeting", kind)
		}
	}
}

// A shortened IRI means one thing only if no namespace begins another.
func TestPrefixes(t *testing.T) {
	for prefix, namespace := range vocab.Prefixes {
		if prefix == "" || !strings.HasSuffix(namespace, "#") && !strings.HasSuffix(namespace, "/") {
			t.Errorf("%q stands for %q", prefix, namespace)
		}
		for other, longer := range vocab.Prefixes {
			if other != prefix && strings.HasPrefix(longer, namespace) {
				t.Errorf("%s begins %s", prefix, other)
			}
		}
	}
}
