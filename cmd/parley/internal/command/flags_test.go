package command

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/queries"

	"github.com/spf13/pflag"
)

// flagCase has a value of each flag of a command with which the command ends
// otherwise than without it.
type flagCase struct {
	args  []string
	needs map[string]string // flags given besides
	flags map[string]string
	run   func(*testing.T, ...string) output // parley, where nil
}

type values = map[string]string

// everyQuery has values that change the answer of every query.
var everyQuery = values{"data": "DATA", "db": "STORE", "set": "none", "format": "json", "known-by": "2018-06-10", "no-merge": "true", "limit": "1", "offset": "1", "output": "OUT"}

var flagCases = map[string]flagCase{
	"":                         {},
	"check":                    {args: []string{"FACTS"}, flags: values{"data": "BROKEN", "db": "BARE", "set": "none", "texts": "TEXTS"}},
	"completion":               {args: []string{"bash"}},
	"backup":                   {args: []string{"DEST"}, flags: values{"db": "STORE"}},
	"copy":                     {needs: values{"from": "STORE", "to": "OWN-copy"}, flags: values{"from": "BARE", "to": "OWN-other", "batch": "-1"}},
	"bulk":                     {args: []string{"OWN-bulk"}, needs: values{"db": "STORE"}, flags: values{"db": "STORE", "name": "a b"}},
	"compact":                  {flags: values{"db": "OWN"}},
	"export":                   {needs: values{"around": "China"}, flags: values{"data": "DATA", "db": "STORE", "set": "none", "format": "jsonld", "output": "OUT", "stated-only": "true", "around": "China", "hops": "0", "known-by": "2018-06-10"}},
	"formats":                  {},
	"gizmo":                    {args: []string{"g.V('<urn:parley:move/x>','<urn:parley:person/liu-he>').out().all()"}, flags: values{"data": "DATA", "db": "STORE", "set": "none", "format": "json", "limit": "1", "timeout": "1ns"}},
	"load":                     {args: []string{"DATA", "MIXED"}, needs: values{"dry-run": "true", "max-errors": "1"}, flags: values{"db": "STORE", "set": "none", "memory": "1MiB", "dry-run": "true", "format": "nquads", "max-errors": "1", "rejects": "OUT", "no-merge": "true"}},
	"mcp":                      {flags: values{"data": "DATA", "db": "STORE", "set": "none", "texts": "TEXTS"}},
	"queries":                  {flags: values{"format": "markdown"}},
	"query":                    {},
	"query actor":              {needs: values{"actor": "China"}, flags: values{"actor": "Liu He", "valid-on": "2018-06-03"}},
	"query between":            {needs: values{"actor": "Wilbur Ross", "with": "Huawei"}, flags: values{"actor": "Liu He", "with": "Xi Jinping", "stated-only": "true"}},
	"query disagreements":      {flags: values{"kind": "conflict"}},
	"query in-force":           {needs: values{"on": "2019-06-01"}, flags: values{"on": "2018-10-01", "agent": "China", "target": "China", "instrument": "currency", "goods": "soy"}},
	"query meetings":           {flags: values{"actor": "Liu He", "meeting": "meeting/2018-09-washington-talks", "since": "2019", "until": "2018", "status": "cancelled"}},
	"query negotiated-with":    {flags: values{"actor": "Liu He", "with": "Steven Mnuchin", "since": "2019", "until": "2018", "status": "any", "level": "government"}},
	"query negotiator-terms":   {flags: values{"side": "China", "kind": "call", "since": "2019", "until": "2018"}},
	"query negotiators":        {flags: values{"side": "China", "since": "2019", "until": "2018"}},
	"query rate-history":       {flags: values{"agent": "China", "target": "China", "since": "2019", "until": "2018"}},
	"query retaliation-chains": {flags: values{"to": "agreement/2019-06-29-osaka-truce", "paths": "shortest", "agent": "China", "target": "Huawei", "depth": "1", "direction": "back", "from": "measure/usa-tariff-200-billion-2018", "since": "2019", "until": "2018", "stated-only": "true"}},
	"query sources":            {needs: values{"kind": "any"}, flags: values{"kind": "reference"}},
	"query tariff-moves":       {flags: values{"agent": "China", "measure": "measure/usa-tariff-200-billion-2018", "target": "China", "instrument": "currency", "phase": "raised", "since": "2019", "until": "2018", "stated-only": "true"}},
	"query threats":            {flags: values{"agent": "China", "target": "China", "since": "2019", "until": "2018"}},
	"query timeline":           {flags: values{"actor": "Liu He", "with": "Wilbur Ross", "kind": "meeting", "since": "2019", "until": "2018"}},
	"query truces":             {flags: values{"agreement": "Osaka truce", "by": "China", "fulfilment": "kept", "since": "2019", "until": "2018"}},
	"retract":                  {args: []string{"reference/x"}, needs: values{"db": "OWN", "dry-run": "true"}, flags: values{"db": "OWN", "dry-run": "true"}},
	"rules":                    {},
	"schema":                   {},
	"serve":                    {run: served, needs: values{"addr": "127.0.0.1:0"}, flags: values{"addr": "127.0.0.1:0", "allow-remote": "true", "data": "DATA", "db": "STORE", "set": "none", "host": "proxy.example", "max-queries": "3", "max-rows": "1", "open": "true", "rate": "1", "texts": "TEXTS", "timeout": "1ns", "verbose": "true"}},
	"show":                     {args: []string{"move/2019-05-chn-cuts-pork-orders"}, flags: values{"data": "DATA", "db": "STORE", "set": "none", "known-by": "2018-06-10", "texts": "TEXTS", "format": "json", "stated-only": "true"}},
	"spans":                    {args: []string{"FACTS"}, flags: values{"texts": "TEXTS"}},
	"stats":                    {flags: values{"data": "DATA", "db": "STORE", "set": "none", "format": "json"}},
	"template":                 {args: []string{"facts"}},
	"verify":                   {flags: values{"db": "STORE"}},
	"version":                  {},
}

