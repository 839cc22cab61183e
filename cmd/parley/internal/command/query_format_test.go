package command

import (
	"strings"
	"testing"

	"parley/queries"
	"parley/queries/render"
)

// A name, and the ending of a file, stands for one format, for each query.
func TestAnswerFormatsDiffer(t *testing.T) {
	for _, q := range queries.All() {
		names, extensions := map[string]bool{}, map[string]bool{}
		graphs := 0
		for _, f := range answerFormats(q) {
			if names[f.name] || extensions[f.extension] && f.render != render.Tree {
				t.Errorf("%s: %s (%s) is two formats", q.Name, f.name, f.extension)
			}
			names[f.name] = true
			if f.render != render.Tree { // a table has its extension
				extensions[f.extension] = true
			}
			if f.exporter != nil {
				graphs++
			}
		}
		if graphs == 0 || !strings.Contains(strings.Join(answerFormatNames(q), " "), "nquads") {
			t.Errorf("%s: no answer is a graph", q.Name)
		}
	}
}
