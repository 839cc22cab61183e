package graph

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Day is a calendar day: days since 1970-01-01, proleptic Gregorian.
type Day int32

// MinDay and MaxDay stand for "no bound"; neither is a day that can be written.
const (
	MinDay Day = math.MinInt32
	MaxDay Day = math.MaxInt32

	secondsPerDay = 24 * 60 * 60
)

// ParseDay reads YYYY-MM-DD, years 0001 to 9999. A day the calendar does not
// have is an error.
func ParseDay(s string) (Day, error) {
	p, err := parseDateSpan(s)
	if syntax := notDate(""); errors.As(err, &syntax) || err == nil && !p.exact || strings.Contains(s, "X") {
		err = errors.New("not a calendar day; write YYYY-MM-DD")
	}
	if err != nil {
		return 0, fmt.Errorf("%.80q: %w", s, err)
	}
	return p.lo, nil
}

// String gives YYYY-MM-DD, or ".." for MinDay and MaxDay.
func (d Day) String() string {
	if d == MinDay || d == MaxDay {
		return ".."
	}
	return time.Unix(int64(d)*secondsPerDay, 0).UTC().Format(time.DateOnly)
}

// DayOf gives the calendar day t falls on in t's own location. Times millions
// of years away give MinDay or MaxDay.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	n := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
	return Day(min(max(n, int64(MinDay)), int64(MaxDay)))
}

// civilDay gives a day by year, month and day of month; as in time.Date what
// overflows carries, so (2019, 15, 0) is the last day of February 2020.
func civilDay(y, m, d int) Day {
	return DayOf(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC))
}

// Date is an EDTF date (ISO 8601-2:2019, https://www.loc.gov/standards/datetime/)
// kept as it was written. The zero Date is "no date". Dates are == when their
// texts are: "2018" and "2018-01/2018-12" differ.
//
// Read are: years 0001 to 9999, months and days; a final ~, ? or %; X for
// digits not known, from the right; seasons 21 to 24 (northern) and quarters
// 33 to 36; intervals a/b with one end perhaps empty (unknown) or ".." (open);
// sets [a,b] meaning one of them. A qualifier says how sure the writer was and
// moves no bound, as the standard gives it no width.
type Date struct {
	text     string
	from, to string   // both ends as written: "" is unknown, ".." open; else both are text
	known    dateSpan // of the ends that are dates
}

// dateSpan is the days from lo to hi; exact if one day written without qualifier.
type dateSpan struct {
	lo, hi Day
	exact  bool
}

// dateBound gives day if the end of a Date is a date, else none.
func dateBound(end string, day, none Day) Day {
	if end == "" || end == ".." {
		return none
	}
	return day
}

// ParseDate reads an EDTF date. The error quotes the text, says what is wrong
// and, where it can be told, what to write.
func ParseDate(s string) (Date, error) {
	d, err := parseDate(s)
	if err == nil {
		return d, nil
	}
	if part := notDate(""); errors.As(err, &part) {
		err = explainDate(s, string(part))
	}
	return Date{}, fmt.Errorf("%.80q: %w", s, err)
}

// String gives the text as written; empty for the zero Date.
func (d Date) String() string { return d.text }

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d.text == "" }

// Earliest is the first day d may lie on; MinDay when its start is unknown or
// open, or d is zero.
func (d Date) Earliest() Day { return dateBound(d.from, d.known.lo, MinDay) }

// Latest is the last day d may lie on; MaxDay when its end is unknown or open,
// or d is zero.
func (d Date) Latest() Day { return dateBound(d.to, d.known.hi, MaxDay) }

// Start is the day that places d on a time line: Earliest, but where the start
// is unknown or open the first day of the end. "/2018-09-21" is placed at
// 2018-09-21, "/2018-09" as "2018-09" is. The zero Date gives MaxDay: it is last.
func (d Date) Start() Day { return dateBound(d.text, d.known.lo, MaxDay) }

// End is the last day of d on a time line: Latest, but where the end is unknown
// or open the last day of the start. The zero Date gives MaxDay.
func (d Date) End() Day { return dateBound(d.text, d.known.hi, MaxDay) }

// IsDay reports whether d is written as one calendar day, without qualifier or X.
func (d Date) IsDay() bool { return d.known.exact }

// Overlaps reports whether d, from Start to End, meets the days since to until,
// both included; MinDay and MaxDay leave a side unbounded. An open end ("..")
// runs on for ever, an unknown one does not. The zero Date meets nothing.
func (d Date) Overlaps(since, until Day) bool {
	return !d.IsZero() && since <= until &&
		(d.from == ".." || d.known.lo <= until) && (d.to == ".." || since <= d.known.hi)
}

