package mcpserver

import (
	"bytes"
	"errors"
	"testing"
	"unicode/utf8"

	"parley/queries"
)

// FuzzArguments reads any bytes as the arguments of each query: what is taken is
// a text of a parameter, and what is not is an error that a model can read.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `[]`, `{"actor":"Liu He","status":"any","limit":3}`, `{"limit":3.0,"offset":1e2,"stated-only":true}`, `{"limit":1e400}`,
		`{"on":"2018","actor":null}`, `{"actor":{"actor":[]}}`, `{"a":1,"a":2}`, `{"\u0000":"\ud800"}`, "{\"actor\":\"\xff\"}", `{"actor":`,
	} {
		f.Add([]byte(seed))
	}
	s := &server{search: "search", node: "node"}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, params := range [][]queries.Param{queries.RetaliationChains.AllParams(), queries.InForce.AllParams(), searchParams, nodeParams} {
			texts, err := textsOf(params, raw)
			var arg *queries.ArgError
			if err != nil && !errors.As(err, &arg) {
				t.Fatalf("%v is no error of an argument", err)
			}
			if err != nil {
				if told := s.tell(err); told == "" || !utf8.ValidString(told) || queries.Clean(told) != told {
					t.Errorf("told %q", told)
				}
				continue
			}
			for name, text := range texts {
				if text == "" || !utf8.ValidString(text) {
					t.Errorf("%s: %q", name, text)
				}
				found := false
				for _, p := range params {
					found = found || p.Name == name
				}
				if !found {
					t.Errorf("there is no argument %s", name)
				}
			}
			if _, err := day(texts); err != nil && !errors.As(err, &arg) {
				t.Errorf("%v is no error of an argument", err)
			}
		}
	})
}

// FuzzLines reads any bytes as a line: it is a message, or is answered with an
// error in one line.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{`{"jsonrpc":"2.0","id":1,"method":"ping"}`, `{"jsonrpc":"2.0","id":"a","result":{}}`, `{"id":1e9}`, `[]`, `x`, `{"id":"\n"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		text = append([]byte{}, bytes.TrimSpace(text)...)
		if len(text) == 0 || bytes.IndexByte(text, '\n') >= 0 {
			return
		}
		m, problem := messageOf(text)
		if (m == nil) == (problem == nil) {
			t.Fatalf("%v and %s", m, problem)
		}
		if bytes.IndexByte(problem, '\n') >= 0 || !utf8.Valid(problem) {
			t.Errorf("answered with %q", problem)
		}
	})
}
