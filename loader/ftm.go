package loader

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// FollowTheMoney (https://followthemoney.tech) is the model of OpenSanctions
// and OCCRP: entities, each a line of JSON with an id, a schema and properties
// that are lists of texts.
//
// A line may be a fragment; all that have one id are one entity, with the values
// of all. So the lines are sorted first (ftm_row.go), then entities are put
// together and what they refer to is looked up (ftm_join.go), and only then is
// it known what each says here (ftm_quads.go).
var _ = registerFormat(&Format{
	Name: "ftm", Title: "FollowTheMoney", Endings: []string{".ftm", ".ijson", ".jsonl", ".ndjson"}, Rows: true,
	Meaning: "entities of FollowTheMoney, one a line: people, organizations, positions and who held them, events, articles and documents; " +
		"what they have no place for here is counted and told",
	Out: &Exporter{
		MediaType: "application/x-ndjson", Extension: ".ftm", Write: exportFTM,
		Meaning: "entities of FollowTheMoney, one a line, which parley load reads: people, organizations, offices, meetings and other acts with their sources; what a meeting was and whether it took place, measures, rates and phases it has no place for",
	},
	Template: ftmTemplate,
	tells:    ftmLike,
	read:     readFTM,
})

const ftmTemplate = `# One entity a line: an id, a schema and properties, each a list of texts.
{"id": "example-ann", "schema": "Person", "properties": {"name": ["Ann Example"], "alias": ["A. Example"], "proof": ["example-article"]}}
{"id": "example-ministry", "schema": "PublicBody", "properties": {"name": ["Ministry of Examples"], "country": ["ch"], "sourceUrl": ["https://ministry.example/"]}}
{"id": "example-minister", "schema": "Position", "properties": {"name": ["Minister of Examples"], "organization": ["example-ministry"], "sourceUrl": ["https://ministry.example/"]}}
{"id": "example-tenure", "schema": "Occupancy", "properties": {"holder": ["example-ann"], "post": ["example-minister"], "startDate": ["2018-03"], "endDate": ["2019-05-31"], "proof": ["example-article"]}}
# An event is another act, unless a keyword makes it a meeting.
{"id": "example-talks", "schema": "Event", "properties": {"name": ["Talks on examples"], "keywords": ["parley:Meeting"], "date": ["2019-04-02"], "location": ["Bern"], "involved": ["example-ann", "example-ministry"], "proof": ["example-article"]}}
{"id": "example-article", "schema": "Article", "properties": {"title": ["Talks on examples begin"], "publisher": ["Example Post"], "publishedAt": ["2019-04-02"], "sourceUrl": ["https://post.example/talks"]}}
`

// ftmLike knows an entity by its keys.
func ftmLike(head []byte) likeness {
	line := firstLine(head)
	if len(line) == 0 || line[0] != '{' {
		return unlike
	}
	dec := jsontext.NewDecoder(bytes.NewReader(line))
	if _, err := dec.ReadToken(); err != nil {
		return unlike
	}
	found := 0
	for found < 3 {
		key, err := dec.ReadToken()
		if err != nil || key.Kind() != '"' {
			break
		}
		name := key.String()
		kind := dec.PeekKind()
		if (name == "id" || name == "schema") && kind == '"' || name == "properties" && kind == '{' {
			found++
		}
		if dec.SkipValue() != nil {
			break
		}
	}
	switch found {
	case 3:
		return unmatched
	case 2: // the line may be longer than the beginning of the file
		return alike
	}
	return unlike
}

// readFTM reads entities.
func readFTM(ctx context.Context, in *reading) error {
	r := &ftmReading{reading: in, ctx: ctx, counts: make(map[string]int)}
	r.say.emit, _ = in.addStatements(ctx)
	err := in.readRows(ctx, rows{format: "ftm", reader: func() rowReader { return &ftmRow{ftmReading: r} }})
	// With bad rows nothing is loaded, unless some may be left out.
	if err == nil && (in.bad.most > 0 || len(in.bad.found.first) == 0) {
		err = r.join()
	}
	if err == nil && len(r.counts) > 0 {
		in.note("not kept: %s", r.counted())
	}
	return r.close(err)
}

// ftmReading is one reading of entities.
type ftmReading struct {
	*reading
	ctx context.Context

	mu        sync.Mutex // guards the next two while rows are read
	fragments sorter
	counts    map[string]int // of what is not kept

	asks, joined sorter // see join
	say          ftmQuads
	scope        string // names the file, "" before it is asked for
}

// mostCounts bounds the kinds of things that are not kept, for their names may be
// anything.
const mostCounts = 500

// count notes something that is not kept. The caller holds mu while rows are
// read.
func (r *ftmReading) count(what string) {
	if _, known := r.counts[what]; !known && len(r.counts) >= mostCounts {
		what = "values of other names"
	}
	r.counts[what]++
}

// counted lists what is not kept, in the order of its names.
func (r *ftmReading) counted() string {
	var all []string
	for _, what := range slices.Sorted(maps.Keys(r.counts)) {
		n := r.counts[what]
		if n == 1 {
			noun, rest, _ := strings.Cut(what, " ")
			what = map[string]string{"entities": "entity", "values": "value", "references": "reference", "dates": "date"}[noun] + " " + rest
		}
		all = append(all, fmt.Sprintf("%d %s", n, what))
	}
	return strings.Join(all, "; ")
}

// lost notes a value of a property that is not kept.
func (r *ftmReading) lost(s *ftmSchema, property string) {
	if len(property) > 60 {
		property = fmt.Sprintf("%.60q…", property)
	}
	r.count("values of " + s.name + "." + property)
}