// Contains reports whether every day e may lie on is within Earliest to Latest
// of d, so that d says the same less precisely, or as precisely. Zero Dates
// neither contain nor are contained.
func (d Date) Contains(e Date) bool {
	return !d.IsZero() && !e.IsZero() && d.Earliest() <= e.Earliest() && e.Latest() <= d.Latest()
}

// Before reports whether d is certainly before e: its last possible day is
// before e's first. An unknown or open side is never certain, nor is a zero Date.
func (d Date) Before(e Date) bool { return d.Latest() < e.Earliest() }

// Compare orders Dates by Start, then End, then text, zero Dates last. It gives
// 0 only for Dates that are ==.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Start(), e.Start()), cmp.Compare(d.End(), e.End()), cmp.Compare(d.text, e.text))
}

// MarshalText gives the text as written; empty for the zero Date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText reads what ParseDate does, and the empty text as the zero Date,
// for that is what MarshalText makes of it. On error d is left as it was.
func (d *Date) UnmarshalText(b []byte) error {
	e, err := ParseDate(string(b))
	if err == nil || len(b) == 0 {
		*d, err = e, nil
	}
	return err
}

// MarshalJSON gives the text as a JSON string; null for the zero Date.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + d.text + `"`), nil // EDTF has nothing to escape
}

const (
	// maxDateText is the most bytes a date has: room for a set of twenty days, while
	// a paragraph in the wrong field is refused unread.
	maxDateText = 256
	dateForms   = "YYYY, YYYY-MM or YYYY-MM-DD, with ~ after it if approximate"
)

// notDate is the error for a text that has no EDTF form, until explainDate makes
// advice of it. It is the part of the text that fails.
type notDate string

func (e notDate) Error() string { return "not an EDTF date" }

// parseDate is ParseDate without the text quoted in its errors.
func parseDate(s string) (Date, error) {
	switch {
	case strings.TrimSpace(s) == "":
		return Date{}, errors.New("no date; write " + dateForms)
	case len(s) > maxDateText:
		return Date{}, fmt.Errorf("%d bytes long; a date has at most %d", len(s), maxDateText)
	case s[0] == '-':
		return Date{}, errors.New("years are 0001 to 9999")
	case s[0] == '{':
		return Date{}, errors.New("sets of all dates are not supported; write [a,b] for one of them, or a/b")
	}
	d := Date{text: s, from: s, to: s}
	var err error
	if a, b, ok := strings.Cut(s, "/"); ok {
		d.from, d.to = a, b
		d.known, err = parseDateInterval(a, b)
	} else if s[0] == '[' {
		d.known, err = parseDateSet(s)
	} else {
		d.known, err = parseDateSpan(s)
	}
	return d, err
}

// parseDateInterval reads the interval from a to b. Where one end is no date the
// other places the whole.
func parseDateInterval(a, b string) (dateSpan, error) {
	hasFrom, hasTo := a != "" && a != "..", b != "" && b != ".."
	switch {
	case !hasFrom && !hasTo:
		return dateSpan{}, errors.New("an interval needs a date at one end; write a/b, a/.., ../b, a/ or /b")
	case !hasFrom:
		a = b
	case !hasTo:
		b = a
	}
	from, err := parseDateSpan(a)
	if err != nil {
		return dateSpan{}, err
	}
	to, err := parseDateSpan(b)
	if err == nil && from.lo > to.hi {
		err = fmt.Errorf("the interval ends before it starts; write %s/%s", b, a)
	}
	return dateSpan{lo: from.lo, hi: to.hi}, err
}

// parseDateSet reads s, which starts with "[": two dates or more, in any order.
func parseDateSet(s string) (dateSpan, error) {
	rest, closed := strings.CutSuffix(s[1:], "]")
	if !closed || !strings.Contains(rest, ",") || strings.Contains(rest, "..") {
		return dateSpan{}, errors.New("a set is two dates or more, without ranges; write [2018-06-02,2018-06-03]")
	}
	all := dateSpan{lo: MaxDay, hi: MinDay}
	for member := range strings.SplitSeq(rest, ",") {
		p, err := parseDateSpan(member)
		if err != nil {
			return dateSpan{}, err
		}
		all.lo, all.hi = min(all.lo, p.lo), max(all.hi, p.hi)
	}
	return all, nil
}

