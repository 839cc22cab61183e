package loader

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/graph"
	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// The figures in loader/README.md are taken by testdata/measure/run, with these.
var (
	generate = flag.String("generate", "", "write a made-up file of each format to this folder")
	size     = flag.Int64("size", 1<<30, "bytes of each file")
	measure  = flag.String("measure", "", "read this file, and tell how fast")
)

// madeUp writes one record after another of each format: about the same events,
// 2018 to 2025, between actors of whom some are known.
var madeUp = map[string]struct {
	head   string
	record func(r *rand.Rand, i int) string
}{
	"events.nq": {record: func(r *rand.Rand, i int) string {
		e := fmt.Sprintf("<http://x.example/event/%d>", i)
		g := fmt.Sprintf("<http://x.example/page/%d>", i/3)
		return fmt.Sprintf("%[1]s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Event> %[2]s .\n%[1]s <https://schema.org/startDate> \"%[3]s\"^^<http://www.w3.org/2001/XMLSchema#date> %[2]s .\n%[1]s <https://schema.org/organizer> <http://x.example/actor/%[4]d> %[2]s .\n%[1]s <https://schema.org/attendee> <http://x.example/actor/%[5]d> %[2]s .\n%[1]s <https://schema.org/name> \"Talks, the %[6]dth: \\u00FCber \\\"Zölle\\\"\"@en %[2]s .\n",
			e, g, madeUpDay(r).Format(time.DateOnly), r.IntN(5000), r.IntN(5000), i)
	}},
	"events.ttl": {head: "@prefix x: <http://x.example/> .\n@prefix schema: <https://schema.org/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n", record: madeUpTurtle("")},
	"events.trig": {head: "@prefix x: <http://x.example/> .\n@prefix schema: <https://schema.org/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n", record: func(r *rand.Rand, i int) string {
		return fmt.Sprintf("<http://x.example/page/%d> {\n%s}\n", i/3, madeUpTurtle("  ")(r, i))
	}},
	"events.jsonld": {head: "{\"@context\": {\"schema\": \"https://schema.org/\", \"x\": \"http://x.example/\"}, \"@graph\": [\n{\"@id\": \"x:begin\", \"schema:name\": \"made up\"}\n", record: func(r *rand.Rand, i int) string {
		return fmt.Sprintf(",{\"@id\": \"http://x.example/event/%d\", \"@type\": \"schema:Event\", \"schema:startDate\": {\"@value\": \"%s\", \"@type\": \"schema:Date\"}, \"schema:organizer\": {\"@id\": \"http://x.example/actor/%d\"}, \"schema:attendee\": {\"@id\": \"http://x.example/actor/%d\"}, \"schema:name\": {\"@value\": \"Talks, the %dth\", \"@language\": \"en\"}}\n",
			i, madeUpDay(r).Format(time.DateOnly), r.IntN(5000), r.IntN(5000), i)
	}},
	"events.export.CSV": {record: func(r *rand.Rand, i int) string {
		a, b := madeUpActor(r), madeUpActor(r)
		code := madeUpCodes[r.IntN(len(madeUpCodes))]
		place := madeUpPlaces[r.IntN(len(madeUpPlaces))]
		day := madeUpDay(r)
		actor := func(a [3]string) string {
			return strings.Join([]string{a[0], a[1], a[2], "", "", "", "", "", "", ""}, "\t")
		}
		geo := fmt.Sprintf("4\t%s\t%s\t%s\t\t39.9\t116.4\t%s", place[0], place[1], place[1]+"01", place[2])
		return strings.Join([]string{
			fmt.Sprint(700000000 + i), day.Format("20060102"), day.Format("200601"), day.Format("2006"), day.Format("2006") + ".5",
			actor(a), actor(b), "1", code, code[:3], code[:2], "1", "2.8", "4", "1", "4", "-1.5", geo, geo, geo,
			day.Format("20060102") + "120000", fmt.Sprintf("https://news%d.example/story/%d", i/3%500, i/3),
		}, "\t") + "\n"
	}},
	"events.tab": {head: "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n", record: func(r *rand.Rand, i int) string {
		a, b := r.IntN(200), r.IntN(200)
		code := madeUpCodes[r.IntN(len(madeUpCodes))]
		return strings.Join([]string{
			fmt.Sprint(30000000 + i), madeUpDay(r).Format(time.DateOnly), fmt.Sprintf("Minister %d", a), "Government,Executive", madeUpCountries[a%len(madeUpCountries)],
			"Consult", code, "1", fmt.Sprintf("Minister %d", b), "Government,Executive", madeUpCountries[b%len(madeUpCountries)],
			fmt.Sprint(40000000 + i/3), fmt.Sprint(i%3 + 1), fmt.Sprintf("Agency %d", i%100), "Beijing", "NA", "Beijing Shi", "China", "39.9", "116.4",
		}, "\t") + "\n"
	}},
	"meetings.csv": {head: "class,id,name,kind,status,date,participants,source,title,published\n" +
		"country,country/chn,China,,,,,https://states.example/,States,\ncountry,country/usa,United States,,,,,https://states.example/,States,\n", record: func(r *rand.Rand, i int) string {
		day := madeUpDay(r).Format(time.DateOnly)
		return fmt.Sprintf("meeting,meeting/made-up-%d,\"Talks, the %dth\",talks,held,%s,country/chn (host); country/usa,https://news%d.example/story/%d,A story,2026-01-15\n", i, i, day, i/3%500, i/3)
	}},
	"case.ftm.json": {record: func(r *rand.Rand, i int) string {
		if i%2 == 0 {
			return fmt.Sprintf("{\"id\": \"p-%d\", \"schema\": \"Person\", \"properties\": {\"name\": [\"Person %d\"], \"country\": [\"us\"], \"alias\": [\"P. %d\", \"Minister %d\"], \"sourceUrl\": [\"https://news%d.example/story/%d\"]}}\n", i, i, i, i, i%500, i/3)
		}
		return fmt.Sprintf("{\"id\": \"e-%d\", \"schema\": \"Event\", \"properties\": {\"name\": [\"Meeting %d\"], \"date\": [\"%s\"], \"involved\": [\"p-%d\", \"p-%d\"], \"sourceUrl\": [\"https://news%d.example/story/%d\"]}}\n",
			i, i, madeUpDay(r).Format(time.DateOnly), r.IntN(i/2+1)*2, i-1, i%500, i/3)
	}},
}

