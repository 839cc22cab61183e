package loader_test

import (
	"path/filepath"
	"strings"
	"testing"

	"parley/graph"
	"parley/loader"
)

// builtIn is what a new store begins with.
const builtIn = "../data/articles"

// beside opens a graph with the built-in facts.
func beside(t *testing.T) *graph.Graph {
	t.Helper()
	g := openGraph(t)
	if _, err := load(g, []string{builtIn}); err != nil {
		t.Fatal(err)
	}
	return g
}

// Each template loads as it is, as the format that it is of, which its content
// tells; twice is once.
func TestTemplates(t *testing.T) {
	names := loader.TemplateNames()
	for _, f := range loader.Formats() {
		if f.Template != "" && loader.TemplateNamed(f.Name) == nil {
			t.Errorf("the template of %s cannot be had", f.Name)
		}
	}
	if loader.TemplateNamed("no such format") != nil || len(names) < 3 {
		t.Errorf("templates are %q", names)
	}
	for _, template := range loader.Templates() {
		t.Run(template.Name, func(t *testing.T) {
			format, _, _ := strings.Cut(template.Name, "-")
			file := "template"
			if format == "turtle" { // which may be TriG too
				file += ".ttl"
			}
			path := filepath.Join(folder(t, file, template.Text), file)
			g := beside(t)
			loaded, err := load(g, []string{path})
			if err != nil || loaded[0].Format != format || loaded[0].New == 0 || loaded[0].Bad > 0 || len(loaded[0].Notes) > 0 {
				t.Fatalf("%+v, %v", loaded, err)
			}
			if loaded, err = load(g, []string{path}); err != nil || loaded[0].New > 0 {
				t.Errorf("again: %+v, %v", loaded, err)
			}
			if !strings.HasSuffix(template.Text, "\n") || template.Meaning == "" {
				t.Error("it lacks a meaning or the end of its last line")
			}
		})
	}
}
