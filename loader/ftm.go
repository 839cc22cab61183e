package loader

import (
	"bytes"
	"context"
	"errors"
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
// of all. So the lines of all files are sorted first (ftm_row.go), then entities
// are put together and what they refer to is looked up (ftm_join.go), and only
// then is it known what each says here (ftm_quads.go). How entities are shared
// out among files, and in what order, makes no difference.
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
	// After the formats of quads, which entities may refer to.
	turn: func(*Input) int { return 1 },
	read: readFTM,
	end:  endFTM,
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

// readFTM takes the lines of a file.
func readFTM(ctx context.Context, in *reading) error {
	if in.ftm == nil {
		in.ftm = &ftmLoad{load: in.loading, ctx: ctx}
		in.ftm.say.emit, _ = in.addStatements(ctx)
	}
	r := in.ftm
	file := &ftmFile{number: len(r.files), input: in.input, loaded: in.loaded, counts: make(map[string]int)}
	r.files = append(r.files, file)
	err := in.readRows(ctx, rows{format: "ftm", reader: func() rowReader { return &ftmRow{ftmLoad: r, ftmFile: file} }})
	// With bad rows nothing is loaded, unless some may be left out.
	r.broken = r.broken || err != nil || in.bad.most == 0 && len(in.bad.found.first) > 0
	return err
}

// endFTM adds what the entities of all files say.
func endFTM(l *loading) error {
	r := l.ftm
	if r.broken {
		return nil
	}
	if err := r.found.join(r.join()); err != nil {
		return err
	}
	for _, file := range r.files {
		if len(file.counts) > 0 {
			file.loaded.note("not kept: %s", file.counted())
		}
	}
	if n := len(r.files); n > 1 {
		r.files[n-1].loaded.note("what all %d files of entities add is counted here, for they are put together", n)
	}
	return nil
}

// ftmLoad is what the files of entities of one load share.
type ftmLoad struct {
	load   *loading
	ctx    context.Context
	files  []*ftmFile
	broken bool // a file could not be read whole

	mu        sync.Mutex // guards the next, and a file's counts, while rows are read
	fragments sorter

	asks, joined sorter // see join
	found        nqMistakes
	say          ftmQuads
}

func (r *ftmLoad) close() {
	// What is left of a file for sorting is the system's to remove.
	_ = errors.Join(r.fragments.close(), r.asks.close(), r.joined.close())
}

// ftmFile is a file of entities.
type ftmFile struct {
	number int // in ftmLoad.files
	input  *Input
	loaded *Loaded
	counts map[string]int // of what is not kept
	named  string         // by its content, "" before that is asked for
}

// scope names the file by its content, which is read for it once more.
func (f *ftmFile) scope() (string, error) {
	if f.named == "" {
		scope, err := f.input.scope()
		if err != nil {
			return "", err
		}
		f.named = strings.Trim(scope, "-")
	}
	return f.named, nil
}

// mostCounts bounds the kinds of things that are not kept, for their names may be
// anything.
const mostCounts = 500

// count notes something that is not kept. The caller holds ftmLoad.mu while rows
// are read.
func (f *ftmFile) count(what string) {
	if _, known := f.counts[what]; !known && len(f.counts) >= mostCounts {
		what = "values of other names"
	}
	f.counts[what]++
}

// counted lists what is not kept, in the order of its names.
func (f *ftmFile) counted() string {
	var all []string
	for _, what := range slices.Sorted(maps.Keys(f.counts)) {
		n := f.counts[what]
		if n == 1 {
			noun, rest, _ := strings.Cut(what, " ")
			what = map[string]string{"entities": "entity", "values": "value", "references": "reference", "dates": "date"}[noun] + " " + rest
		}
		all = append(all, fmt.Sprintf("%d %s", n, what))
	}
	return strings.Join(all, "; ")
}

// lost notes a value of a property that is not kept.
func (f *ftmFile) lost(s *ftmSchema, property string) {
	if len(property) > 60 {
		property = fmt.Sprintf("%.60q…", property)
	}
	f.count("values of " + s.name + "." + property)
}