func madeUpTurtle(indent string) func(r *rand.Rand, i int) string {
	return func(r *rand.Rand, i int) string {
		return strings.ReplaceAll(fmt.Sprintf("<http://x.example/event/%d> a schema:Event ;\n  schema:startDate \"%s\"^^xsd:date ;\n  schema:organizer <http://x.example/actor/%d>, <http://x.example/actor/%d> ;\n  schema:name \"Talks, the %dth: \\u00FCber \\\"Zölle\\\"\"@en .\n",
			i, madeUpDay(r).Format(time.DateOnly), r.IntN(5000), r.IntN(5000), i), "\n", "\n"+indent)
	}
}

var (
	madeUpCodes     = []string{"010", "020", "036", "040", "042", "043", "046", "051", "111", "130", "1312", "163", "173", "190"}
	madeUpCountries = []string{"China", "United States", "Japan", "Germany", "Mexico", "Canada", "India"}
	madeUpPlaces    = [][3]string{{"Beijing, Beijing, China", "CH", "-1898541"}, {"Washington, District of Columbia, United States", "US", "531871"}, {"China", "CH", "CH"}, {"Geneva, Genève, Switzerland", "SZ", "-2551868"}}
)

func madeUpDay(r *rand.Rand) time.Time {
	return time.Date(2018, 1, 1+r.IntN(2800), 0, 0, 0, 0, time.UTC)
}

func madeUpActor(r *rand.Rand) [3]string {
	switch n := r.IntN(100); {
	case n < 15:
		return [3]string{"USA", "UNITED STATES", "USA"}
	case n < 30:
		return [3]string{"CHN", "CHINA", "CHN"}
	case n < 40:
		return [3]string{"USAGOV", "WILBUR ROSS", "USA"}
	case n < 45:
		return [3]string{}
	default:
		return [3]string{"USAGOV", fmt.Sprintf("OFFICIAL %d", n*7), "USA"}
	}
}

