package loader

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cayleygraph/quad"
)

type turtleReader func(context.Context, io.Reader, string, func(quad.Quad) error) error

// turtleQuads reads text as x.ttl.
func turtleQuads(read turtleReader, text string) ([]quad.Quad, error) {
	return turtleFrom(read, strings.NewReader(text))
}

func turtleFrom(read turtleReader, r io.Reader) (quads []quad.Quad, err error) {
	err = read(context.Background(), r, "x.ttl", func(q quad.Quad) error {
		quads = append(quads, q)
		return nil
	})
	return quads, err
}

// sameGraph compares sets of quads but for the labels of their blank nodes.
func sameGraph(t interface {
	Helper()
	Fatalf(string, ...any)
}, got, want []quad.Quad,
) {
	t.Helper()
	if g, w := unlabelled(got), unlabelled(want); !slices.Equal(g, w) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(g, "\n"), strings.Join(w, "\n"))
	}
}

// unlabelled gives quads in a form in which a blank node is called after what is
// said of it, and of what it is said, as far as it reaches.
func unlabelled(quads []quad.Quad) []string {
	names := make(map[quad.BNode]string)
	for _, q := range quads {
		for _, v := range []quad.Value{q.Subject, q.Object, q.Label} {
			if b, ok := v.(quad.BNode); ok {
				names[b] = ""
			}
		}
	}
	line := func(q quad.Quad, self quad.Value) string {
		var b strings.Builder
		for _, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
			node, blank := v.(quad.BNode)
			switch {
			case blank && v == self:
				b.WriteString("_:self ")
			case blank:
				fmt.Fprintf(&b, "_:%s ", names[node])
			default:
				fmt.Fprintf(&b, "%#v ", v)
			}
		}
		return b.String()
	}
	for range min(len(names), 12) {
		said := make(map[quad.BNode][]string)
		for _, q := range quads {
			for _, v := range []quad.Value{q.Subject, q.Object, q.Label} {
				if b, ok := v.(quad.BNode); ok {
					said[b] = append(said[b], line(q, b))
				}
			}
		}
		next := make(map[quad.BNode]string)
		for b, lines := range said {
			slices.Sort(lines)
			next[b] = fmt.Sprintf("%.6x", sha256.Sum256([]byte(strings.Join(slices.Compact(lines), "\n"))))
		}
		names = next
	}
	var lines []string
	for _, q := range quads {
		lines = append(lines, line(q, nil))
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
