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

// qualified writes the qualifier of a date out.
func qualified(s string) string {
	for _, q := range []struct{ mark, word string }{{"~", "about "}, {"?", "perhaps "}, {"%", "perhaps about "}} {
		if rest, ok := strings.CutSuffix(s, q.mark); ok {
			return q.word + rest
		}
	}
	return s
}
