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
