package picture

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/queries"
)

// TestNamesThatAnImageCannotShow keeps that nobody vanishes from an image whose
// font lacks the letters, and that everywhere else names stay as they are.
func TestNamesThatAnImageCannotShow(t *testing.T) {
	q := queries.Timeline
	row := make([]any, len(q.Columns))
	row[q.ColumnOf(queries.Column{Kind: queries.NodeColumn})] = graph.Ref{ID: "meeting/talks", Name: "会谈"}
	row[q.ColumnOf(queries.Column{Kind: queries.DateColumn})] = date(t, "2018-09-30")
	a := &queries.Answer{
		Query: q, Rows: [][]any{row}, Total: 1,
		Parameters: []queries.Argument{{Name: "actor", Value: graph.Ref{ID: "person/liu-he", Name: "刘鹤"}}},
	}
	for image, want := range map[bool][]string{
		true:  {"meeting/talks", "actor: person/liu-he · 1 event, 2018-09 · Names in letters that the image cannot show stand as ids."},
		false: {"会谈", "actor: 刘鹤 · 1 event, 2018-09"},
	} {
		p, err := Of(a, Options{Image: image})
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, i := range p.scene().items {
			if i.kind == textItem {
				texts = append(texts, i.text)
			}
		}
		for _, w := range want {
			if !slices.Contains(texts, w) {
				t.Errorf("image %t: no %q in %q", image, w, texts)
			}
		}
		if image && slices.ContainsFunc(texts, func(s string) bool { return !drawable(s) }) {
			t.Errorf("the image cannot show some of %q", texts)
		}
	}
}

func TestTicks(t *testing.T) {
	day := func(s string) graph.Day { return date(t, s).Start() }
	days := func(list ...string) []graph.Day {
		var all []graph.Day
		for _, s := range list {
			all = append(all, day(s))
		}
		return all
	}
	for _, c := range []struct {
		name string
		days []graph.Day
		long float64
		want string
	}{
		{"one day", days("2025-10-12"), 0, "2025-10-12"},
		{"each cluster", days("2018-05-31", "2018-06-02", "2018-09-18", "2018-09-21"), 220, "2018-05-31 2018-09-18"},
		{"months", days("2018-01-05", "2018-02-20", "2018-03-20"), 200, "2018-01-05 2018-02 2018-03"},
		{"quarters", days("2018-01-01", "2018-03-01", "2018-05-01", "2018-07-01", "2018-09-01"), 220, "2018-01-01 2018-04 2018-07"},
		{"years", days("2015-06-01", "2016-06-01", "2017-06-01", "2018-06-01"), 330, "2015-06-01 2017 2018"},
		{"crowded", days("2018-05-31", "2018-06-02", "2018-06-05"), 20, "2018-05-31"},
	} {
		s := stretch{first: c.days[0], last: c.days[len(c.days)-1], to: c.long}
		ticks := s.ticks(c.days, 70)
		slices.SortFunc(ticks, func(a, b tick) int { return int(a.day - b.day) })
		var got []string
		for n, k := range ticks {
			got = append(got, k.name)
			if at := dayAt([]stretch{s}, k.day); n > 0 && at-dayAt([]stretch{s}, ticks[n-1].day) < 70 {
				t.Errorf("%s: %s is named over the one before", c.name, k.name)
			}
			if !strings.HasPrefix(k.day.String(), k.name) {
				t.Errorf("%s: %s is named %s", c.name, k.day, k.name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, not %q", c.name, strings.Join(got, " "), c.want)
		}
	}
}

// TestModesHaveShapes keeps that how they met can be told without colours.
func TestModesHaveShapes(t *testing.T) {
	q := queries.NegotiatedWith
	shapes := map[string]string{}
	for _, mode := range []string{"in-person", "video", "phone"} {
		row := make([]any, len(q.Columns))
		for i, c := range q.Columns {
			switch c.Name {
			case "actor", "counterpart", "meeting":
				row[i] = graph.Ref{ID: graph.ID("person/" + c.Name), Name: c.Name}
			case "status":
				row[i] = "held"
			case "mode":
				row[i] = mode
			}
		}
		p, err := Of(&queries.Answer{Query: q, Rows: [][]any{row}, Total: 1}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		shape := ""
		for _, i := range p.scene().items {
			if strings.HasPrefix(i.class, "mark-") {
				var b bytes.Buffer
				i.class = ""
				i.svg(&b)
				shape, _, _ = strings.Cut(b.String(), " ")
			}
		}
		if shape == "" || shapes[shape] != "" {
			t.Errorf("%s is drawn as %q, %v", mode, shape, shapes)
		}
		shapes[shape] = mode
	}
}
