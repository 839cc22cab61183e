package queries

import (
	"context"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
)

// Query is a predefined query.
type Query struct {
	Name  string // in kebab-case; its file's name too
	Title string // the question it answers, in one line
	// Row says what one row is, Left what is left out and how it is told.
	Row, Left string
	// Example is arguments that give an answer from the built-in facts, as
	// they are typed.
	Example []string
	Params  []Param // its own; AllParams() adds those of every query
	Columns []Column
	// Picture is what draws an answer, nil where nothing does.
	Picture *Picture

	walk func(context.Context, *run) error
}

// Param is a parameter of a query.
type Param struct {
	Name    string
	Kind    ParamKind
	Meaning string
	// Words is the closed set of a Word; Default is what stands where nothing
	// is given, "" for none.
	Words   []string
	Default string
	// Classes are the classes of a Node, Want what such a node is called.
	Classes  []*vocab.Class
	Want     string
	Required bool
}

// ParamKind owns how a parameter is parsed and completed.
type ParamKind int

// Kinds of parameters.
const (
	NodeParam  ParamKind = iota // a name, alias, title or id
	DateParam                   // an EDTF date; as a bound its last or first day counts
	CountParam                  // a whole number from 0
	WordParam                   // a word of a closed set
	FlagParam                   // given or not
	TextParam                   // any words, letter case aside
)

func (k ParamKind) String() string {
	return [...]string{"name", "date", "number", "word", "flag", "text"}[k]
}

// Column is a column of a query's answer: its name is the key in JSON.
type Column struct {
	Name    string
	Kind    ColumnKind
	Meaning string
}

// ColumnKind tells what the cells of a column hold; a cell may always be nil,
// but for lists, which may be empty.
type ColumnKind int

// Kinds of columns, and the Go type of their cells.
const (
	NodeColumn         ColumnKind = iota // graph.Ref
	NodesColumn                          // []graph.Ref
	DateColumn                           // graph.Date
	TextColumn                           // string
	WordColumn                           // string, of a closed set
	CountColumn                          // int
	RateColumn                           // graph.Rate
	MoneyColumn                          // graph.Money
	ParticipantsColumn                   // []Participant
	SourcesColumn                        // []graph.Citation
)

func (k ColumnKind) String() string {
	return [...]string{"node", "nodes", "date", "text", "word", "number", "rate", "money", "participants", "sources"}[k]
}

// everyQuery are the parameters of every query.
var everyQuery = []Param{
	{Name: "known-by", Kind: DateParam, Meaning: "answer from what was published by this day"},
	{Name: "no-merge", Kind: FlagParam, Meaning: "leave apart the reports of data sets that a rule joined to one event"},
	{Name: "limit", Kind: CountParam, Meaning: "at most so many rows; 0 for all", Default: "0"},
	{Name: "offset", Kind: CountParam, Meaning: "leave out so many rows at the beginning", Default: "0"},
}

// AllParams returns a query's parameters, its own first.
func (q *Query) AllParams() []Param { return slices.Concat(q.Params, everyQuery) }

// ExampleTexts are the arguments of the example, by the name of the parameter, as
// Answer takes them.
func (q *Query) ExampleTexts() map[string]string {
	texts := map[string]string{}
	for i := 0; i < len(q.Example); i++ {
		name, text, whole := strings.Cut(strings.TrimPrefix(q.Example[i], "--"), "=")
		for _, p := range q.AllParams() {
			switch {
			case p.Name != name:
				continue
			case whole:
			case p.Kind == FlagParam:
				text = "true"
			case i+1 < len(q.Example):
				i++
				text = q.Example[i]
			}
			texts[name] = text
		}
	}
	return texts
}

// Parameters that several queries share.
var (
	since      = Param{Name: "since", Kind: DateParam, Meaning: "from this day on"}
	until      = Param{Name: "until", Kind: DateParam, Meaning: "up to this day"}
	agent      = actorParam("agent", "only by this government or organization")
	target     = actorParam("target", "only against this government or organization")
	statedOnly = Param{Name: "stated-only", Kind: FlagParam, Meaning: "leave out what rules inferred"}
)

func actorParam(name, meaning string) Param {
	return Param{Name: name, Kind: NodeParam, Meaning: meaning, Classes: vocab.Actors(), Want: "actor"}
}

func required(p Param) Param {
	p.Required = true
	return p
}

// Columns that several queries share.
var (
	sourcesColumn  = Column{"sources", SourcesColumn, "the passages that the row rests on"}
	agentColumn    = Column{"agent", NodesColumn, "the governments or organizations that act"}
	targetColumn   = Column{"target", NodesColumn, "those at whom the action is aimed"}
	spokenByColumn = Column{"spoken_by", NodeColumn, "the person who announced or said it"}
)

// Participant is an actor's part in a meeting.
type Participant struct {
	Node graph.Ref  `json:"node"`
	Role *string    `json:"role"`
	Side *graph.Ref `json:"side"`
}
