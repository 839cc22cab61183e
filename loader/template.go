package loader

import (
	"cmp"
	_ "embed"
	"slices"
)

// Files to start from.
var (
	//go:embed templates/facts.yaml
	factsTemplate string
	//go:embed templates/meeting.nq
	nquadsTemplate string
	//go:embed templates/actors.csv
	actorsTemplate string
	//go:embed templates/meetings.csv
	meetingsTemplate string
	//go:embed templates/moves.csv
	movesTemplate string
	//go:embed templates/statements.csv
	statementsTemplate string
)

// A Template is a file to start from. It loads as it is beside the built-in
// facts.
type Template struct {
	Name string
	// Meaning says what is written in it.
	Meaning string
	Text    string
}

// sheetTemplate is one of several templates of a format.
type sheetTemplate struct{ name, meaning, text string }

// Templates lists the files to start from, by name: one of each format that
// people write, where a format has several with what each is for.
func Templates() []Template {
	var all []Template
	for _, f := range formats {
		if f.Template != "" {
			all = append(all, Template{f.Name, f.Title, f.Template})
		}
		for _, s := range f.sheets {
			all = append(all, Template{f.Name + "-" + s.name, s.meaning, s.text})
		}
	}
	slices.SortFunc(all, func(a, b Template) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// TemplateNamed returns the template of a name, nil where there is none.
func TemplateNamed(name string) *Template {
	for _, t := range Templates() {
		if t.Name == name {
			return &t
		}
	}
	return nil
}

// TemplateNames lists the names of the templates.
func TemplateNames() []string {
	var names []string
	for _, t := range Templates() {
		names = append(names, t.Name)
	}
	return names
}
