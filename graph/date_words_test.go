package graph_test

import (
	"testing"

	"parley/graph"
)

func TestDateWords(t *testing.T) {
	for text, want := range map[string]string{
		"2018-09-21":              "2018-09-21",
		"2018-09":                 "2018-09",
		"/2018-09-21":             "by 2018-09-21",
		"../2018-09-21":           "by 2018-09-21",
		"2018-09-21/":             "from 2018-09-21",
		"2018-09-21~":             "about 2018-09-21",
		"2018?":                   "perhaps 2018",
		"2018-09%":                "perhaps about 2018-09",
		"2018-06-02/2018-06-03~":  "2018-06-02 to about 2018-06-03",
		"2019-02-1X":              "between 2019-02-10 and 2019-02-19",
		"2019-01-2X/2019-01-31":   "between 2019-01-20 and 2019-01-31",
		"[2018-06-02,2018-06-03]": "between 2018-06-02 and 2018-06-03",
	} {
		if got := edtf(t, text).Words(); got != want {
			t.Errorf("%s in words is %q, want %q", text, got, want)
		}
	}
	if got := (graph.Date{}).Words(); got != "" {
		t.Errorf("no date in words is %q", got)
	}
}

func TestPublishedWords(t *testing.T) {
	for text, want := range map[string]string{
		"2025-04-08/2026-11-26":   "2025-04-08 or later",
		"2025-04/2026-11-26":      "2025-04 or later",
		"2018-08~/2026-11-26":     "about 2018-08 or later",
		"2018-08-2X/2026-11-26":   "2018-08-20 or later",
		"2018-05-01/2018-06-01":   "2018-05-01 or later", // 32 days
		"2018-05-01/2018-05-31":   "2018-05-01 to 2018-05-31",
		"2018":                    "2018", // a range, but not of what came later
		"201X":                    "between 2010-01-01 and 2019-12-31",
		"[2018-06-02,2019-06-03]": "between 2018-06-02 and 2019-06-03",
		"/2018-09-21":             "by 2018-09-21",
		"2018-09-21/":             "from 2018-09-21",
		"2018-09-21/..":           "from 2018-09-21",
		"2018-09-21":              "2018-09-21",
	} {
		if got := edtf(t, text).PublishedWords(); got != want {
			t.Errorf("published on %s is %q, want %q", text, got, want)
		}
	}
	if got := (graph.Date{}).PublishedWords(); got != "" {
		t.Errorf("published on no date is %q", got)
	}
}