func TestGenerate(t *testing.T) {
	if *generate == "" {
		t.Skip("writes files only where -generate says")
	}
	for name, f := range madeUp {
		file, err := os.Create(filepath.Join(*generate, name))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriterSize(file, 1<<20)
		r := rand.New(rand.NewPCG(1, 2))
		n, _ := w.WriteString(f.head)
		for i, written := 0, int64(n); written < *size; i++ {
			n, _ = w.WriteString(f.record(r, i))
			written += int64(n)
		}
		if name == "events.jsonld" {
			_, _ = w.WriteString("]}\n")
		}
		if err := errors.Join(w.Flush(), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMadeUp keeps that what is measured loads.
func TestMadeUp(t *testing.T) {
	for name, f := range madeUp {
		var b strings.Builder
		r := rand.New(rand.NewPCG(1, 2))
		b.WriteString(f.head)
		for i := range 300 {
			b.WriteString(f.record(r, i))
		}
		if name == "events.jsonld" {
			b.WriteString("]}\n")
		}
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		if n, _, err := readOnly(t.Context(), file); err != nil || n < 300 {
			t.Errorf("%s: %d quads, %v", name, n, err)
		}
	}
}

// TestMeasure reads a file into a store that keeps nothing.
func TestMeasure(t *testing.T) {
	if *measure == "" {
		t.Skip("reads only what -measure says")
	}
	start := time.Now()
	quads, loaded, err := readOnly(t.Context(), *measure)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start).Seconds()
	info, err := os.Stat(*measure)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%s: %.1f s, %.0f MB/s, %d quads, %.0f/s, %d rows, %.0f/s\n", loaded.Format, took, float64(info.Size())/1e6/took,
		quads, float64(quads)/took, loaded.Rows, float64(loaded.Rows)/took)
}

// readOnly loads a file into a store that keeps nothing.
func readOnly(ctx context.Context, file string) (quads int64, loaded Loaded, err error) {
	in, err := Find(ctx, []string{file}, FindOptions{})
	if err != nil {
		return 0, loaded, err
	}
	s := &forgetful{}
	g := graph.New(s)
	_, err = g.Update(ctx, func(tx *graph.Tx) error {
		all, err := Load(ctx, tx, in, LoadOptions{})
		if err == nil {
			loaded = all[0]
		}
		return err
	})
	return s.quads.Load(), loaded, errors.Join(err, g.Close())
}

// forgetful is a store that counts what it is given and keeps none of it, save
// that what refers to it is known.
type forgetful struct{ quads atomic.Int64 }

func (s *forgetful) Update(_ context.Context, change func(store.Tx) error) (store.Tally, error) {
	return store.Tally{}, change(s)
}
func (s *forgetful) Snapshot(context.Context) (store.Snapshot, error) { return nothingThere{}, nil }
func (s *forgetful) Version() uint64                                  { return 0 }
func (s *forgetful) Fork(context.Context) (store.Store, error)        { return s, nil }
func (s *forgetful) Close() error                                     { return nil }
func (s *forgetful) Remove(context.Context, []quad.Quad) error        { return nil }
func (s *forgetful) Tally(context.Context) (store.Tally, error) {
	return store.Tally{New: int(s.quads.Load())}, nil
}

func (s *forgetful) Add(_ context.Context, quads []quad.Quad) error {
	s.quads.Add(int64(len(quads)))
	return nil
}

func (s *forgetful) AddKeys(_ context.Context, st []store.Statement) error {
	s.quads.Add(int64(len(st)))
	return nil
}

type nothingThere struct{}

func (nothingThere) Node(quad.Value) store.Node  { return 0 }
func (nothingThere) Value(store.Node) quad.Value { return nil }
func (nothingThere) Err() error                  { return nil }
func (nothingThere) Expand(_ context.Context, edges []store.Edge, _ []store.Node, _ store.Node, _ store.Direction) ([]store.Edge, error) {
	return edges, nil
}

func (nothingThere) Neighbours(_ context.Context, ends, _ []store.Node, _ store.Node, _ store.Direction) ([]store.Node, error) {
	return ends, nil
}

func (nothingThere) Labelled(_ context.Context, edges []store.Edge, _ []store.Node) ([]store.Edge, error) {
	return edges, nil
}

func (nothingThere) Quads(context.Context) iter.Seq2[quad.Quad, error] {
	return func(func(quad.Quad, error) bool) {}
}
func (nothingThere) Stats(context.Context) (store.Stats, error) { return store.Stats{}, nil }
func (nothingThere) Close()                                     {}

var _ io.Closer = (*forgetful)(nil)

// large skips a test of a large file where the race detector makes it slow: it
// says nothing of races.
func large(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a large file, with -short")
	}
}