// parseDateSpan reads a year, month, day, season or quarter, with X and a qualifier.
func parseDateSpan(text string) (dateSpan, error) {
	s := text
	if n := len(s); n > 0 && strings.IndexByte("~?%", s[n-1]) >= 0 {
		s = s[:n-1]
	}
	n := len(s)
	if n != 4 && n != 7 && n != 10 || s[0] == 'X' {
		return dateSpan{}, notDate(text)
	}
	full := s + "YYYY-XX-XX"[n:] // what is left out is as free as what is crossed out
	y, yLast, yOK := dateDigits(full[:4])
	m, mLast, mOK := dateDigits(full[5:7])
	day, dayLast, dOK := dateDigits(full[8:])
	switch {
	case !yOK || !mOK || !dOK || full[4] != '-' || full[7] != '-':
		return dateSpan{}, notDate(text)
	case yLast == 0:
		return dateSpan{}, errors.New("no year 0000; years are 0001 to 9999")
	case y != yLast && n > 4:
		return dateSpan{}, fmt.Errorf("a year with X takes no month; write %s", s[:4])
	case full[5:] == "XX-XX":
		return dateSpan{lo: civilDay(max(y, 1), 1, 1), hi: civilDay(yLast, 12, 31)}, nil
	case m != mLast:
		return dateSpan{}, fmt.Errorf("a month is two digits, or XX without a day; write %s-XX", s[:4])
	case m >= 21 && m <= 24 && n == 7: // from March; winter runs into the next year
		return dateSpan{lo: civilDay(y, 3*(m-20), 1), hi: min(civilDay(y, 3*(m-19), 0), civilDay(9999, 12, 31))}, nil
	case m >= 33 && m <= 36 && n == 7:
		return dateSpan{lo: civilDay(y, 3*(m-33)+1, 1), hi: civilDay(y, 3*(m-32)+1, 0)}, nil
	case m < 1 || m > 12:
		return dateSpan{}, fmt.Errorf("no month %02d; months are 01 to 12, seasons 21 to 24 and quarters 33 to 36 without a day", m)
	case dayLast == 0:
		return dateSpan{}, errors.New("no day 00; days start at 01")
	}
	first, last := civilDay(y, m, 1), civilDay(y, m+1, 0)
	if length := int(last-first) + 1; day > length {
		return dateSpan{}, fmt.Errorf("%s %d has %d days", time.Month(m), y, length)
	}
	exact := day == dayLast && s == text
	return dateSpan{lo: first + Day(max(day, 1)-1), hi: min(first+Day(dayLast-1), last), exact: exact}, nil
}

// dateDigits reads decimal digits of which the last may be X, as the least and the
// greatest number they can stand for.
func dateDigits(s string) (lo, hi int, ok bool) {
	given := strings.TrimRight(s, "X")
	for _, c := range []byte(given) {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		lo = lo*10 + int(c-'0')
	}
	hi = lo
	for range len(s) - len(given) {
		lo, hi = lo*10, hi*10+9
	}
	return lo, hi, true
}

// explainDate says that part of s is no EDTF date, and what to write instead if it
// is another notation of s, or of the part, that is known.
func explainDate(s, part string) error {
	if fix := suggestDate(s); fix != "" || part == s {
		return errors.New("not an EDTF date; write " + cmp.Or(fix, dateForms))
	}
	return fmt.Errorf("%.80q is not an EDTF date; write %s", part, cmp.Or(suggestDate(part), dateForms))
}

// dateNotations are, as layouts of package time, dates that are not EDTF, by the
// EDTF for them. Figures where either day or month could come first are left out.
var dateNotations = map[string][]string{
	"2006-01": {"Jan 2006", "January 2006", "2006-1", "2006/1", "1/2006"},
	time.DateOnly: {
		"2 Jan 2006", "2 January 2006", "Jan 2 2006", "January 2 2006", "2006-1-2",
		"2006/1/2", "2006.1.2", "2.1.2006", "20060102", time.RFC3339, time.DateTime,
	},
}

// respellDate turns marks of older EDTF drafts and of plain English into EDTF's.
var respellDate = strings.NewReplacer(" ", "", "unknown", "", "open", "..", "present", "..",
	"x", "X", "u", "X", "?~", "%", "~?", "%", "–", "/", "—", "/")

// suggestDate gives the EDTF for s, or "" if it cannot tell. What it gives parses.
func suggestDate(s string) string {
	for _, try := range []string{respellDate.Replace(s), strings.ReplaceAll(s, "-", "/")} {
		if _, err := parseDate(try); err == nil {
			return try
		}
	}
	plain := strings.NewReplacer(",", "", "Sept ", "Sep ", "Sept. ", "Sep ", ". ", " ").Replace(s)
	for edtf, layouts := range dateNotations { // no text has two of them
		for _, layout := range layouts {
			if t, err := time.Parse(layout, plain); err == nil && t.Year() > 0 {
				return t.Format(edtf)
			}
		}
	}
	return ""
}
