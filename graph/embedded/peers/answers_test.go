package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/graph/embedded/peers/events"
)

// given writes answers, each line the same, and reads them back.
func given(t *testing.T, store, line string) (*answers, map[string]float64) {
	t.Helper()
	dir := t.TempDir()
	for _, kind := range events.Questions {
		text := strings.Repeat(line+"\n", events.WarmUp+events.Measured)
		if err := os.WriteFile(filepath.Join(dir, kind+".answers"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	figures := map[string]float64{}
	a, err := readAnswers(store, dir, figures)
	if err != nil {
		t.Fatal(err)
	}
	return a, figures
}

func TestAnswersAreCompared(t *testing.T) {
	data := t.TempDir()
	for _, kind := range events.Questions {
		if err := os.WriteFile(filepath.Join(data, kind+".txt"), []byte("event/1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	one, figures := given(t, "one", "1500 event/2 event/10")
	if got := figures["cop p50 µs"]; got != 1.5 {
		t.Errorf("%v µs", got)
	}
	same, _ := given(t, "same", "9 event/10 event/2")
	if err := one.compare(same, data); err != nil {
		t.Error(err)
	}
	for _, line := range []string{"9", "9 event/2", "9 event/2 event/11", "9 event/2 event/10 event/10"} {
		other, _ := given(t, "other", line)
		if err := one.compare(other, data); err == nil || !strings.Contains(err.Error(), `"event/1"`) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestShortAnswersFail(t *testing.T) {
	dir := t.TempDir()
	for _, kind := range events.Questions {
		if err := os.WriteFile(filepath.Join(dir, kind+".answers"), []byte("7 event/1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := readAnswers("one", dir, map[string]float64{}); err == nil {
		t.Error("one answer passes for all")
	}
}

func TestTables(t *testing.T) {
	results := []result{
		{Peer: "parley", Events: 1000, Version: "parley", Figures: map[string]float64{"load s": 1, "cop p50 µs": 10}, Measures: map[string]float64{"open, ms": 0.5}},
		{Peer: "parley", Events: 1000, Version: "parley", Figures: map[string]float64{"load s": 3, "cop p50 µs": 30}},
		{Peer: "other", Events: 1000, Version: "Other 1", Figures: map[string]float64{"load s": 8}, Late: "query"},
	}
	var b strings.Builder
	if err := write(&b, "", results); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"## 1,000 events, 8,000 quads", "| parley | 4,000 | 2.00 | – | – | 20.0 |", "| other | 4.00 | – | – | – |",
		"other was ended: to query took longer than the limit.", "| open, ms | 0.50 |", "Versions: parley; Other 1.",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}
