package loader

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"parley/graph"
)

var _ = registerFormat(&Format{
	Name: "icews", Title: "ICEWS coded events", Endings: []string{".tab"}, Rows: true, reports: true,
	Meaning: "each row as a report of a meeting, a move, a statement or another act, from the sentence of the story that it was read from; the event's CAMEO code and PLOVER type are kept, its intensity and the sectors of actors are not",
	tells: func(head []byte) likeness {
		if bytes.HasPrefix(firstLine(head), []byte(strings.Join(icewsColumns[:3], "\t"))) {
			return unmatched
		}
		return unlike
	},
	read: func(ctx context.Context, in *reading) error {
		header, lines, err := in.readHeader()
		if err != nil {
			return err
		}
		if header == nil {
			return &Mistake{File: in.file(), Problem: "the file has no header; its columns are " + strings.Join(icewsColumns, ", ")}
		}
		if err := icewsHeader(string(header)); err != nil {
			err.File, err.Line = in.file(), lines
			return err
		}
		r := rows{format: "icews", header: bytes.Clone(header), skip: lines}
		return in.readReports(ctx, icews, r, icewsColumns[icewsID], icewsRow)
	},
})

// icewsColumns are those of the files of ICEWS on Harvard's Dataverse, in order.
var icewsColumns = []string{
	"Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code", "Intensity",
	"Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher",
	"City", "District", "Province", "Country", "Latitude", "Longitude",
}

const (
	icewsID       = 0
	icewsDate     = 1
	icewsSource   = 2
	icewsCode     = 6
	icewsTarget   = 8
	icewsStory    = 11
	icewsSentence = 12
	icewsPaper    = 13
	icewsCity     = 14
	icewsCountry  = 17
)

func icewsHeader(line string) *Mistake {
	var f fields
	f.cut(line)
	for i, name := range icewsColumns {
		switch {
		case i >= f.n:
			return &Mistake{Column: 1, Problem: "the header lacks " + strings.Join(icewsColumns[i:], ", ")}
		case f.field(i) != name:
			return f.wrong(i, name, "the column of this place is called so, not %.40q", f.field(i))
		}
	}
	if f.n > len(icewsColumns) {
		return f.wrong(len(icewsColumns), "", "%.40q is one too many: ICEWS has %d columns and no more", f.field(len(icewsColumns)), len(icewsColumns))
	}
	return nil
}

// icewsRow reads a row.
func icewsRow(line string, e *event) error {
	var f fields
	f.cut(line)
	if f.n != len(icewsColumns) {
		return &Mistake{Column: 1, Problem: "the row has " + counted(f.n, "column") + "; ICEWS has " + strconv.Itoa(len(icewsColumns)) + ", with tabs between them"}
	}
	for _, n := range []int{icewsID, icewsStory} {
		if !isNumber(f.field(n)) {
			return f.wrong(n, icewsColumns[n], "%.40q is not a whole number without leading zeros", f.field(n))
		}
	}
	e.number, e.date, e.code = f.field(icewsID), f.field(icewsDate), f.field(icewsCode)
	if !isDay(e.date) {
		return f.wrong(icewsDate, icewsColumns[icewsDate], "%.40q is not a day of the calendar; write it as 2018-06-02", e.date)
	}
	if e.cameo = cameoOf(e.code); e.cameo == nil {
		return f.wrong(icewsCode, icewsColumns[icewsCode], "%.40q is not a CAMEO code of two to four digits, such as 042", e.code)
	}
	sentence := f.field(icewsSentence)
	if !isNumber(sentence) || sentence == "0" {
		return f.wrong(icewsSentence, icewsColumns[icewsSentence], "%.40q is not a whole number from 1 without leading zeros", sentence)
	}
	e.agent, e.target = icewsActorText(&f, icewsSource), icewsActorText(&f, icewsTarget)
	e.place = placeText{f.span(icewsCity, icewsCountry), icewsPlace}
	e.source = source{
		all: f.span(icewsStory, icewsPaper), slug: "icews-" + f.field(icewsStory), title: "ICEWS story " + f.field(icewsStory), sentence: sentence,
		publisher: told(f.field(icewsPaper)), published: e.date,
		publishedBasis: "the day of the event, the only one that ICEWS gives",
	}
	return nil
}

// told is a text of ICEWS, which writes NA for none.
func told(text string) string {
	if text = strings.TrimSpace(text); text == "NA" {
		return ""
	}
	return text
}

func icewsActorText(f *fields, name int) actorText {
	if told(f.field(name)) == "" {
		return actorText{}
	}
	return actorText{f.span(name, name+2), icewsActor}
}

// icewsActor reads the name, sectors and country of an actor.
func icewsActor(k *known, text string) who {
	cells := strings.Split(text, "\t")
	country := told(cells[2])
	w := who{name: told(cells[0]), country: k.countryNamed(graph.Fold(country)), code: country, state: true}
	if w.country != "" {
		w.code = strings.ToUpper(w.country.Slug())
	}
	return w
}

// icewsPlace reads the city, district, province and country of a place.
func icewsPlace(text string) where {
	cells := strings.Split(text, "\t")
	w := where{city: told(cells[0]), province: told(cells[2]), country: told(cells[3])}
	if w.city == "" && w.province == "" {
		w.province = told(cells[1])
	}
	var parts []string
	for _, part := range []string{w.city, w.province, w.country} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	w.name = strings.Join(parts, ", ")
	return w
}
