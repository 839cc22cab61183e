package mcpserver_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/cmd/parley/internal/mcpserver"
	"parley/data"
	"parley/queries"
	"parley/queries/render"

	"github.com/google/go-cmp/cmp"
)

// withAnother is the predefined queries and one that no program knows.
func withAnother(name string) *queries.Registry {
	another := *queries.Timeline
	another.Name = name
	return queries.NewRegistry(append(queries.All(), &another)...)
}

var exampleLine = regexp.MustCompile(`(?m)^Example: (\{.*\})`)

// TestEachQueryIsATool lists the tools of two registries, and calls each with the
// example of its description: the rows are those that the query gives.
func TestEachQueryIsATool(t *testing.T) {
	g := ofSet(t, data.All())
	for _, registry := range []*queries.Registry{queries.Predefined, withAnother("of-a-test")} {
		session := connected(t, mcpserver.Config{Graph: g, Registry: registry, Limits: mcpserver.Limits{Bytes: 64 << 20}})
		tools := toolsOf(t, session)
		want := append(registry.Names(), "node", "search")
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(tools))); diff != "" {
			t.Errorf("tools (-want +got):\n%s", diff)
		}
		for name, tool := range tools {
			if !strings.Contains(session.InitializeResult().Instructions, "- "+name+": ") {
				t.Errorf("the instructions do not tell of %s", name)
			}
			if a := tool.Annotations; !a.ReadOnlyHint || !a.IdempotentHint || *a.OpenWorldHint || *a.DestructiveHint {
				t.Errorf("%s: %+v", name, a)
			}
			example := exampleLine.FindStringSubmatch(tool.Description)
			if example == nil {
				t.Fatalf("%s has no example: %s", name, tool.Description)
			}
			if strings.Contains(tool.Description, "--") {
				t.Errorf("%s speaks of flags: %s", name, tool.Description)
			}
			if err := schemaOf(t, tool.InputSchema).Validate(instance(t, []byte(example[1]))); err != nil {
				t.Errorf("%s: its example does not fit: %v", name, err)
			}
			r := called(t, session, name, json.RawMessage(example[1]))
			got := answerOf(t, r)
			if err := schemaOf(t, tool.OutputSchema).Validate(instance(t, marshalled(t, r.StructuredContent))); err != nil {
				t.Errorf("%s: its answer does not fit: %v", name, err)
			}
			q := registry.Lookup(name)
			if q == nil {
				continue
			}
			if !strings.HasPrefix(tool.Description, q.Title+"\n") || tool.Title != q.Title {
				t.Errorf("%s: %q, %q", name, tool.Title, tool.Description)
			}
			texts := map[string]string{"limit": "50"}
			for i := 0; i+1 < len(q.Example); i += 2 {
				texts[strings.TrimPrefix(q.Example[i], "--")] = q.Example[i+1]
			}
			a, err := q.Answer(t.Context(), g, texts)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := render.JSON.Write(&b, a, render.Options{}); err != nil {
				t.Fatal(err)
			}
			var answer map[string]any
			if err := json.Unmarshal(b.Bytes(), &answer); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(answer, got); diff != "" {
				t.Errorf("%s (-query +tool):\n%s", name, diff)
			}
			if rows := got["rows"].([]any); len(rows) == 0 && len(q.Example) > 0 {
				t.Errorf("%s: its example has no row", name)
			}
		}
	}
}

// TestNamesDoNotClash keeps a query's name where a tool made here has it too.
func TestNamesDoNotClash(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t), Registry: withAnother("search")})
	tools := toolsOf(t, session)
	if tools["search"].Title != queries.Timeline.Title || tools["parley-search"] == nil || tools["node"] == nil {
		t.Errorf("tools %v", slices.Sorted(maps.Keys(tools)))
	}
	if got := answerOf(t, called(t, session, "search", map[string]any{"actor": "Liu He", "limit": 1})); got["query"] != "search" {
		t.Errorf("got %v", got)
	}
	if got := said(called(t, session, "meetings", map[string]any{"actor": "nobody at all"})); !strings.Contains(got, "parley-search") {
		t.Errorf("got %s", got)
	}
}

