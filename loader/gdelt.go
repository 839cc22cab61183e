package loader

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

var _ = registerFormat(&Format{
	Name: "gdelt", Title: "GDELT events, 1.0 and 2.0", Endings: []string{".csv"}, Rows: true, reports: true,
	Meaning: "each row as a report of a meeting, a move, a statement or another act, from the page that it was read from; the event's CAMEO code and PLOVER type are kept, its figures (Goldstein scale, tone, mentions) are not",
	tells:   gdeltLike,
	read: func(ctx context.Context, in *reading) error {
		if mark, _ := in.Peek(len(bom)); string(mark) == bom {
			_, _ = in.Discard(len(bom))
		}
		return in.readReports(ctx, gdelt, rows{format: "gdelt"}, "GLOBALEVENTID", gdeltRow)
	},
})

// gdeltColumns are the places of columns, counted from 0, of which the versions
// of GDELT differ.
type gdeltColumns struct{ placeType, placeName, placeID, added, url int }

// gdeltVersions are by the number of columns. Before April 2013 GDELT 1.0 had
// no address.
var gdeltVersions = map[int]gdeltColumns{
	57: {49, 50, 55, 56, -1},
	58: {49, 50, 55, 56, 57},
	61: {51, 52, 58, 59, 60},
}

// gdeltLike knows a row by its columns, of which the first is a number and the
// second a day.
func gdeltLike(head []byte) likeness {
	for line := range bytes.Lines(head) {
		if len(bytes.TrimSpace(line)) == 0 || line[0] == '#' {
			continue
		}
		// firstLine would trim the last columns, which may be empty.
		cells := bytes.Split(bytes.TrimRight(line, "\r\n"), []byte("\t"))
		_, ok := gdeltVersions[len(cells)]
		if ok && isNumber(string(cells[0])) && len(cells[1]) == 8 && isNumber(string(cells[1])) {
			return unmatched
		}
		break
	}
	return unlike
}

// gdeltRow reads a row.
func gdeltRow(line string, e *event) error {
	var f fields
	f.cut(line)
	columns, ok := gdeltVersions[f.n]
	if !ok {
		return &Mistake{Column: 1, Problem: "the row has " + counted(f.n, "column") + "; GDELT 2.0 has 61 and GDELT 1.0 has 58 or 57, with tabs between them"}
	}
	if e.number = f.field(0); !isNumber(e.number) {
		return f.wrong(0, "GLOBALEVENTID", "%.40q is not a whole number without leading zeros", e.number)
	}
	if e.date, ok = gdeltDay(f.field(1)); !ok {
		return f.wrong(1, "SQLDATE", "%.40q is not a day of the calendar; write it as 20180602", f.field(1))
	}
	e.code = f.field(26)
	if e.cameo = cameoOf(e.code); e.cameo == nil {
		return f.wrong(26, "EventCode", "%.40q is not a CAMEO code of two to four digits, such as 042; without one nothing tells what happened", e.code)
	}
	added := f.field(columns.added)
	day, ok := "", len(added) == len("20180602") || len(added) == len("20180602141500") && isDigits(added)
	if ok {
		day, ok = gdeltDay(added[:8])
	}
	if !ok {
		return f.wrong(columns.added, "DATEADDED", "%.40q is not a day of the calendar, with or without a time; write it as 20180602 or 20180602141500", added)
	}
	if f.span(5, 7) != "\t\t" {
		e.agent = actorText{f.span(5, 7), gdeltActor}
	}
	if f.span(15, 17) != "\t\t" {
		e.target = actorText{f.span(15, 17), gdeltActor}
	}
	if name := f.field(columns.placeName); strings.TrimSpace(name) != "" {
		e.place = placeText{f.span(columns.placeType, columns.placeID), gdeltPlace}
	}
	e.source = source{all: added, published: day, publishedBasis: "the day on which GDELT added the event"}
	if columns.url >= 0 {
		e.source.all = f.span(columns.added, columns.url)
		gdeltPage(&e.source, strings.TrimSpace(f.field(columns.url)))
	}
	if e.source.slug == "" {
		e.source.slug = "gdelt-" + added[:8]
		e.source.title = "GDELT's events added on " + day
	}
	return nil
}

// gdeltPage reads where an event was read: an address, or for what is not on the
// web a title.
func gdeltPage(s *source, url string) {
	if url == "" {
		return
	}
	sum := sha256.Sum256([]byte(url))
	s.slug = "gdelt-" + hex.EncodeToString(sum[:8])
	s.title = url // nothing else says what a page is
	if checkURL(url) != nil {
		return
	}
	s.url = url
	_, host, _ := strings.Cut(url, "://")
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	host = strings.ToLower(host[strings.LastIndexByte(host, '@')+1:])
	host, _, _ = strings.Cut(host, ":")
	if host = strings.TrimPrefix(host, "www."); isHost(host) {
		s.publisher = host
	}
}

// gdeltDay reads a day of eight digits.
func gdeltDay(s string) (string, bool) {
	if len(s) != len("20180602") {
		return "", false
	}
	day := s[:4] + "-" + s[4:6] + "-" + s[6:]
	return day, isDay(day)
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// gdeltActor reads the code, name and country of an actor. What the code of one
// adds to the country's tells that it is not the state, unless it is GOV.
func gdeltActor(_ *known, text string) who {
	code, rest, _ := strings.Cut(text, "\t")
	name, country, _ := strings.Cut(rest, "\t")
	code, name, country = strings.TrimSpace(code), strings.TrimSpace(name), strings.TrimSpace(country)
	if country == "" && len(code) == 3 {
		country = code
	}
	if code == "" {
		code = country
	}
	return who{
		name: name, code: code, country: allCountries().byCode[country],
		state: code == country || name != "" && code == country+"GOV",
	}
}

// The types of places in GDELT, besides countries and cities.
const (
	gdeltState    = "2" // of the United States
	gdeltCountry  = "1"
	gdeltProvince = "5"
)

// gdeltPlace reads the type of a place, its name in full and, last, its number
// in a gazetteer.
func gdeltPlace(text string) where {
	cells := strings.Split(text, "\t")
	w := where{name: strings.TrimSpace(cells[1]), code: strings.TrimSpace(cells[len(cells)-1])}
	parts := strings.Split(w.name, ", ")
	w.country = parts[len(parts)-1]
	parts = parts[:len(parts)-1]
	switch cells[0] {
	case gdeltCountry:
		w.country = w.name
	case gdeltState, gdeltProvince:
		w.province, w.others = strings.Join(parts, ", "), true
	default:
		if len(parts) > 0 {
			w.city, w.province = parts[0], strings.Join(parts[1:], ", ")
		}
	}
	return w
}
