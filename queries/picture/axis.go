package picture

import (
	"fmt"
	"math"
	"slices"
	"time"

	"parley/graph"
)

// stretch is a part of the axis of time without a long pause in it, in units of
// length along the axis.
type stretch struct {
	first, last graph.Day
	from, to    float64
	// pause says how long nothing happened before it, "" for the first.
	pause string
}

// longPause is what the axis does not draw: so many days without anything.
const longPause = 200

// stretches cuts days, in order, where years pass without any.
func stretches(days []graph.Day) []stretch {
	var list []stretch
	for _, d := range days {
		if n := len(list); n > 0 && d-list[n-1].last <= longPause {
			list[n-1].last = d
		} else {
			next := stretch{first: d, last: d}
			if n > 0 {
				next.pause = pauseWords(int(d - list[n-1].last))
			}
			list = append(list, next)
		}
	}
	return list
}

// pauseWords tells how long a pause is, about.
func pauseWords(days int) string {
	if months := int(math.Round(float64(days) / 30.44)); months < 18 {
		return fmt.Sprintf("%d months", months)
	}
	return fmt.Sprintf("%.1f years", float64(days)/365.25)
}

// dayAt is where a day lies on the axis.
func dayAt(list []stretch, d graph.Day) float64 {
	for _, s := range list {
		if d <= s.last {
			return s.from + float64(max(d, s.first)-s.first)/float64(max(s.last-s.first, 1))*(s.to-s.from)
		}
	}
	return list[len(list)-1].to
}

// tick is a day that the axis names.
type tick struct {
	day  graph.Day
	name string
}

// ticks are the days of a stretch that are named, with so much room for each
// name: its first, those on which something happens after a while without, the
// firsts of months, quarters or years, and then whatever day of those given has
// room.
func (s stretch) ticks(days []graph.Day, room float64) []tick {
	perDay := (s.to - s.from) / float64(max(s.last-s.first, 1))
	list := []tick{{s.first, s.first.String()}}
	add := func(d graph.Day, name string) {
		if d < s.first || d > s.last || slices.ContainsFunc(list, func(t tick) bool { return math.Abs(float64(d-t.day))*perDay < room }) {
			return
		}
		list = append(list, tick{d, name})
	}
	before := s.first
	for _, d := range days {
		if float64(d-before)*perDay >= 2*room {
			add(d, d.String())
		}
		before = max(d, s.first)
	}
	for _, months := range []int{1, 3, 12, 60} {
		if perDay*30*float64(months) < room {
			continue
		}
		for _, d := range firsts(s.first, s.last, months) {
			if months >= 12 {
				add(d, d.String()[:4])
			} else {
				add(d, d.String()[:7])
			}
		}
		break
	}
	for _, d := range days {
		add(d, d.String())
	}
	return list
}

// firsts are the first days of every so many months between two days.
func firsts(from, to graph.Day, months int) []graph.Day {
	t, err := time.Parse(time.DateOnly, from.String())
	if err != nil {
		return nil // a day before the first that a calendar has
	}
	month := (int(t.Month()) - 1) / min(months, 12) * min(months, 12)
	year := t.Year()
	if months > 12 {
		year -= year % (months / 12)
	}
	var list []graph.Day
	const most = 2000
	for range most {
		d := graph.DayOf(time.Date(year, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC))
		if d > to {
			break
		}
		if d >= from {
			list = append(list, d)
		}
		month += months
		year, month = year+month/12, month%12
	}
	return list
}

// daysOf are the days on which marks are placed, in order, each once.
func daysOf(marks []Mark) []graph.Day {
	var days []graph.Day
	for _, m := range marks {
		if !m.Date.IsZero() {
			days = append(days, m.Date.Start())
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}