// TestErrorsSayWhatWouldBeRight makes each mistake that a model may make.
func TestErrorsSayWhatWouldBeRight(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t)})
	for _, c := range []struct{ tool, arguments, want string }{
		{"negotiated-with", `{"actr":"Liu He"}`, `argument "actr": there is no such argument; there is actor, with, `},
		{"negotiated-with", `{"actor":"Lu Kang Lu"}`, `no actor is called "Lu Kang Lu"; nearest: Lu Kang (person/lu-kang), `},
		{"negotiated-with", `{"actor":"Lu Kang Lu"}`, `; the tool search finds names`},
		{"negotiated-with", `{"actor":3}`, `argument "actor": the number 3 cannot stand here; write a name, alias, title or id as a string`},
		{"negotiated-with", `{"actor":["Liu He"]}`, `a list cannot stand here`},
		{"negotiated-with", `{"actor":{}}`, `an object cannot stand here`},
		{"negotiated-with", `{"actor":""}`, `needs a value`},
		{"negotiated-with", `{"status":"dreamt"}`, `argument "status": "dreamt" is not right: write one of planned, held, `},
		{"in-force", `{"on":"2019-01-01","goods":3}`, `argument "goods": the number 3 cannot stand here; write words as a string`},
		{"negotiated-with", `{"limit":"3"}`, `argument "limit": a string cannot stand here; write a whole number`},
		{"negotiated-with", `{"limit":-1}`, `the number -1 cannot stand here`},
		{"negotiated-with", `{"limit":1.5}`, `the number 1.5 cannot stand here`},
		{"negotiated-with", `{"offset":1e300}`, `the number 1e300 cannot stand here`},
		{"meetings", `{"actor":"Treasury Secretary"}`, `it is a title: write the name, or a day with ` + "`known-by`"},
		{"in-force", `{}`, `argument "on": needs a value: the day`},
		{"in-force", `{"on":null}`, `argument "on": needs a value: the day`},
		{"in-force", `{"on":2018}`, `the number 2018 cannot stand here; write a date as a string, such as "2018-09-21"`},
		{"in-force", `{"on":"yesterday"}`, `argument "on": "yesterday" is not right: not an EDTF date; write YYYY`},
		{"timeline", `{"known-by":"2018-13"}`, `argument "known-by": "2018-13" is not right: `},
		{"timeline", `{"since":"2019","until":"2018"}`, "is after `until` 2018"},
		{"retaliation-chains", `{"stated-only":"yes"}`, `argument "stated-only": a string cannot stand here; write true or false`},
		{"retaliation-chains", `{"direction":"back"}`, "name with `from` the action"},
		{"search", `{}`, `argument "text": needs a value`},
		{"search", `{"text":"Liu","class":"dragon"}`, `argument "class": "dragon" is not right: write one of "person", `},
		{"search", `{"text":"Liu","known-by":"x"}`, `argument "known-by": "x" is not right`},
		{"node", `{"node":"nobody at all"}`, `no node is called "nobody at all"`},
		{"node", `{"node":"Liu He","facts":true}`, `argument "facts": true or false cannot stand here`},
		{"node", `[]`, `argument "arguments": a list cannot stand here; write an object`},
	} {
		r := called(t, session, c.tool, json.RawMessage(c.arguments))
		if got := said(r); !r.IsError || !strings.Contains(got, c.want) || strings.Contains(got, "--") {
			t.Errorf("%s %s: %v, %s; want %s", c.tool, c.arguments, r.IsError, got, c.want)
		}
		if r.StructuredContent != nil {
			t.Errorf("%s %s: an error and an answer", c.tool, c.arguments)
		}
	}
}

// TestArgumentsThatAreTaken gives arguments in other forms of the same.
func TestArgumentsThatAreTaken(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t)})
	rows := func(arguments string) string {
		return string(marshalled(t, answerOf(t, called(t, session, "timeline", json.RawMessage(arguments)))["rows"]))
	}
	for _, same := range []string{`{"actor":"Liu He","limit":3.0}`, `{"actor":"person/liu-he","limit":3e0}`, `{"actor":"Liu He","limit":3,"kind":null,"since":null}`} {
		if rows(same) != rows(`{"actor":"Liu He","limit":3}`) {
			t.Errorf("%s is another question", same)
		}
	}
}

// TestMisspellingIsTold reads a misspelt name and says so.
func TestMisspellingIsTold(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t)})
	for tool, argument := range map[string]string{"timeline": "actor", "node": "node", "search": "text"} {
		r := called(t, session, tool, map[string]any{argument: "Robert Lighthiser"})
		if got := said(r); r.IsError || !strings.Contains(got, `"Robert Lighthiser" is read as Robert Lighthizer (person/robert-lighthizer).`) {
			t.Errorf("%s: %s", tool, got)
		}
	}
}

// TestPaging reads a long answer page by page, as each page says.
func TestPaging(t *testing.T) {
	g := builtIn(t)
	session := connected(t, mcpserver.Config{Graph: g, Limits: mcpserver.Limits{Page: 10, Rows: 20}})
	whole, err := queries.Timeline.Answer(t.Context(), g, nil)
	if err != nil {
		t.Fatal(err)
	}
	next := regexp.MustCompile(`"offset": (\d+)`)
	arguments, rows := `{}`, 0
	for pages := 1; ; pages++ {
		r := called(t, session, "timeline", json.RawMessage(arguments))
		a := answerOf(t, r)
		got := len(a["rows"].([]any))
		rows += got
		more := next.FindStringSubmatch(said(r))
		if a["truncated"] != (more != nil) || got > 10 {
			t.Fatalf("%s: %d rows, truncated %v, %s", arguments, got, a["truncated"], said(r))
		}
		if more == nil {
			break
		}
		arguments = `{"offset":` + more[1] + `}`
	}
	if rows != whole.Total {
		t.Errorf("%d rows on all pages, want %d", rows, whole.Total)
	}
	// Nobody gets more than the most, however asked for.
	for _, limit := range []string{"0", "20", "1000"} {
		if got := answerOf(t, called(t, session, "timeline", json.RawMessage(`{"limit":`+limit+`}`)))["rows"].([]any); len(got) != 20 {
			t.Errorf("limit %s: %d rows", limit, len(got))
		}
	}
	if got := said(called(t, session, "timeline", json.RawMessage(`{"offset":100000}`))); !strings.Contains(got, "none from offset 100000 on") {
		t.Errorf("got %s", got)
	}
	if got := said(called(t, session, "timeline", json.RawMessage(`{"until":"1066"}`))); !strings.Contains(got, "No row fits") {
		t.Errorf("got %s", got)
	}
}

