package events_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cayleygraph/quad"

	"parley/graph/embedded/peers/events"
	"parley/graph/vocab"
	"parley/loader"
)

const (
	few  = 1000
	seed = 3
)

// sums are the SHA-256 of what 1,000 events and their questions are written
// as. Figures of two days compare only if these stay.
var sums = map[string]string{
	"model.nq":                  "38dc83345216d93802a06b778b9adc231294fcd49b0853a9d2eed62c8e7cb4eb",
	"answers.txt":               "996e3e8efed368c51b618ca65b8d92767c7a526da6c63bd36361a116522f8ba2",
	"chain.txt":                 "90a1dafdaa09e792f5d0418ee76fbe8d72b0cc7494be4030addc819b5eb6d5f5",
	"cop.txt":                   "7b5963d6243cdb14ae3fdc7d60a60fe47a76da926554650da4063197a8d324a9",
	"events.csv":                "6ae8479c4e7d4b15110c17cba2c542c7797c85940f2b766e5e2e258410ebdfca",
	"events.nq":                 "a9617d0a1ab0aecd2ae000b9a71f995a6b8a7231a416439ad0019bd6f3c0660b",
	"kuzu-actor.csv":            "1e879dd99e754fb3b6fe66bc79a8c1440b8d7df4b952eee61d272db422595e09",
	"kuzu-event.csv":            "1c44a405c68f265407e1eb5f8e36a71f23a9c09e746c2e10b5f8108298b138ba",
	"kuzu-met.csv":              "1847122c9bc4436b37abe1655fca41966c9855a0ac7d0dc7499ea8aa7161d68b",
	"kuzu-numbers-actor.csv":    "b95ed565af66b09ebb14f3af5d665b98e45bd6e4538b47ce93e2871521e7a2d9",
	"kuzu-numbers-event.csv":    "d8e3177eae6d8f502626691e6d66a16d90aef84954fbb1ac30a40240ea7db12f",
	"kuzu-numbers-met.csv":      "62402fce1f899b11eb29cb4740000932e4a88a92cab93c30c75b877c059302b6",
	"kuzu-numbers-response.csv": "4381cb3a1844fae9b2e451c681b1db3465c77c1c9287b31ae259e07c951d8ffa",
	"kuzu-response.csv":         "782b7ac2c5afbf9c244fa7d93d7fd22f5dd1d08a36c1a86bc092efba5565edca",
	"numbers.csv":               "7394025a7596a9b276cf7a62494bdbce7f28efe4c0d437ca0e2a146f241ff5ea",
}

func written(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for _, format := range events.Formats() {
		if err := events.Write(dir, format, n, seed); err != nil {
			t.Fatal(err)
		}
	}
	if err := events.Ask(dir, n, seed); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSameSeedSameFiles(t *testing.T) {
	dir := written(t, few)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		got[e.Name()] = hex.EncodeToString(sum[:])
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] != sums[name] {
			t.Errorf("%q: %q,", name, got[name])
		}
	}
	if len(got) != len(sums) {
		t.Errorf("%d files, not %d", len(got), len(sums))
	}
}

func rows(t *testing.T, dir, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for line := range strings.Lines(string(text)) {
		all = append(all, strings.Split(strings.TrimSuffix(line, "\n"), ","))
	}
	return all
}

