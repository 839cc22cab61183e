package web

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"parley/data"
)

// The pages of what only the whole trade war has: the latest of more than the home
// page shows, rates over time, deals and
// what was promised in them, who led, and the node of an agreement.
func TestTradeWarPages(t *testing.T) {
	s := server(t, func(c *Config) { c.Graph = ofSet(t, data.All()) })
	for address, wants := range map[string][]string{
		"/": {
			`negotiations, 20\d\d-\d\d to 2026`, `acts in \d+ chains, 20\d\d-\d\d to 2026`,
			`Drawn from the latest \d+ of \d+ rows; earlier ones are left out · <a href="/queries/negotiated-with\?status=any">the whole answer`,
			`earlier ones are left out · <a href="/queries/retaliation-chains">the whole answer`,
		},
		"/queries/rate-history?agent=country/usa&target=country/chn": {`<svg[^>]*class="parley-picture`, "United States on goods of China", `all goods 145%, the highest`},
		"/queries/truces?agreement=agreement/2018-12-01-buenos-aires-truce": {
			`href="/nodes/agreement/2018-12-01-buenos-aires-truce"`, "broken or ended: US increase of the tariffs on",
		},
		"/queries/negotiator-terms?side=country/chn":         {`href="/nodes/person/liu-he"`, `href="/nodes/office/chn-vice-premier"`},
		"/nodes/agreement/2018-12-01-buenos-aires-truce":     {"What was promised", "What it led to", "What led to it"},
		"/nodes/commitment/2018-12-01-chn-controls-fentanyl": {"agreement/2018-12-01-buenos-aires-truce"},
		"/queries/retaliation-chains?from=move/2018-03-22-usa-threatens-tariff-50-billion&to=agreement/2025-11-01-busan&paths=shortest": {
			`href="/nodes/agreement/2025-11-01-busan"`, "carries-out",
			`<li><a href="/nodes/reference/[^"]*">[^<]*</a> <span class="where">Agence France-Presse, 2018-03-24 or later</span> <a href="http://www.eaglenews.ph/[^"]*" rel="noopener noreferrer">page at eaglenews.ph</a>`,
		},
	} {
		w := get(s, address)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", address, w.Code)
			continue
		}
		for _, want := range wants {
			if !regexp.MustCompile(want).Match(w.Body.Bytes()) {
				t.Errorf("%s: nothing fits %s", address, want)
			}
		}
	}
}

// BenchmarkTradeWarPage is the page of the largest answer.
func BenchmarkTradeWarPage(b *testing.B) {
	s := server(b, func(c *Config) { c.Graph = ofSet(b, data.All()) })
	for b.Loop() {
		if w := get(s, "/queries/retaliation-chains"); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(time.Millisecond), "ms/page")
}