// TestBytesAreBounded asks for more than fits.
func TestBytesAreBounded(t *testing.T) {
	const most = 8 << 10
	session := connected(t, mcpserver.Config{Graph: builtIn(t), Limits: mcpserver.Limits{Bytes: most}})
	tools := toolsOf(t, session)
	for tool, arguments := range map[string]string{
		"timeline": `{}`, "retaliation-chains": `{}`, "meetings": `{}`, "node": `{"node":"China","facts":500}`, "search": `{"text":"t","limit":100}`,
	} {
		r := called(t, session, tool, json.RawMessage(arguments))
		text := marshalled(t, r.StructuredContent)
		if err := schemaOf(t, tools[tool].OutputSchema).Validate(instance(t, text)); err != nil {
			t.Errorf("%s: %v", tool, err)
		}
		a := answerOf(t, r)
		if rows, ok := a["rows"].([]any); ok && (a["truncated"] != true || len(rows) == 0 || len(rows) > 1 && len(text) > most) {
			t.Errorf("%s: %d bytes, %d rows, truncated %v", tool, len(text), len(rows), a["truncated"])
		}
		if tool == "retaliation-chains" {
			rows := a["rows"].([]any)
			whole := answerOf(t, called(t, connected(t, mcpserver.Config{Graph: builtIn(t)}), tool, json.RawMessage(arguments)))["rows"].([]any)
			last, after := rows[len(rows)-1].(map[string]any), whole[len(rows)].(map[string]any)
			if last["chain"] == after["chain"] && last["chain"] != 1.0 {
				t.Errorf("chain %v is cut", last["chain"])
			}
		}
		if said(r) == "" {
			t.Errorf("%s: nothing tells that it was cut", tool)
		}
	}
}

// TestKnownBy takes answers back to a day, and several days at once.
func TestKnownBy(t *testing.T) {
	g := builtIn(t)
	session := connected(t, mcpserver.Config{Graph: g})
	days := []string{"2018-06-10", "2018-09-30", "2019-05-20", "2030"}
	for _, tool := range []string{"timeline", "node", "search"} {
		answers := map[string]string{}
		for _, day := range days {
			arguments := map[string]any{"known-by": day}
			switch tool {
			case "node":
				arguments["node"] = "China"
			case "search":
				arguments["text"], arguments["class"] = "talks", "meeting"
			}
			answers[string(marshalled(t, answerOf(t, called(t, session, tool, arguments))))] = day
		}
		if len(answers) < 3 {
			t.Errorf("%s answers the same on %d of %d days", tool, len(days)-len(answers)+1, len(days))
		}
	}
	// A title is of whoever holds it on the day.
	got := answerOf(t, called(t, session, "meetings", map[string]any{"actor": "Treasury Secretary", "known-by": "2018-09-30"}))
	if actor := got["parameters"].(map[string]any)["actor"].(map[string]any)["id"]; actor != "person/steven-mnuchin" {
		t.Errorf("got %v", actor)
	}
}

// TestSearch finds names and what is near to them.
func TestSearch(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t)})
	for text, want := range map[string]string{"Liu": "person/liu-he", "person/liu-he": "person/liu-he", "Secretary Ross": "person/wilbur-ross"} {
		got := answerOf(t, called(t, session, "search", map[string]any{"text": text}))["matches"].([]any)
		if len(got) == 0 || got[0].(map[string]any)["id"] != want {
			t.Errorf("%s: got %v, want %s", text, got, want)
		}
	}
	got := answerOf(t, called(t, session, "search", map[string]any{"text": "Lih Ue"}))
	if len(got["matches"].([]any)) > 0 || len(got["near"].([]any)) == 0 {
		t.Errorf("got %v", got)
	}
	got = answerOf(t, called(t, session, "search", map[string]any{"text": "Treasury Secretary"}))
	if near := string(marshalled(t, got["near"])); !strings.Contains(near, "person/scott-bessent") || !strings.Contains(near, "person/steven-mnuchin") {
		t.Errorf("who bore the title: %s", near)
	}
	got = answerOf(t, called(t, session, "search", map[string]any{"text": "Treasury Secretary", "class": "office"}))
	if matches := string(marshalled(t, got["matches"])); !strings.Contains(matches, "office/usa-treasury-secretary") {
		t.Errorf("the office: %s", matches)
	}
	got = answerOf(t, called(t, session, "search", map[string]any{"text": "tariff", "class": "measure", "limit": 2}))
	if len(got["matches"].([]any)) != 2 || got["truncated"] != true {
		t.Errorf("got %v", got)
	}
}
