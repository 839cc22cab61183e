package loader

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/cayleygraph/quad"
)

// benchmarkTurtle has the statements of benchmarkText as Turtle is usually
// written.
func benchmarkTurtle() string {
	var b strings.Builder
	b.WriteString("@prefix ex: <http://example.org/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n")
	for i := range 20000 {
		fmt.Fprintf(&b, "\n<http://example.org/event/%d> a ex:Visit ;\n", i)
		fmt.Fprintf(&b, "    ex:by <http://example.org/actor/%d> ;\n", i*7%5000)
		fmt.Fprintf(&b, "    ex:at ex:place%d ;\n", i%300)
		fmt.Fprintf(&b, "    ex:on \"2018-06-%02d\"^^xsd:date ;\n", i%30+1)
		fmt.Fprintf(&b, "    ex:title \"Wilbur Ross visits Beijing, part %d\"@en .\n", i)
	}
	return b.String()
}

func BenchmarkReadTurtle(b *testing.B) {
	for name, text := range map[string]string{"turtle": benchmarkTurtle(), "ntriples": strings.ReplaceAll(benchmarkText(), " <http://example.org/g> .", " .")} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if err := ReadTurtle(context.Background(), strings.NewReader(text), "", func(quad.Quad) error { n++; return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "quads/s")
		})
	}
}
