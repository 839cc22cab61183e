package command

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const icewsSample = "../../../../../shared/peer-data/icews/events.2018.sample.tab"

// withICEWS loads the ICEWS sample beside the built-in facts and returns the
// store.
func withICEWS(t *testing.T, flags ...string) string {
	t.Helper()
	if _, err := os.Stat(icewsSample); err != nil {
		t.Skip("the ICEWS sample is missing: " + icewsSample)
	}
	store := filepath.Join(t.TempDir(), "store")
	if made := parley(t, append([]string{"load", icewsSample, "--db", store}, flags...)...); made.code != done {
		t.Fatal(made.err)
	}
	return store
}

// One visit, 15 reports, and the meeting that an article describes are one
// event; switched off, each report stands by itself.
func TestOneVisitManyReports(t *testing.T) {
	store := withICEWS(t)
	visits := func(flags ...string) (rows []struct {
		Meeting struct{ ID string }
		Kind    string
		Status  string
		Reports *int
		Sources []struct{ Article struct{ ID string } }
	},
	) {
		t.Helper()
		out := parley(t, append([]string{"query", "meetings", "--db", store, "--actor", "Wilbur Ross", "--status", "held", "--format", "json"}, flags...)...)
		if out.code != done {
			t.Fatal(out.err)
		}
		answer := struct{ Rows any }{&rows}
		if err := json.Unmarshal([]byte(out.out), &answer); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	var joined int
	for _, row := range visits() {
		if row.Meeting.ID != "meeting/2018-06-beijing-talks" {
			continue
		}
		joined++
		stories := map[string]bool{}
		for _, s := range row.Sources {
			stories[s.Article.ID] = strings.HasPrefix(s.Article.ID, "article/icews-")
		}
		n := 0
		for _, icews := range stories {
			if icews {
				n++
			}
		}
		if row.Kind != "talks" || row.Reports == nil || *row.Reports != 15 || n != 14 {
			t.Errorf("%s of %v reports from %d stories, want talks of 15 from 14", row.Kind, row.Reports, n)
		}
	}
	if joined != 1 {
		t.Errorf("the talks in Beijing are there %d times", joined)
	}
	for _, row := range visits() {
		if strings.HasPrefix(row.Meeting.ID, "meeting/icews-") && row.Kind == "visit" {
			t.Errorf("%s is another visit", row.Meeting.ID)
		}
	}
	apart := 0
	for _, row := range visits("--no-merge") {
		if strings.HasPrefix(row.Meeting.ID, "meeting/icews-") && row.Kind == "visit" {
			apart++
		}
		if row.Reports != nil && *row.Reports != 1 {
			t.Errorf("%s has %d reports", row.Meeting.ID, *row.Reports)
		}
	}
	if apart < 15 {
		t.Errorf("%d visits stand by themselves with --no-merge", apart)
	}
}

// A data set is taken back whole, with every story that is known through it.
func TestRetractDataSet(t *testing.T) {
	store := withICEWS(t)
	if out := parley(t, "retract", "reference/icews", "--db", store); out.code != done {
		t.Fatal(out.err)
	}
	left, before := parley(t, "export", "--db", store), parley(t, "export")
	if left.code != done || left.out != before.out {
		t.Errorf("%d bytes are left, want the %d of the built-in facts; %s", len(left.out), len(before.out), left.err)
	}
}

var reportOf = regexp.MustCompile(`<urn:parley:([a-z]+)/icews-(\d+)> <urn:parley:vocab#reportOf> <([^>]+)> <urn:parley:rule/same-event>`)

// What the rule joins is held against pairs of rows that were judged by hand.
func TestJoinOfJudgedPairs(t *testing.T) {
	store := withICEWS(t)
	out := parley(t, "export", "--db", store)
	if out.code != done {
		t.Fatal(out.err)
	}
	event := map[string]string{}
	for _, m := range reportOf.FindAllStringSubmatch(out.out, -1) {
		event[m[2]] = m[3]
	}
	// The event of a report that others are joined to is itself.
	number := regexp.MustCompile(`icews-(\d+)$`)
	for _, e := range event {
		if m := number.FindStringSubmatch(e); m != nil {
			event[m[1]] = e
		}
	}
	file, err := os.Open("../../../../graph/testdata/icews-pairs.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r := csv.NewReader(file)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 201 {
		t.Fatalf("%d pairs, %v", len(rows)-1, err)
	}
	type count struct{ right, wrong, missed, apart int }
	var all count
	strata := map[string]count{}
	for _, row := range rows[1:] {
		same, joined := row[2] == "yes", event[row[0]] != "" && event[row[0]] == event[row[1]]
		s := strata[row[3]]
		for _, c := range []*count{&all, &s} {
			switch {
			case same && joined:
				c.right++
			case joined:
				c.wrong++
			case same:
				c.missed++
			default:
				c.apart++
			}
		}
		strata[row[3]] = s
		if joined && !same {
			t.Logf("joined, and not the same: %v", row)
		}
	}
	precision := float64(all.right) / float64(all.right+all.wrong)
	recall := float64(all.right) / float64(all.right+all.missed)
	t.Logf("%d pairs: precision %.3f, recall %.3f; %+v", len(rows)-1, precision, recall, all)
	for name, c := range strata {
		t.Logf("%s: %+v", name, c)
	}
	if precision < 0.95 || recall < 0.5 {
		t.Errorf("precision %.3f, recall %.3f", precision, recall)
	}
}
