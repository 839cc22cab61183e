package graph

import "strings"

// Words writes a date for people: what EDTF marks with signs it says in words.
// "/2018-09-21" is "by 2018-09-21", "2019-02-1X" is "between 2019-02-10 and
// 2019-02-19".
func (d Date) Words() string {
	if strings.ContainsAny(d.text, "X[") {
		return "between " + d.Earliest().String() + " and " + d.Latest().String()
	}
	from, to, interval := strings.Cut(d.text, "/")
	switch {
	case !interval:
		return qualified(from)
	case from == "" || from == "..":
		return "by " + qualified(to)
	case to == "" || to == "..":
		return "from " + qualified(from)
	}
	return qualified(from) + " to " + qualified(to)
}

// vagueDays is how many days a page may have been published on before that says
// little but after what it came out: more than the longest month has.
const vagueDays = 32

// PublishedWords writes a day of publication for people. An interval of vagueDays
// is written by its beginning: "2025-04-08/2026-11-26" is
// "2025-04-08 or later". All other dates are in Words.
func (d Date) PublishedWords() string {
	from, to, _ := strings.Cut(d.text, "/")
	bounded := to != "" && to != ".." && from != "" && from != ".."
	if !bounded || d.Latest()-d.Earliest()+1 < vagueDays {
		return d.Words()
	}
	if strings.Contains(from, "X") {
		from = d.Earliest().String()
	}
	return qualified(from) + " or later"
}

// qualified writes the qualifier of a date out.
func qualified(s string) string {
	for _, q := range []struct{ mark, word string }{{"~", "about "}, {"?", "perhaps "}, {"%", "perhaps about "}} {
		if rest, ok := strings.CutSuffix(s, q.mark); ok {
			return q.word + rest
		}
	}
	return s
}
