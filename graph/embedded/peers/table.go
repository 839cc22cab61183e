package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// measures are the columns of the tables, less being better.
var measures = []string{
	"load s", "load MB", "disk MB", "cop p50 µs", "cop p99 µs", "chain p50 µs", "chain p99 µs",
	"answers p50 µs", "answers p99 µs", "query MB",
}

// own is the store that the others are compared with.
const own = "parley"

// cell is a store at a size: medians over the runs.
type cell struct {
	version  string
	figures  map[string]float64
	measures map[string]float64
	late     string
}

// write prints the tables of results.
func write(w io.Writer, about string, results []result) error {
	var b strings.Builder
	b.WriteString(about)
	for _, n := range sizes(results) {
		order, cells := collect(results, n)
		fmt.Fprintf(&b, "\n## %s events, %s quads\n\n", grouped(n), grouped(8*n))
		table(&b, order, cells, append([]string{"quads/s"}, measures...), func(c cell, measure string) string {
			if measure == "quads/s" {
				return figure(float64(8*n)/c.figures["load s"], c.figures["load s"] > 0)
			}
			v, ok := c.figures[measure]
			return figure(v, ok)
		})
		if base, ok := cells[own]; ok && base.late == "" && len(order) > 1 {
			fmt.Fprintf(&b, "\nTimes what %s takes:\n\n", own)
			table(&b, order, cells, measures, func(c cell, measure string) string {
				v, ok := c.figures[measure]
				ours := base.figures[measure]
				return figure(v/ours, ok && ours > 0)
			})
		}
		if base, ok := cells[own]; ok && len(base.measures) > 0 {
			fmt.Fprintf(&b, "\nOf %s alone:\n\n| measure | figure |\n|---|---|\n", own)
			for _, name := range slices.Sorted(maps.Keys(base.measures)) {
				fmt.Fprintf(&b, "| %s | %s |\n", name, figure(base.measures[name], true))
			}
		}
	}
	b.WriteString("\nVersions: " + versions(results) + ".\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func table(b *strings.Builder, order []string, cells map[string]cell, columns []string, value func(cell, string) string) {
	b.WriteString("| store | " + strings.Join(columns, " | ") + " |\n|---" + strings.Repeat("|---:", len(columns)) + "|\n")
	for _, name := range order {
		b.WriteString("| " + name)
		for _, column := range columns {
			b.WriteString(" | " + value(cells[name], column))
		}
		b.WriteString(" |\n")
	}
	for _, name := range order {
		if late := cells[name].late; late != "" {
			fmt.Fprintf(b, "\n%s was ended: to %s took longer than the limit.\n", name, late)
		}
	}
}

func sizes(results []result) []int {
	var all []int
	for _, r := range results {
		if !slices.Contains(all, r.Events) {
			all = append(all, r.Events)
		}
	}
	return all
}

// collect gives the stores of a size in the order of their first runs.
func collect(results []result, n int) ([]string, map[string]cell) {
	var order []string
	runs := map[string][]result{}
	for _, r := range results {
		if r.Events != n {
			continue
		}
		if runs[r.Peer] == nil {
			order = append(order, r.Peer)
		}
		runs[r.Peer] = append(runs[r.Peer], r)
	}
	cells := map[string]cell{}
	for name, all := range runs {
		c := cell{version: all[0].Version, figures: map[string]float64{}, measures: map[string]float64{}}
		figures, measures := map[string][]float64{}, map[string][]float64{}
		for _, r := range all {
			if r.Late != "" {
				c.late = r.Late
			}
			for k, v := range r.Figures {
				figures[k] = append(figures[k], v)
			}
			for k, v := range r.Measures {
				measures[k] = append(measures[k], v)
			}
		}
		for k, v := range figures {
			c.figures[k] = median(v)
		}
		for k, v := range measures {
			c.measures[k] = median(v)
		}
		cells[name] = c
	}
	return order, cells
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	half := len(all) / 2
	if len(all)%2 == 1 {
		return all[half]
	}
	return (all[half-1] + all[half]) / 2
}

func versions(results []result) string {
	var all []string
	for _, r := range results {
		if r.Version != "" && !slices.Contains(all, r.Version) {
			all = append(all, r.Version)
		}
	}
	return strings.Join(all, "; ")
}

// figure writes a number with three digits that count.
func figure(v float64, ok bool) string {
	switch {
	case !ok:
		return "–"
	case v >= 100:
		return grouped(int(v + 0.5))
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	default:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
}

// grouped writes a whole number with commas.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
