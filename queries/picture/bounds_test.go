package picture

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"parley/graph"
	"parley/queries"
)

// pairs is an answer in which so many negotiate with one.
func pairs(n int, status, mode string) *queries.Answer {
	q := queries.NegotiatedWith
	a := &queries.Answer{Query: q, Total: n}
	for i := range n {
		row := make([]any, len(q.Columns))
		for c, column := range q.Columns {
			switch column.Name {
			case "actor":
				row[c] = graph.Ref{ID: graph.ID("person/a-" + strconv.Itoa(i)), Name: "A"}
			case "counterpart":
				row[c] = graph.Ref{ID: "person/b", Name: "B"}
			case "meeting":
				row[c] = graph.Ref{ID: "meeting/talks", Name: "Talks"}
			case "status":
				row[c] = status
			case "mode":
				row[c] = mode
			}
		}
		a.Rows = append(a.Rows, row)
	}
	return a
}

func TestPNGTooLarge(t *testing.T) {
	p, err := Of(pairs(2, "held", ""), Options{Image: true})
	if err != nil {
		t.Fatal(err)
	}
	p.lay = func(*Picture) *scene { return &scene{width: 900, height: 40_000} }
	if err := p.PNG(io.Discard); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "900 by 40000; ask for fewer rows, or for SVG") {
		t.Errorf("got %v", err)
	}
}

// TestMapLegendHasTwoGroups keeps what became of a negotiation from being read as
// how they met: where neither a mode is told nor a dash is drawn, both samples
// look alike.
func TestMapLegendHasTwoGroups(t *testing.T) {
	p, err := Of(pairs(1, "held", ""), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Picture{p, p.Narrow()} {
		at := map[string]item{}
		s := p.scene()
		for _, i := range s.items {
			if i.kind == textItem {
				at[i.text] = i
			}
		}
		status, mode := at["What became of it:"], at["How they met:"]
		if status.text == "" || status.x != s.margin || mode.x != s.margin || status.y >= mode.y {
			t.Fatalf("the groups begin at %v, %v and %v, %v", status.x, status.y, mode.x, mode.y)
		}
		if held, how := at["held"], at["how is not told"]; held.y != status.y || how.y != mode.y {
			t.Errorf("held stands at %v, how is not told at %v; their groups begin at %v and %v", held.y, how.y, status.y, mode.y)
		}
	}
}
