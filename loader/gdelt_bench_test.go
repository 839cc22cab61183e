package loader_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/loader"
)

// writeGDELT writes rows as GDELT 2.0 has them: pages of four events each, a few
// thousand actors and places.
func writeGDELT(t testing.TB, name string, rows int) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	codes := []string{"010", "020", "036", "040", "042", "043", "046", "051", "111", "120", "130", "141", "163", "173", "190"}
	countries := []string{"USA", "CHN", "DEU", "FRA", "RUS", "BRA", "CAN", "KOR"}
	for i := range rows {
		cells := make([]string, 61)
		cells[0], cells[1] = fmt.Sprint(700_000_000+i), fmt.Sprintf("2018%02d%02d", i/1000%12+1, i/100%28+1)
		for n, at := range []int{5, 15} {
			k := (i*7919 + n*104_729) % 3000
			country := countries[k%len(countries)]
			cells[at], cells[at+1], cells[at+2] = country+"GOV", fmt.Sprintf("DELEGATE %d", k), country
		}
		cells[26] = codes[i%len(codes)]
		cells[51], cells[52], cells[53], cells[58] = "4", fmt.Sprintf("Town %d, Province, China", i*31%2000), "CH", fmt.Sprint(-i*31%2000)
		cells[59], cells[60] = "20180101000000", fmt.Sprintf("https://www.paper%d.example/news/%d/story-%d", i/4%500, i/4, i/4)
		_, _ = w.WriteString(strings.Join(cells, "\t") + "\n")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// Rows into a store, beside the same quads as N-Quads.
func BenchmarkGDELT(b *testing.B) {
	const rows = 100_000
	dir := b.TempDir()
	events, quads := filepath.Join(dir, "events.csv"), filepath.Join(dir, "events.nq")
	writeGDELT(b, events, rows)
	g := openGraph(b)
	if _, err := load(g, []string{events}); err != nil {
		b.Fatal(err)
	}
	f, err := os.Create(quads)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	count := 0
	for q, err := range g.Quads(context.Background()) {
		if err != nil {
			b.Fatal(err)
		}
		line, err := loader.AppendQuad(nil, q)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = w.Write(append(line, '\n'))
		count++
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	_ = f.Close()
	for _, file := range []string{events, quads} {
		b.Run(filepath.Ext(file)[1:], func(b *testing.B) {
			for b.Loop() {
				g := openGraph(b)
				if _, err := load(g, []string{file}); err != nil {
					b.Fatal(err)
				}
				_ = g.Close()
			}
			b.ReportMetric(float64(count*b.N)/b.Elapsed().Seconds(), "quads/s")
		})
	}
}