// changed are facts that change every answer: they say more of what is there,
// and add one of each thing that is asked for.
const changed = `
references:
  - {id: reference/x, title: X, url: "http://x.example/", published: "2018-06-05"}
facts:
  - {person: person/ann, at: reference/x, name: Ann}
  - {office: office/chn-taster, at: reference/x, name: Taster of tea, in: country/chn}
  - {tenure: tenure/ann, at: reference/x, person: person/ann, office: office/chn-taster}
  - {country: country/chn, at: reference/x, name: Cathay}
  - {country: country/usa, at: reference/x, name: America}
  - {person: person/wilbur-ross, at: reference/x, name: Ross the elder}
  - meeting: meeting/x
    at: reference/x
    name: X
    kind: talks
    status: held
    date: "2018-06-04"
    participants: [person/ann, person/wilbur-ross, person/liu-he]
  - {meeting: meeting/2018-09-washington-talks, at: reference/x, date: "2018-10"}
  - {move: move/2019-05-chn-cuts-pork-orders, at: reference/x, summary: X}
  - {measure: measure/x, at: reference/x, name: X, instrument: tariff}
  - move: move/x
    at: reference/x
    name: X
    measure: measure/x
    phase: in-force
    agent: country/chn
    target: country/usa
    effective: "2018-06-04"
    threatens: more
    responds-to: move/2019-05-usa-raises-tariff-200-billion
`

// twoReports are of one event.
var twoReports = func() (text string) {
	const own, label = "urn:parley:vocab#", " <urn:parley:passage/x/p1> .\n"
	for _, id := range []string{"a", "b"} {
		for _, said := range [][2]string{
			{"http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "<" + own + "Meeting>"},
			{own + "cameo", `"042"`},
			{own + "kind", `"visit"`},
			{own + "status", `"held"`},
			{own + "date", `"2018-06-02"^^<http://id.loc.gov/datatypes/edtf/EDTF>`},
			{own + "participation", "<urn:parley:participation/" + id + "/1>"},
			{own + "participation", "<urn:parley:participation/" + id + "/2>"},
		} {
			text += "<urn:parley:meeting/" + id + "> <" + said[0] + "> " + said[1] + label
		}
		text += "<urn:parley:participation/" + id + "/1> <" + own + "participant> <urn:parley:country/chn>" + label
		text += "<urn:parley:participation/" + id + "/2> <" + own + "participant> <urn:parley:country/usa>" + label
	}
	return text
}()

// TestFlags keeps that every flag of every command changes what the command
// prints or how it ends.
func TestFlags(t *testing.T) {
	dir := t.TempDir()
	places := strings.NewReplacer(
		"DIR", dir, "DATA", filepath.Join(dir, "changed.yaml"), "BROKEN", filepath.Join(dir, "broken.nq"), "MIXED", filepath.Join(dir, "mixed.nq"),
		"FACTS", "../../../../data/articles/000_5968a405b1adab4b.yaml", "TEXTS", dir, "OUT", filepath.Join(dir, "out"),
		"STORE", filepath.Join(dir, "store"), "OWN", filepath.Join(dir, "own"), "BARE", filepath.Join(dir, "bare"), "DEST", filepath.Join(dir, "dest"))
	for name, text := range map[string]string{"changed.yaml": changed, "broken.nq": "<a>", "mixed.nq": "<a>\n" + twoReports, "bare.nq": "<http://x.example/a> <http://x.example/b> _:c ."} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range []string{"load DATA --db STORE", "load DATA --db OWN", "load DIR/bare.nq --set none --db BARE"} {
		if made := parley(t, strings.Fields(places.Replace(line))...); made.code != done {
			t.Fatal(made.err)
		}
	}
	all := commands(newRoot(streams{}, queries.Predefined))
	for path := range flagCases {
		if all[path] == nil {
			t.Errorf("there is no command %q", path)
		}
	}
	for path, cmd := range all {
		c, ok := flagCases[path]
		if !ok {
			t.Errorf("%q has no case", path)
			continue
		}
		flags := maps.Clone(c.flags)
		if flags == nil {
			flags = values{}
		}
		if strings.HasPrefix(path, "query ") {
			maps.Copy(flags, everyQuery)
		}
		if path != "" { // bare parley is its own help
			flags["help"] = "true"
		}
		line := func(given values, leftOut string) []string {
			args := append(strings.Fields(path), c.args...)
			for name, value := range given {
				if name != leftOut {
					args = append(args, "--"+name+"="+value)
				}
			}
			for i := range args {
				args[i] = places.Replace(args[i])
			}
			return args
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			value, ok := flags[f.Name]
			if path == "" && f.Name == "help" {
				return
			}
			if !ok {
				t.Errorf("%s --%s has no case", path, f.Name)
				return
			}
			delete(flags, f.Name)
			t.Run(strings.ReplaceAll(path, " ", "-")+"--"+f.Name, func(t *testing.T) {
				t.Parallel()
				given := values{f.Name: value}
				for name, value := range c.needs {
					if name != f.Name {
						given[name] = value
					}
				}
				run := c.run
				if run == nil {
					run = parley
				}
				with, without := run(t, line(given, "")...), run(t, line(given, f.Name)...)
				if with == without {
					t.Errorf("%s changes nothing", line(given, ""))
				}
				if with.code == wrongUsage {
					t.Errorf("%s: %s", line(given, ""), with.err)
				}
			})
		})
		for name := range flags {
			t.Errorf("%s has no flag --%s", path, name)
		}
	}
}
