package vocab

import "github.com/cayleygraph/quad"

// A Class is a kind of node.
type Class struct {
	// IRI is the object of rdf:type.
	IRI quad.IRI
	// Name is the class in one word, as in `parley show`.
	Name string
	// Folder begins the id of each node of the class: person in person/liu-he.
	Folder string
	// Key is the field that names a node of the class in a facts file, or ""
	// where such nodes are written inside another fact.
	Key string
	// Meaning says what one node of the class is.
	Meaning string
}

// Actors.
var (
	Person = &Class{
		Schema + "Person", "Person", "person", "person",
		"a human being; offices and sides are held through a Tenure, never copied onto the person",
	}
	Country = &Class{
		Schema + "Country", "Country", "country", "country",
		"a state, named by its ISO 3166-1 code in the id, standing also for its government",
	}
	Organization = &Class{
		Schema + "Organization", "Organization", "organization", "organization",
		"a ministry, company, bloc, parliament, association or news agency",
	}
	// Actor is the class of an actor that a data set only names.
	Actor = &Class{
		Prov + "Agent", "Actor", "actor", "actor",
		"an actor of whom no source tells whether it is a person, a state or an organization",
	}
	Office = &Class{
		Org + "Post", "Office", "office", "office",
		"a post in an organization that one person holds at a time, such as Treasury Secretary",
	}
	Tenure = &Class{
		Org + "Membership", "Tenure", "tenure", "tenure",
		"one person's holding of one office over an interval",
	}
	Place = &Class{
		Schema + "Place", "Place", "place", "place",
		"a city, building or resort where something took place or was to",
	}
)

// Actions.
var (
	Meeting = &Class{
		Own + "Meeting", "Meeting", "meeting", "meeting",
		"an encounter of actors, planned or held; what became of it is its status",
	}
	Participation = &Class{
		Own + "Participation", "Participation", "participation", "",
		"one actor's part in one meeting, with its role",
	}
	MeasureMove = &Class{
		Own + "MeasureMove", "MeasureMove", "move", "move",
		"one step in the life of a trade measure: considered, threatened, announced, raised, removed…",
	}
	StatusChange = &Class{
		Own + "StatusChange", "StatusChange", "change", "change",
		"an act that plans, invites to, cancels, postpones or stalls a meeting",
	}
	Statement = &Class{
		Own + "Statement", "Statement", "statement", "statement",
		"what an actor said, as a stance on something; always a paraphrase",
	}
	Agreement = &Class{
		Own + "Agreement", "Agreement", "agreement", "agreement",
		"what two sides or more agreed: a deal, a truce or a pause; what each of them promised are its commitments",
	}
	Action = &Class{
		Schema + "Action", "Action", "action", "action",
		"an act of another sort, such as aid, a protest or an attack; its PLOVER type tells which",
	}
)

// What actions are about.
var (
	Measure = &Class{
		Own + "Measure", "Measure", "measure", "measure",
		"a trade measure of one side against another, joining the moves on it",
	}
	Commitment = &Class{
		Own + "Commitment", "Commitment", "commitment", "commitment",
		"one thing that one side promised in an agreement; whether it was kept is its fulfilment",
	}
	Rate = &Class{
		Schema + "QuantitativeValue", "Rate", "rate", "",
		"a rate of duty in percent: one number, a range, or a ceiling only",
	}
	Money = &Class{
		Schema + "MonetaryAmount", "Money", "money", "",
		"an amount in a currency (ISO 4217), such as the trade that a measure covers",
	}
)

// Reasons to believe.
var (
	Article = &Class{
		Schema + "NewsArticle", "Article", "article", "",
		"a news article whose text was read; its id is the name of that text's file",
	}
	Reference = &Class{
		Schema + "WebPage", "Reference", "reference", "",
		"a public page cited as a whole, for what is background: offices, names, identifiers",
	}
	Passage = &Class{
		OA + "SpecificResource", "Passage", "passage", "",
		"a part of a source: a paragraph or sentences of an article, or a whole reference; the label of what it states",
	}
	Rule = &Class{
		Own + "Rule", "Rule", "rule", "",
		"a named rule that inferred something; the label of what it inferred",
	}
)

// Classes lists every class, in the order in which `parley show` names them.
func Classes() []*Class {
	return []*Class{
		Person, Country, Organization, Actor, Office, Tenure, Place,
		Meeting, Participation, MeasureMove, StatusChange, Statement, Agreement, Action,
		Measure, Commitment, Rate, Money,
		Article, Reference, Passage, Rule,
	}
}

// Actors lists the classes whose nodes act: people, countries, organizations,
// and who is only named.
func Actors() []*Class { return []*Class{Person, Country, Organization, Actor} }

// Actions lists the classes whose nodes are something done, said or planned.
func Actions() []*Class {
	return []*Class{Meeting, MeasureMove, StatusChange, Statement, Agreement, Action}
}

// Acts lists the classes whose nodes answer others or are answered: all
// actions but meetings.
func Acts() []*Class { return []*Class{MeasureMove, StatusChange, Statement, Agreement, Action} }

// ClassOf returns the class with an IRI, or nil.
func ClassOf[S ~string](iri S) *Class {
	for _, c := range Classes() {
		if string(c.IRI) == string(iri) {
			return c
		}
	}
	return nil
}
