package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/queries"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"
	"github.com/piprate/json-gold/ld"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write the golden files and the outputs in scripts anew")

func TestMain(m *testing.M) {
	// The width of whoever runs the tests is not theirs.
	_ = os.Unsetenv("COLUMNS")
	if filepath.Base(os.Args[0]) != "parley" { // a script may name a store
		_ = os.Unsetenv(dbVariable)
		_ = os.Setenv("BROWSER", "no browser in tests")
	}
	testscript.Main(m, map[string]func(){
		"parley": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs testdata/script. Besides what testscript knows, scripts have
//
//	fails CODE ARGS…  parley ARGS ends with CODE, tells why in lines that begin
//	                  with its name, and prints nothing else
//	closed ARGS…      parley ARGS into a closed pipe is no failure
//	bytes FILE TEXT   writes a file from a text with Go's escapes
//	jsonld FILE NQ    the JSON-LD in FILE means what the N-Quads in NQ do
//	within PART WHOLE each line of a file is one of another
//	flip PATTERN BYTE changes one byte of the only file that fits
//	lots FILE N       writes N lines of N-Quads
//	locked DIR ARGS…  like fails 1 ARGS, while another process writes to the store
//	killed TIME ARGS… parley ARGS is killed after a time, unless it is done
//
// Each sets up files of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			articles, err := filepath.Abs("../../../../data/articles")
			env.Setenv("ARTICLES", articles)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each process lasts a second
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fails": fails, "closed": closed, "bytes": bytesFile, "jsonld": sameRDF, "within": within,
			"flip": flip, "lots": lots, "locked": locked, "killed": killed,
		},
	})
}

func fails(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("parley", args[1:]...)
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, not %s: %s", code, want, ts.ReadFile("stderr"))
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("printed %q", out)
	}
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		if !strings.HasPrefix(line, "parley: ") {
			ts.Fatalf("%q does not begin with the program's name", line)
		}
	}
}

func closed(ts *testscript.TestScript, _ bool, args []string) {
	r, w, err := os.Pipe()
	ts.Check(err)
	ts.Check(r.Close())
	var told bytes.Buffer
	c := started(ts, args)
	c.Stdout, c.Stderr = w, &told
	err = c.Run()
	ts.Check(w.Close())
	if err != nil || told.Len() > 0 {
		ts.Fatalf("%v: %v: %s", args, err, &told)
	}
}

// started makes a command of parley's, to be run beside the script's own.
func started(ts *testscript.TestScript, args []string) *exec.Cmd {
	name, err := exec.LookPath("parley")
	ts.Check(err)
	c := exec.Command(name, args...)
	c.Dir = ts.MkAbs(".")
	c.Env = append(os.Environ(), "GORACE="+ts.Getenv("GORACE"))
	return c
}

func flip(ts *testscript.TestScript, _ bool, args []string) {
	names, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(names) != 1 {
		ts.Fatalf("%s is %d files", args[0], len(names))
	}
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	b, err := os.ReadFile(names[0])
	ts.Check(err)
	b[at] ^= 0x10
	ts.Check(os.WriteFile(names[0], b, 0o644))
}

func lots(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "<http://x.example/%d> <http://x.example/p> \"%d\" <http://x.example/g> .\n", i, i%1000)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

func locked(ts *testscript.TestScript, _ bool, args []string) {
	lock := flock.New(filepath.Join(ts.MkAbs(args[0]), "LOCK"))
	ok, err := lock.TryLock()
	ts.Check(err)
	if !ok {
		ts.Fatalf("the lock of %s is held", args[0])
	}
	fails(ts, false, append([]string{"1"}, args[1:]...))
	ts.Check(lock.Unlock())
}

func killed(ts *testscript.TestScript, _ bool, args []string) {
	after, err := time.ParseDuration(args[0])
	ts.Check(err)
	c := started(ts, args[1:])
	ts.Check(c.Start())
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	if err := c.Wait(); err != nil && !strings.Contains(err.Error(), "killed") {
		ts.Fatalf("%v: %v", args, err)
	}
}

func bytesFile(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func sameRDF(ts *testscript.TestScript, _ bool, args []string) {
	var document any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &document))
	options := ld.NewJsonLdOptions("")
	options.Format = "application/n-quads"
	rdf, err := ld.NewJsonLdProcessor().ToRDF(document, options)
	ts.Check(err)
	want, err := (&ld.NQuadRDFSerializer{}).Parse(ts.ReadFile(args[1]))
	ts.Check(err)
	lines := map[string]int{}
	for line := range strings.Lines(rdf.(string)) {
		lines[line]++
	}
	text, err := (&ld.NQuadRDFSerializer{}).Serialize(want)
	ts.Check(err)
	for line := range strings.Lines(text.(string)) {
		lines[line]--
	}
	for line, n := range lines {
		if n != 0 {
			ts.Fatalf("%+d: %s", n, line)
		}
	}
}

func within(ts *testscript.TestScript, _ bool, args []string) {
	whole := map[string]bool{}
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		whole[line] = true
	}
	part := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if part++; !whole[line] {
			ts.Fatalf("%s lacks %s", args[1], line)
		}
	}
	if part == 0 || part >= len(whole) {
		ts.Fatalf("%s has %d lines of %d", args[0], part, len(whole))
	}
}

// golden compares with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(got), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v: run the test with -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: run the test with -update if the new (+) is right:\n%s", name, diff)
	}
}

// output is what a command line gives.
type output struct {
	code     int
	out, err string
}

func parley(t *testing.T, args ...string) output {
	t.Helper()
	var out, err bytes.Buffer
	args = append([]string{}, args...) // for nil cobra takes the test's own
	code := run(t.Context(), args, streams{strings.NewReader(""), &out, &err})
	return output{code, out.String(), err.String()}
}

// commands lists every command by its path, without the program's name.
func commands(root *cobra.Command) map[string]*cobra.Command {
	all := map[string]*cobra.Command{}
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		all[strings.TrimPrefix(strings.TrimPrefix(c.CommandPath(), "parley"), " ")] = c
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	return all
}

func TestHelp(t *testing.T) {
	for path := range commands(newRoot(streams{}, queries.Predefined)) {
		got := parley(t, append(strings.Fields(path), "--help")...)
		if got.code != done || got.err != "" {
			t.Errorf("%s --help: exit code %d, %s", path, got.code, got.err)
		}
		golden(t, "help/"+strings.ReplaceAll(strings.TrimSpace("parley "+path), " ", "-")+".golden", got.out)
	}
	if bare, help := parley(t), parley(t, "--help"); bare != help {
		t.Error("bare parley is not parley --help")
	}
}

// The two headline questions, answered from the five articles.
func TestAnswers(t *testing.T) {
	for _, name := range []string{"negotiated-with", "retaliation-chains"} {
		for _, format := range []string{"json", "table"} {
			got := parley(t, "query", name, "--set", "articles", "--format", format)
			if got.code != done || got.err != "" {
				t.Errorf("%s as %s: exit code %d, %s", name, format, got.code, got.err)
			}
			golden(t, "answers/"+name+"."+format, got.out)
		}
	}
}