// statements gives what the N-Quads say as lines of subject, name of the
// predicate, object and label.
func statements(t *testing.T, dir string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "events.nq"))
	if err != nil {
		t.Fatal(err)
	}
	short := func(v quad.Value) string {
		switch v := v.(type) {
		case quad.IRI:
			return strings.TrimPrefix(strings.TrimPrefix(string(v), events.Base), vocab.RDF)
		case quad.TypedString:
			if v.Type != vocab.EDTF {
				t.Errorf("%v is of another datatype", v)
			}
			return string(v.Value)
		}
		return string(v.(quad.String))
	}
	var all []string
	err = loader.ReadNQuads(context.Background(), bytes.NewReader(text), "events.nq", func(q quad.Quad) error {
		all = append(all, strings.Join([]string{short(q.Subject), short(q.Predicate), short(q.Object), short(q.Label)}, " "))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// said gives the statements of rows with the names of columns; the first is the
// event, the last the passage.
func said(rows [][]string, columns ...string) []string {
	var all []string
	for _, row := range rows {
		for i, column := range columns {
			if cell := row[i+1]; cell != "" {
				all = append(all, strings.Join([]string{row[0], column, cell, row[len(row)-1]}, " "))
			}
		}
	}
	return all
}

var columns = []string{"type", "agent", "target", "date", "status", "place", "respondsTo", "kind", "topic"}

func TestEveryFormatSaysTheSame(t *testing.T) {
	dir := written(t, few)
	want := statements(t, dir)
	if len(want) != 8*few {
		t.Errorf("%d quads of %d events", len(want), few)
	}
	same := func(name string, got []string) {
		t.Helper()
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s says something else: %d statements, not %d", name, len(got), len(want))
		}
	}
	plain := rows(t, dir, "events.csv")
	same("events.csv", said(plain, columns...))

	numbered := rows(t, dir, "numbers.csv")
	name(t, numbered, "event", "", "actor", "actor", "", "", "place", "event", "", "", "passage")
	same("numbers.csv", said(numbered, columns...))

	for _, style := range []string{"kuzu", "kuzu-numbers"} {
		nodes, met, responses := rows(t, dir, style+"-event.csv"), rows(t, dir, style+"-met.csv"), rows(t, dir, style+"-response.csv")
		if style == "kuzu-numbers" {
			name(t, nodes, "event", "", "actor", "actor", "", "", "place", "", "", "passage")
			name(t, met, "actor", "actor")
			name(t, responses, "event", "event")
		}
		passages := map[string]string{}
		for i, row := range nodes {
			passages[row[0]] = row[len(row)-1]
			if want := row[2:5]; !slices.Equal(met[i], want) {
				t.Errorf("%s: %s is met as %v, not %v", style, row[0], met[i], want)
			}
		}
		all := said(nodes, "type", "agent", "target", "date", "status", "place", "kind", "topic")
		for _, row := range responses {
			all = append(all, said([][]string{{row[0], row[1], passages[row[0]]}}, "respondsTo")...)
		}
		same(style, all)
	}
}

// name puts folders before the bare numbers of some columns.
func name(t *testing.T, rows [][]string, folders ...string) {
	t.Helper()
	for _, row := range rows {
		for i, folder := range folders {
			if folder == "" || row[i] == "" {
				continue
			}
			if folder == "passage" {
				n, err := strconv.Atoi(row[i])
				if err != nil {
					t.Fatal(err)
				}
				row[i] = fmt.Sprintf("%d/%d", n/100, n%100)
			}
			row[i] = folder + "/" + row[i]
		}
	}
}

// TestShape holds the events to what the questions need.
func TestShape(t *testing.T) {
	const n = 20_000
	taken := map[int]int{}
	depth := make([]int, n)
	passages := map[[2]int]int{}
	deep, answered := 0, map[int]bool{}
	for e := range events.All(n, seed) {
		if e.Agent == e.Target || e.RespondsTo >= e.ID || e.RespondsTo < e.ID-200 && e.RespondsTo != events.None {
			t.Fatalf("%+v", *e)
		}
		if (e.RespondsTo == events.None) != (e.Topic != "") {
			t.Fatalf("%+v has not eight quads", *e)
		}
		taken[e.Agent]++
		taken[e.Target]++
		passages[[2]int{e.Source, e.Passage}]++
		if e.RespondsTo != events.None {
			answered[e.RespondsTo] = true
			depth[e.ID] = depth[e.RespondsTo] + 1
		}
		if depth[e.ID] >= events.Steps {
			deep++
		}
	}
	if got := 2 * n / len(taken); got < 45 || got > 55 {
		t.Errorf("%d events an actor", got)
	}
	for p, count := range passages {
		if count > 3 {
			t.Errorf("%d events rest on passage %v", count, p)
		}
	}
	if deep < n/2 {
		t.Errorf("only %d of %d events end a chain of %d", deep, n, events.Steps)
	}
	if len(answered) < n*8/10 {
		t.Errorf("only %d of %d events are answered", len(answered), n)
	}
}

func TestQuestions(t *testing.T) {
	dir := written(t, few)
	for _, kind := range events.Questions {
		file, err := os.Open(filepath.Join(dir, kind+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		n := 0
		for lines := bufio.NewScanner(file); lines.Scan(); n++ {
			fields := strings.Fields(lines.Text())
			if want := map[string]int{"cop": 3}[kind]; len(fields) != max(1, want) {
				t.Fatalf("%s: %q", kind, lines.Text())
			}
		}
		if n != events.WarmUp+events.Measured {
			t.Errorf("%d questions of kind %s", n, kind)
		}
	}
}
