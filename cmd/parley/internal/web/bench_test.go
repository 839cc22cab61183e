package web

import (
	"net/http"
	"testing"
)

// BenchmarkAnswers measures what an answer of each kind takes within the server,
// as a browser asks for it.
func BenchmarkAnswers(b *testing.B) {
	s := server(b, nil)
	for _, address := range []string{
		"/", "/queries/retaliation-chains", "/nodes/person/liu-he", "/graph?node=person/liu-he", "/nodes/article/000_5968a405b1adab4b",
		"/api/v1/queries/retaliation-chains", "/api/v1/queries/retaliation-chains?format=svg", "/api/v1/nodes/person/liu-he", "/api/v1/search?q=tru",
	} {
		b.Run(address, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := get(s, address, "Accept-Encoding", "gzip"); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
