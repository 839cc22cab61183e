package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/queries"

	"github.com/google/go-cmp/cmp"
)

// TestReadme runs every command whose answer README shows, in order, where the
// files are that it shows.
func TestReadme(t *testing.T) {
	t.Setenv("COLUMNS", "96")
	readme, err := os.ReadFile("../../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs("../../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, file := range regexp.MustCompile("(?s)```(?:yaml|csv)\n# ([^\n]*)\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		if err := os.WriteFile(file[1], []byte(file[2]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	blocks := regexp.MustCompile("(?s)```console\n\\$ parley ([^\n]*)\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) < 4 {
		t.Fatalf("README shows %d answers, want at least 4", len(blocks))
	}
	printed := string(readme)
	for _, block := range blocks {
		t.Run(block[1], func(t *testing.T) {
			var out, errOut bytes.Buffer
			if code := run(context.Background(), shellWords(block[1]), streams{strings.NewReader(""), &out, &errOut}); code != done {
				t.Fatalf("exit code %d: %s", code, errOut.String())
			}
			if diff := cmp.Diff(out.String(), block[2]); diff != "" && !*update {
				t.Errorf("README is stale (-printed +README):\n%s", diff)
			}
			printed = strings.Replace(printed, "$ parley "+block[1]+"\n"+block[2]+"```", "$ parley "+block[1]+"\n"+out.String()+"```", 1)
		})
	}
	if *update {
		if err := os.WriteFile(path, []byte(printed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReadmeAsksTheServer asks a server of the built-in facts what README asks
// with curl.
func TestReadmeAsksTheServer(t *testing.T) {
	readme, err := os.ReadFile("../../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```console\n\\$ curl -s 'http://127.0.0.1:8080([^']*)'\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) == 0 {
		t.Fatal("README asks a server nothing")
	}
	at, end := servingRegistry(t, queries.Predefined, "serve", "--addr", "127.0.0.1:0")
	defer end()
	for _, block := range blocks {
		if _, body := fetch(t, at+block[1], ""); body != block[2] {
			t.Errorf("README is stale (-answered +README):\n%s", cmp.Diff(body, block[2]))
		}
	}
}

// TestReadmeShowsWhatIsDrawn keeps the pictures that README shows those that the
// program draws.
func TestReadmeShowsWhatIsDrawn(t *testing.T) {
	for file, line := range map[string][]string{
		"negotiated-with.svg":    {"query", "negotiated-with", "--status", "any", "--set", "articles", "--format", "svg"},
		"retaliation-chains.svg": {"query", "retaliation-chains", "--from", "move/2018-03-22-usa-threatens-tariff-50-billion", "--to", "agreement/2025-11-01-busan", "--paths", "shortest", "--format", "svg"},
		"rate-history.svg":       {"query", "rate-history", "--agent", "United States", "--target", "China", "--format", "svg"},
	} {
		shown, err := os.ReadFile("../../../../queries/picture/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if drawn := parley(t, line...); drawn.out != string(shown) {
			t.Errorf("%s is stale: make docs", file)
		}
	}
}

var quotedOrNot = regexp.MustCompile(`"[^"$]*"|'[^']*'|[^ "']+`)

// shellWords splits a command line as a shell does: what stands in double quotes
// must have no $, which a shell would take for a variable.
func shellWords(line string) []string {
	var words []string
	for _, word := range quotedOrNot.FindAllString(line, -1) {
		words = append(words, strings.Trim(word, `"'`))
	}
	return words
}
