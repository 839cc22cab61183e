package web

import (
	"parley/graph"
	"parley/queries"
)

// officeBar is one office of an actor on the axis of time, in thousandths of
// it.
type officeBar struct {
	Office  span
	During  string
	X, W    int
	Open    bool // nobody is known to have followed
	Undated bool
}

// officeBars are the offices of an actor over time, and the years at which the
// axis begins and ends.
type officeBars struct {
	Bars        []officeBar
	First, Last string
}

// newOfficeBars takes the offices from an answer to the query actor. Those that
// are held still go on to the latest day that is known.
func newOfficeBars(a *queries.Answer, l links, latest graph.Day) *officeBars {
	fact, node := a.Query.ColumnOf(queries.Column{Name: "fact", Kind: queries.WordColumn}), a.Query.ColumnOf(queries.Column{Kind: queries.NodeColumn})
	when := a.Query.ColumnOf(queries.Column{Kind: queries.DateColumn})
	if fact < 0 || node < 0 || when < 0 {
		return nil
	}
	b := &officeBars{}
	lo, hi := graph.MaxDay, graph.MinDay
	var dates []graph.Date
	for _, row := range a.Rows {
		office, ok := row[node].(graph.Ref)
		if row[fact] != "office" || !ok {
			continue
		}
		date, _ := row[when].(graph.Date)
		if !date.IsZero() {
			lo, hi = min(lo, date.Start()), max(hi, date.Start(), date.End())
		}
		dates = append(dates, date)
		if date.Latest() == graph.MaxDay && !date.IsZero() {
			hi = max(hi, latest)
		}
		b.Bars = append(b.Bars, officeBar{Office: span{Text: office.Name, URL: l.Node(office.ID)}, During: date.Words()})
	}
	if len(b.Bars) == 0 {
		return nil
	}
	const day, year = 1, 366
	length := max(int(hi)-int(lo)+day, year)
	for i, date := range dates {
		bar := &b.Bars[i]
		if date.IsZero() {
			bar.During, bar.Undated = "at a time that no source gives", true
			continue
		}
		end := date.End()
		if date.Latest() == graph.MaxDay {
			end, bar.Open = lo+graph.Day(length-1), true
		}
		bar.X = 1000 * (int(date.Start()) - int(lo)) / length
		bar.W = max(1000*(int(end)-int(date.Start())+1)/length, 4)
	}
	if lo <= hi {
		b.First, b.Last = lo.String()[:4], (lo + graph.Day(length-1)).String()[:4]
	}
	return b
}
