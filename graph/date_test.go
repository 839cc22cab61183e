package graph_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/graph"
)

// edtf is the Date of a text that is known to be good; "" is the zero Date.
func edtf(t rapid.TB, s string) graph.Date {
	t.Helper()
	if s == "" {
		return graph.Date{}
	}
	d, err := graph.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// calendarDay is the Day of a text; ".." at the left or right of a range is no bound.
func calendarDay(t rapid.TB, s string, open graph.Day) graph.Day {
	t.Helper()
	if s == ".." {
		return open
	}
	d, err := graph.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDateBounds(t *testing.T) {
	for _, c := range []struct{ text, possible, placed string }{
		{text: "2018", possible: "2018-01-01 2018-12-31"},
		{text: "0001", possible: "0001-01-01 0001-12-31"},
		{text: "2020-02", possible: "2020-02-01 2020-02-29"},
		{text: "1900-02", possible: "1900-02-01 1900-02-28"},
		{text: "2018-09-21", possible: "2018-09-21 2018-09-21"},
		{text: "2018-09-21~", possible: "2018-09-21 2018-09-21"},
		{text: "2018-09?", possible: "2018-09-01 2018-09-30"},
		{text: "2018%", possible: "2018-01-01 2018-12-31"},
		{text: "201X", possible: "2010-01-01 2019-12-31"},
		{text: "20XX", possible: "2000-01-01 2099-12-31"},
		{text: "000X", possible: "0001-01-01 0009-12-31"},
		{text: "9XXX", possible: "9000-01-01 9999-12-31"},
		{text: "2019-XX", possible: "2019-01-01 2019-12-31"},
		{text: "2019-XX-XX", possible: "2019-01-01 2019-12-31"},
		{text: "2019-21", possible: "2019-03-01 2019-05-31"},
		{text: "2019-22", possible: "2019-06-01 2019-08-31"},
		{text: "2019-23", possible: "2019-09-01 2019-11-30"},
		{text: "2019-24", possible: "2019-12-01 2020-02-29"},
		{text: "2019-33", possible: "2019-01-01 2019-03-31"},
		{text: "2019-34?", possible: "2019-04-01 2019-06-30"},
		{text: "2019-35", possible: "2019-07-01 2019-09-30"},
		{text: "2019-36", possible: "2019-10-01 2019-12-31"},
		{text: "9999-24", possible: "9999-12-01 9999-12-31"},
		{text: "2018-21/2018-24", possible: "2018-03-01 2019-02-28"},
		{text: "2018-06-02/2018-06-04", possible: "2018-06-02 2018-06-04"},
		{text: "2018-06~/2019?", possible: "2018-06-01 2019-12-31"},
		{text: "2018-06-04/2018-06", possible: "2018-06-04 2018-06-30"},
		{text: "2019-01-2X/2019-01-31", possible: "2019-01-20 2019-01-31"},
		{text: "[2018-06-03,2018-06-02]", possible: "2018-06-02 2018-06-03"},
		{text: "[2018-06,2019?,201X]", possible: "2010-01-01 2019-12-31"},
		{"/2018-09-21", ".. 2018-09-21", "2018-09-21 2018-09-21"},
		{"../2018-09-21", ".. 2018-09-21", "2018-09-21 2018-09-21"},
		{"/2018-09", ".. 2018-09-30", "2018-09-01 2018-09-30"},
		{"2018-09-21/", "2018-09-21 ..", "2018-09-21 2018-09-21"},
		{"2018-09-21~/..", "2018-09-21 ..", "2018-09-21 2018-09-21"},
		{"2018-09/..", "2018-09-01 ..", "2018-09-01 2018-09-30"},
	} {
		d := edtf(t, c.text)
		possible, placed := fmt.Sprint(d.Earliest(), " ", d.Latest()), fmt.Sprint(d.Start(), " ", d.End())
		if possible != c.possible || placed != cmp.Or(c.placed, c.possible) {
			t.Errorf("%s may lie on %s and is placed at %s", c.text, possible, placed)
		}
		if day := c.text == "2018-09-21"; d.IsDay() != day || d.IsZero() || d.String() != c.text {
			t.Errorf("%s: is one day %t, is zero %t, reads as %q", c.text, d.IsDay(), d.IsZero(), d)
		}
	}
}

func TestDateErrors(t *testing.T) {
	const forms = "YYYY, YYYY-MM or YYYY-MM-DD, with ~ after it if approximate"
	const months = "; months are 01 to 12, seasons 21 to 24 and quarters 33 to 36 without a day"
	for want, texts := range map[string][]string{
		"no date; write " + forms:                                                   {"", " \t"},
		"February 2018 has 28 days":                                                 {"2018-02-30", "2018-02-30/2018-03", "2018-02/2018-02-30", "2018-02-3X"},
		"April 2018 has 30 days":                                                    {"2018-04-31~", "2018-04-4X"},
		"no day 00; days start at 01":                                               {"2018-01-00"},
		"no month 00" + months:                                                      {"2018-00"},
		"no month 13" + months:                                                      {"2018-13", "2018-13-01", "[2018,2018-13]"},
		"no month 21" + months:                                                      {"2018-21-01"},
		"no month 37" + months:                                                      {"2018-37"},
		"no year 0000; years are 0001 to 9999":                                      {"0000", "0000-00-00"},
		"years are 0001 to 9999":                                                    {"-2018"},
		"a year with X takes no month; write 201X":                                  {"201X-05", "201X-XX"},
		"a month is two digits, or XX without a day; write 2019-XX":                 {"2019-1X", "2019-XX-05"},
		"the interval ends before it starts; write 2018-02/2018-03":                 {"2018-03/2018-02"},
		"an interval needs a date at one end; write a/b, a/.., ../b, a/ or /b":      {"/", "../..", "../", "/.."},
		"a set is two dates or more, without ranges; write [2018-06-02,2018-06-03]": {"[2018]", "[2018,2019..2020]", "[2018,2019"},
		"sets of all dates are not supported; write [a,b] for one of them, or a/b":  {"{2018,2019}"},
		`"" is not an EDTF date; write ` + forms:                                    {"[2018,]"},
		`"02" is not an EDTF date; write ` + forms:                                  {"02/03/2018"}, // February or March
		"not an EDTF date; write " + forms:                                          {"99999999", "XXXX", "2X18", "2018-09-X1", "~", "..", "2018-09\x00", "٢٠١٨", "2018_09"},
		"not an EDTF date; write 2018":                                              {"2018 "},
		"not an EDTF date; write 2018-09":                                           {"Sept 2018", "September 2018", "Sep 2018", "2018-9", "09/2018", "2018/09"},
		"not an EDTF date; write 2018-09-21": {
			"21 Sept. 2018", "September 21, 2018", "2018-9-21", "20180921",
			"2018/09/21", "21.9.2018", "2018-09-21T10:00:00Z",
		},
		"not an EDTF date; write 2018/2019":               {"2018-2019", "2018 – 2019"},
		"not an EDTF date; write 2018/..":                 {"2018/present", "2018/open"},
		"not an EDTF date; write 2018/":                   {"2018/unknown"},
		"not an EDTF date; write 2018%":                   {"2018?~"},
		"not an EDTF date; write 201X":                    {"201x", "201u"},
		"not an EDTF date; write [2018-06-02,2018-06-03]": {"[2018-06-02, 2018-06-03]"},
		`"Sept 2019" is not an EDTF date; write 2019-09`:  {"2018/Sept 2019"},
	} {
		for _, text := range texts {
			d, err := graph.ParseDate(text)
			if err == nil || err.Error() != fmt.Sprintf("%q: %s", text, want) || !d.IsZero() {
				t.Errorf("%s, %v\nwant %s", d, err, want)
			}
		}
	}
	_, err := graph.ParseDate(strings.Repeat("2", 1000))
	if err == nil || !strings.HasSuffix(err.Error(), `": 1000 bytes long; a date has at most 256`) || len(err.Error()) > 150 {
		t.Errorf("1000 characters: %v", err)
	}
}

func TestDateOverlaps(t *testing.T) {
	for _, c := range []struct {
		date, since, until string
		want               bool
	}{
		{"2018-09-21", "2018-09-21", "2018-09-21", true},
		{"2018-09-21", "2018-09-22", "..", false},
		{"2018-09-21", "..", "2018-09-20", false},
		{"2018-09-21", "..", "..", true},
		{"2018-09", "2018-09-30", "2018-12-31", true},
		{"2018-09", "2018-10-01", "2018-08-31", false}, // no such window
		{"2018", "2019-01-01", "2018-01-01", false},
		{"2018/2020", "2019-05-05", "2019-05-05", true},
		{"2018/..", "2030-01-01", "2030-12-31", true},
		{"2018/..", "..", "2017-12-31", false},
		{"../2018", "1950-01-01", "1950-12-31", true},
		{"../2018", "2019-01-01", "..", false},
		{"2018-09-21/", "2018-09-22", "..", false}, // placed at its start
		{"2018-09-21/", "..", "2018-09-21", true},
		{"/2018-09-21", "..", "2018-09-20", false},
		{"/2018-09-21", "2018-09-21", "..", true},
		{"/2018-09", "2018-09-01", "2018-09-05", true},
		{"", "..", "..", false},
	} {
		since, until := calendarDay(t, c.since, graph.MinDay), calendarDay(t, c.until, graph.MaxDay)
		if got := edtf(t, c.date).Overlaps(since, until); got != c.want {
			t.Errorf("%q overlaps %s to %s: %t", c.date, c.since, c.until, got)
		}
	}
}

func TestDateContainsAndBefore(t *testing.T) {
	for _, c := range []struct {
		d, e             string
		contains, before bool
	}{
		{"2018", "2018-09-21", true, false},
		{"2018-09-21", "2018", false, false},
		{"2018-09-21", "2018-09-21~", true, false},
		{"2018-09", "2018-09-2X", true, false},
		{"2018-09", "2018-09/2018-10", false, false},
		{"2018", "2018-24", false, false}, // winter ends in 2019
		{"2018/..", "2020", true, false},
		{"2018/..", "2020/", true, false},
		{"2018", "2018-09/", false, false},
		{"2018", "", false, false},
		{"", "2018", false, false},
		{"", "", false, false},
		{"2018-09-20", "2018-09-21", false, true},
		{"2018-09", "2018-09-30", true, false},
		{"2018-08", "2018-09-01", false, true},
		{"/2018-09-18", "2018-09-20", false, true},
		{"../2018-09-18", "2018-09-20/", false, true},
		{"2018-09-18/", "2018-09-20", true, false},
		{"2018-09-18", "/2018-09-20", false, false},
		{"[2018-06-02,2018-06-03]", "2018-06-03", true, false},
		{"[2018-06-02,2018-06-03]", "2018-06-04", false, true},
	} {
		d, e := edtf(t, c.d), edtf(t, c.e)
		if d.Contains(e) != c.contains || d.Before(e) != c.before {
			t.Errorf("%q contains %q: %t; is before it: %t", c.d, c.e, d.Contains(e), d.Before(e))
		}
	}
}

func TestDateOrder(t *testing.T) {
	want := []string{
		"2017", "2018-01-01", "2018-01-01~", "2018", "2018/..", "2018/2019",
		"/2018-02-01", "2018-02-01/", "2018-02", "2019-24", "2020", "",
	}
	var dates []graph.Date
	for _, s := range want {
		dates = append(dates, edtf(t, s))
	}
	slices.Reverse(dates)
	slices.SortFunc(dates, graph.Date.Compare)
	for i, d := range dates {
		if d.String() != want[i] {
			t.Fatalf("sorted as %q\n want %q", dates, want)
		}
	}
}

func TestDateEncoding(t *testing.T) {
	type record struct {
		Date  graph.Date
		Maybe graph.Date `json:",omitzero"`
		By    map[graph.Date]int
	}
	in := record{By: map[graph.Date]int{edtf(t, "2018-09-21~"): 1, {}: 2}}
	text, err := json.Marshal(in)
	if want := `{"Date":null,"By":{"":2,"2018-09-21~":1}}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v; want %s", text, err, want)
	}
	var out record
	if err := json.Unmarshal(text, &out); err != nil || out.Date != in.Date || out.By[edtf(t, "2018-09-21~")] != 1 {
		t.Errorf("read back %+v, %v", out, err)
	}
	err = json.Unmarshal([]byte(`{"Date":"2018-02-30"}`), &out)
	if err == nil || !strings.Contains(err.Error(), "February 2018 has 28 days") {
		t.Errorf("a bad date in JSON: %v", err)
	}
}

func TestDateParsesWithoutAllocating(t *testing.T) {
	for _, s := range []string{"2018-09-21~", "2019-01-2X/2019-01-31", "2018-09/..", "[2018-06-02,2018-06-03]"} {
		if n := testing.AllocsPerRun(100, func() { edtf(t, s) }); n > 0 {
			t.Errorf("%s: %v allocations", s, n)
		}
	}
}

func TestDay(t *testing.T) {
	for s, want := range map[string]graph.Day{"1970-01-01": 0, "1969-12-31": -1, "2000-03-01": 11017, "0001-01-01": -719162} {
		if got := calendarDay(t, s, 0); got != want || got.String() != s {
			t.Errorf("%s is %d, %s", s, int(got), got)
		}
	}
	for s, want := range map[string]string{
		"2018-02-30":  "February 2018 has 28 days",
		"0000-01-01":  "no year 0000",
		"2018-09-21~": "not a calendar day; write YYYY-MM-DD",
		"2018-09":     "not a calendar day",
		"2018-09-2X":  "not a calendar day",
		"201X-09-21":  "not a calendar day",
		"2018-9-21":   "not a calendar day",
		"":            "not a calendar day",
	} {
		if _, err := graph.ParseDay(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", s, err, want)
		}
	}
	if graph.MinDay.String() != ".." || graph.MaxDay.String() != ".." {
		t.Error("a missing bound reads as a day")
	}
	east := time.FixedZone("east", 14*60*60)
	for _, c := range []struct {
		at   time.Time
		want graph.Day
	}{
		{time.Date(2018, 9, 21, 23, 59, 59, 0, time.UTC), calendarDay(t, "2018-09-21", 0)},
		{time.Date(2018, 9, 21, 23, 59, 59, 0, time.UTC).In(east), calendarDay(t, "2018-09-22", 0)},
		{time.Date(1969, 12, 31, 12, 0, 0, 0, time.UTC), -1},
		{time.Time{}, calendarDay(t, "0001-01-01", 0)},
		{time.Unix(1<<50, 0), graph.MaxDay},
		{time.Unix(-1<<50, 0), graph.MinDay},
	} {
		if got := graph.DayOf(c.at); got != c.want {
			t.Errorf("%s is day %s, want %s", c.at, got, c.want)
		}
	}
}

// someDate draws a Date of any form, in years few enough that two often meet.
func someDate(t *rapid.T, label string) graph.Date {
	const one = `((19|20)([0-9][0-9X]|XX)|20[12][0-9]-(0[1-9]|1[0-2]|2[1-4]|3[3-6]|XX)|` +
		`20[12][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]|[012]X|XX))[~?%]?`
	s := rapid.StringMatching(one+`|`+one+`/(\.\.)?|(\.\.)?/`+one+`|`+one+`/`+one+`|\[`+one+`(,`+one+`){1,3}\]`).Draw(t, label)
	if _, err := graph.ParseDate(s); err != nil {
		a, b, _ := strings.Cut(s, "/")
		s = b + "/" + a // drawn the wrong way round
	}
	return edtf(t, s)
}

func TestDateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := someDate(t, "a"), someDate(t, "b"), someDate(t, "c")
		checkDate(t, a)
		if again := edtf(t, a.String()); again != a || a.Compare(again) != 0 || !a.Contains(again) {
			t.Errorf("%s read twice differs", a)
		}
		if a.Compare(b) != -b.Compare(a) || (a.Compare(b) == 0) != (a == b) || a.Compare(graph.Date{}) >= 0 {
			t.Errorf("%s and %s are not in order", a, b)
		}
		if a.Compare(b) <= 0 && b.Compare(c) <= 0 && a.Compare(c) > 0 {
			t.Errorf("%s, %s, %s are not in order", a, b, c)
		}
		if a.Before(b) && (b.Before(a) || a.Compare(b) >= 0 || a.Contains(b) || a.Overlaps(b.Start(), b.End())) {
			t.Errorf("%s is before %s, and is not", a, b)
		}
		if a.Contains(b) && b.Contains(c) && !a.Contains(c) {
			t.Errorf("%s contains %s contains %s, but not the last", a, b, c)
		}
		mid := graph.Day(rapid.IntRange(14000, 22000).Draw(t, "mid")) // 2008 to 2030
		if a.Overlaps(b.Start(), c.End()) != (a.Overlaps(b.Start(), min(mid, c.End())) || a.Overlaps(max(mid+1, b.Start()), c.End())) {
			t.Errorf("%s meets %s to %s, but not the parts about %s", a, b.Start(), c.End(), mid)
		}
	})
}

// A day with X bounds the days of its month that are written with those digits.
func TestDateUnknownDigitsOfDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		month := rapid.StringMatching(`(19|20)[0-9]{2}-(0[1-9]|1[0-2])-`).Draw(t, "month")
		digit := rapid.StringMatching(`[0-4]?`).Draw(t, "digit")
		var days []graph.Day
		for n := range 32 {
			if d, err := graph.ParseDay(fmt.Sprintf("%s%02d", month, n)); err == nil && strings.HasPrefix(d.String(), month+digit) {
				days = append(days, d)
			}
		}
		d, err := graph.ParseDate(month + digit + "XX"[len(digit):])
		if (err == nil) != (len(days) > 0) || err == nil && (d.Earliest() != days[0] || d.Latest() != days[len(days)-1]) {
			t.Fatalf("%s is %s to %s, %v; want one of %s", d, d.Earliest(), d.Latest(), err, days)
		}
	})
}

// checkDate fails t unless what holds of every Date but the zero one holds of d.
func checkDate(t rapid.TB, d graph.Date) {
	if d.IsZero() || d.Earliest() > d.Start() || d.Start() > d.End() || d.End() > d.Latest() ||
		!d.Overlaps(d.Start(), d.End()) || d.IsDay() && d.Earliest() != d.Latest() {
		t.Errorf("%s may lie on %s to %s, and is placed at %s to %s", d, d.Earliest(), d.Latest(), d.Start(), d.End())
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{
		"2018-09-21~", "201X", "2019-02-3X", "2019-24/..", "/2018", "[2018-06-02,2018-06-03]",
		"Sept. 21, 2018", "2018-03/2018-02", "2018 – present", "0000-00-00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := graph.ParseDate(s)
		if err != nil { // if it names a date to write, that is one
			says := err.Error()
			if i := strings.LastIndex(says, "; write "); i >= 0 && strings.ContainsAny(says[i+8:i+10], "0123456789") {
				edtf(t, says[i+8:])
			}
			return
		}
		checkDate(t, d)
		text, err := d.MarshalText()
		var again graph.Date
		if err != nil || again.UnmarshalText(text) != nil || again != d || string(text) != s {
			t.Errorf("%q is read as %s, then %s", s, d, again)
		}
		if js, err := json.Marshal(d); err != nil || json.Unmarshal(js, &again) != nil || again != d {
			t.Errorf("%q is %s in JSON, %v", s, js, err)
		}
	})
}
