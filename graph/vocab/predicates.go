package vocab

import (
	"slices"

	"github.com/cayleygraph/quad"
)

// A Predicate is a kind of edge, read from subject to object.
type Predicate struct {
	IRI quad.IRI
	// Name is the last part of the IRI, as `parley show` prints it.
	Name string
	// Label reads from subject to object, Reverse from object to subject.
	Label, Reverse string
	// Meaning says what the edge asserts.
	Meaning string
	// Domain lists the classes a subject may have.
	Domain []*Class
	// Range lists the classes an object may have. It is nil for a literal.
	Range []*Class
	// Literal is the datatype of a literal object, Text for plain text. It is
	// "" where the object is a node.
	Literal quad.IRI
	// Words is the closed set a text is taken from, or nil.
	Words *Words
	// Functional tells that a subject has one true object: two passages that
	// give two differ, and `disagreements` says so.
	Functional bool
}

// Text marks a predicate whose objects are plain literals.
const Text quad.IRI = XSD + "string"

var (
	anyClass  = Classes()
	actors    = Actors()
	actions   = Actions()
	sources   = []*Class{Article, Reference}
	moves     = []*Class{MeasureMove}
	acts      = Acts()
	speeches  = []*Class{MeasureMove, Statement}
	named     = []*Class{Person, Country, Organization, Actor, Office, Place, Measure}
	parties   = append(Acts(), Commitment)
	claimants = Actors()
)

// Of every node.
var (
	Type = &Predicate{
		IRI: RDF + "type", Name: "type", Label: "is a", Reverse: "has instance",
		Meaning: "the class of a node", Domain: anyClass,
	}
	Name = &Predicate{
		IRI: Schema + "name", Name: "name", Label: "is named", Reverse: "names", Literal: Text,
		Meaning: "what a node is called in answers", Domain: anyClass, Functional: true,
	}
	Alias = &Predicate{
		IRI: Schema + "alternateName", Name: "alternateName", Label: "is also named", Reverse: "also names", Literal: Text,
		Meaning: "another name that people use; an argument of a query may be one", Domain: named,
	}
	SameAs = &Predicate{
		IRI: Schema + "sameAs", Name: "sameAs", Label: "is the same as", Reverse: "is the same as",
		Meaning: "the same thing in another graph, as a rule Wikidata", Domain: named,
	}
	Identifier = &Predicate{
		IRI: Schema + "identifier", Name: "identifier", Label: "has the identifier", Reverse: "identifies", Literal: Text,
		Meaning: "what the data that a node came from call it: the data set, a colon and the number there, as in icews:32891259", Domain: slices.Concat(named, actions),
	}
	Description = &Predicate{
		IRI: Schema + "description", Name: "description", Label: "is described as", Reverse: "describes", Literal: Text,
		Meaning: "a paraphrase of what the passage adds", Domain: anyClass,
	}
)

// Of actors and places.
var (
	InCountry = &Predicate{
		IRI: Own + "country", Name: "country", Label: "is of", Reverse: "has",
		Meaning: "the country an organization, an actor or a place belongs to", Domain: []*Class{Organization, Actor, Place}, Range: []*Class{Country}, Functional: true,
	}
	ContainedIn = &Predicate{
		IRI: Schema + "containedInPlace", Name: "containedInPlace", Label: "is in", Reverse: "contains",
		Meaning: "the larger place a place lies in", Domain: []*Class{Place}, Range: []*Class{Place}, Functional: true,
	}
	PartOf = &Predicate{
		IRI: Org + "subOrganizationOf", Name: "subOrganizationOf", Label: "is part of", Reverse: "has part",
		Meaning: "the organization or bloc that an organization or country belongs to", Domain: []*Class{Organization, Country}, Range: []*Class{Organization},
	}
	PostIn = &Predicate{
		IRI: Org + "postIn", Name: "postIn", Label: "is a post in", Reverse: "has post",
		Meaning: "the organization, or country, that an office belongs to", Domain: []*Class{Office}, Range: []*Class{Organization, Country}, Functional: true,
	}
	HeldBy = &Predicate{
		IRI: Org + "member", Name: "member", Label: "is of", Reverse: "held",
		Meaning: "the person whose tenure it is", Domain: []*Class{Tenure}, Range: []*Class{Person}, Functional: true,
	}
	HeldOffice = &Predicate{
		IRI: Org + "role", Name: "role", Label: "is as", Reverse: "was held in",
		Meaning: "the office that a tenure is of", Domain: []*Class{Tenure}, Range: []*Class{Office}, Functional: true,
	}
	During = &Predicate{
		IRI: Org + "memberDuring", Name: "memberDuring", Label: "lasted", Reverse: "saw", Literal: EDTF,
		Meaning: "the interval of a tenure, as an EDTF interval", Domain: []*Class{Tenure}, Functional: true,
	}
)

// Of actions.
var (
	Agent = &Predicate{
		IRI: Own + "agent", Name: "agent", Label: "was done by", Reverse: "did",
		Meaning: "the actor who acts: for a measure the government, not its speaker", Domain: parties, Range: actors,
	}
	Target = &Predicate{
		IRI: Own + "target", Name: "target", Label: "was aimed at", Reverse: "was the target of",
		Meaning: "the actor at whom an action is aimed", Domain: parties, Range: actors,
	}
	SpokenBy = &Predicate{
		IRI: Own + "spokenBy", Name: "spokenBy", Label: "was announced by", Reverse: "announced",
		Meaning: "the person who announced or said it", Domain: acts, Range: []*Class{Person},
	}
	AttributedTo = &Predicate{
		IRI: Prov + "wasAttributedTo", Name: "wasAttributedTo", Label: "is reported by", Reverse: "reported",
		Meaning: "whom the passage names as its source for the claim", Domain: actions, Range: claimants,
	}
	AttributedAs = &Predicate{
		IRI: Own + "attributedAs", Name: "attributedAs", Label: "is reported by", Reverse: "reported", Literal: Text,
		Meaning: "the unnamed source that the passage gives for the claim", Domain: actions,
	}
	Date = &Predicate{
		IRI: Own + "date", Name: "date", Label: "is dated", Reverse: "is the date of", Literal: EDTF,
		Meaning: "when it happened, or was to happen", Domain: actions, Functional: true,
	}
	DateBasis = &Predicate{
		IRI: Own + "dateBasis", Name: "dateBasis", Label: "is dated from", Reverse: "dates", Literal: Text,
		Meaning: "how a date was worked out where the passage does not print it", Domain: append(actions[:len(actions):len(actions)], sources...),
	}
	RespondsTo = &Predicate{
		IRI: Own + "respondsTo", Name: "respondsTo", Label: "responds to", Reverse: "was answered by",
		Meaning: "the later action answers the earlier: the edge of retaliation", Domain: acts, Range: actions,
	}
	ConditionalOn = &Predicate{
		IRI: Own + "conditionalOn", Name: "conditionalOn", Label: "is conditional on", Reverse: "would set off",
		Meaning: "the action that would set a threat or offer off", Domain: speeches, Range: actions,
	}
	Condition = &Predicate{
		IRI: Own + "condition", Name: "condition", Label: "holds if", Reverse: "is the condition of", Literal: Text,
		Meaning: "the condition of a threat or offer, in words", Domain: speeches,
	}
	Threatens = &Predicate{
		IRI: Own + "threatens", Name: "threatens", Label: "threatens", Reverse: "is threatened in", Literal: Text,
		Meaning: "what a threat holds out, in words", Domain: speeches,
	}
	CarriesOut = &Predicate{
		IRI: Own + "carriesOut", Name: "carriesOut", Label: "carries out", Reverse: "was carried out by",
		Meaning: "the action does what an earlier threat held out, or what was promised", Domain: acts, Range: append(speeches[:len(speeches):len(speeches)], Commitment),
	}
	Ends = &Predicate{
		IRI: Own + "ends", Name: "ends", Label: "breaks or ends", Reverse: "was broken or ended by",
		Meaning: "the act breaks an agreement, or ends it", Domain: acts, Range: []*Class{Agreement},
	}
	ReportOf = &Predicate{
		IRI: Own + "reportOf", Name: "reportOf", Label: "is a report of", Reverse: "is told by the report",
		Meaning: "the event that a report of a data set tells of, as a rule concludes", Domain: actions, Range: actions,
	}
	CAMEO = &Predicate{
		IRI: Own + "cameo", Name: "cameo", Label: "has the CAMEO code", Reverse: "is the CAMEO code of", Literal: Text,
		Meaning: "the code of the kind of event in CAMEO 1.1, two to four digits; only reports of data sets have one, and an event may be told by several", Domain: actions,
	}
	PLOVER = &Predicate{
		IRI: Own + "plover", Name: "plover", Label: "has the PLOVER type", Reverse: "is the PLOVER type of", Literal: Text, Words: PLOVERTypes,
		Meaning: "the type of event in PLOVER; of an action it is the kind", Domain: actions, Functional: true,
	}
	AgentAs = &Predicate{
		IRI: Own + "agentAs", Name: "agentAs", Label: "was done, as it is written, by", Reverse: "is how they wrote who did", Literal: Text,
		Meaning: "what a data set calls the one who acts, where that is another name than the node's", Domain: actions,
	}
	TargetAs = &Predicate{
		IRI: Own + "targetAs", Name: "targetAs", Label: "was aimed, as it is written, at", Reverse: "is how they wrote the target of", Literal: Text,
		Meaning: "what a data set calls the one acted upon, where that is another name than the node's", Domain: actions,
	}
	About = &Predicate{
		IRI: Schema + "about", Name: "about", Label: "is about", Reverse: "is the subject of",
		Meaning: "what a statement, move or action is about, such as the agreement whose keeping it looks into", Domain: []*Class{Statement, MeasureMove, Action}, Range: anyClass,
	}
	Stance = &Predicate{
		IRI: Own + "stance", Name: "stance", Label: "takes the stance", Reverse: "is the stance of", Literal: Text, Words: Stances,
		Meaning: "what a statement does", Domain: []*Class{Statement}, Functional: true,
	}
)

// Of meetings.
var (
	Kind = &Predicate{
		IRI: Own + "kind", Name: "kind", Label: "is of kind", Reverse: "is the kind of", Literal: Text, Words: MeetingKinds,
		Meaning: "what sort of encounter it is; only talks, calls and summits are negotiation", Domain: []*Class{Meeting}, Functional: true,
	}
	Status = &Predicate{
		IRI: Own + "status", Name: "status", Label: "has status", Reverse: "is the status of", Literal: Text, Words: Statuses,
		Meaning: "what a passage says became of a meeting; the latest document wins", Domain: []*Class{Meeting, StatusChange}, Functional: true,
	}
	Mode = &Predicate{
		IRI: Own + "mode", Name: "mode", Label: "has the mode", Reverse: "is the mode of", Literal: Text, Words: Modes,
		Meaning: "how the parties met", Domain: []*Class{Meeting}, Functional: true,
	}
	Location = &Predicate{
		IRI: Schema + "location", Name: "location", Label: "is at", Reverse: "was the place of",
		Meaning: "where an action took place or was to", Domain: actions, Range: []*Class{Place, Country}, Functional: true,
	}
	PartOfMeeting = &Predicate{
		IRI: Schema + "superEvent", Name: "superEvent", Label: "is part of", Reverse: "includes",
		Meaning: "the round or conference that a meeting belongs to", Domain: []*Class{Meeting}, Range: []*Class{Meeting}, Functional: true,
	}
	Outcome = &Predicate{
		IRI: Own + "outcome", Name: "outcome", Label: "came to", Reverse: "came out of", Literal: Text,
		Meaning: "what a meeting led to, or became of an agreement or commitment, in words", Domain: []*Class{Meeting, Agreement, Commitment},
	}
	HasParticipation = &Predicate{
		IRI: Own + "participation", Name: "participation", Label: "had", Reverse: "was in",
		Meaning: "one actor's part in a meeting", Domain: []*Class{Meeting}, Range: []*Class{Participation},
	}
	Participant = &Predicate{
		IRI: Own + "participant", Name: "participant", Label: "is of", Reverse: "took part through",
		Meaning: "the actor of a participation; a country stands for a delegation whose members are not named", Domain: []*Class{Participation}, Range: actors, Functional: true,
	}
	Role = &Predicate{
		IRI: Own + "role", Name: "role", Label: "as", Reverse: "is the role of", Literal: Text, Words: Roles,
		Meaning: "the part an actor takes in a meeting", Domain: []*Class{Participation}, Functional: true,
	}
	Changes = &Predicate{
		IRI: Own + "changes", Name: "changes", Label: "changes", Reverse: "was changed by",
		Meaning: "the meeting whose status an act changes", Domain: []*Class{StatusChange}, Range: []*Class{Meeting}, Functional: true,
	}
	Reason = &Predicate{
		IRI: Own + "reason", Name: "reason", Label: "because", Reverse: "was the reason for", Literal: Text,
		Meaning: "why a meeting was changed, as the passage tells it", Domain: []*Class{StatusChange},
	}
)

// Of agreements and what was promised in them.
var (
	ReachedIn = &Predicate{
		IRI: Own + "reachedIn", Name: "reachedIn", Label: "was reached in", Reverse: "led to",
		Meaning: "the meeting in which an agreement was reached", Domain: []*Class{Agreement}, Range: []*Class{Meeting}, Functional: true,
	}
	Until = &Predicate{
		IRI: Own + "until", Name: "until", Label: "runs until", Reverse: "sees run out", Literal: EDTF,
		Meaning: "the day up to which an agreement runs", Domain: []*Class{Agreement}, Functional: true,
	}
	Extends = &Predicate{
		IRI: Own + "extends", Name: "extends", Label: "extends", Reverse: "was extended by",
		Meaning: "the earlier agreement that an agreement prolongs or carries further", Domain: []*Class{Agreement}, Range: []*Class{Agreement},
	}
	Under = &Predicate{
		IRI: Own + "under", Name: "under", Label: "was promised in", Reverse: "contains",
		Meaning: "the agreement in which a commitment was made", Domain: []*Class{Commitment}, Range: []*Class{Agreement}, Functional: true,
	}
	Promises = &Predicate{
		IRI: Own + "promises", Name: "promises", Label: "promises", Reverse: "is promised in", Literal: Text,
		Meaning: "what was promised, in words", Domain: []*Class{Commitment},
	}
	Due = &Predicate{
		IRI: Own + "due", Name: "due", Label: "is due", Reverse: "sees due", Literal: EDTF,
		Meaning: "by when, or over which time, a commitment is to be met", Domain: []*Class{Commitment}, Functional: true,
	}
	Fulfilment = &Predicate{
		IRI: Own + "fulfilment", Name: "fulfilment", Label: "is", Reverse: "is the fulfilment of", Literal: Text, Words: Fulfilments,
		Meaning: "whether a passage says that a commitment was kept; the latest document wins", Domain: []*Class{Commitment}, Functional: true,
	}
)

// Of measures and the moves on them.
var (
	OnMeasure = &Predicate{
		IRI: Own + "measure", Name: "measure", Label: "moves", Reverse: "was moved by",
		Meaning: "the measure that a move belongs to", Domain: moves, Range: []*Class{Measure}, Functional: true,
	}
	Instrument = &Predicate{
		IRI: Own + "instrument", Name: "instrument", Label: "uses", Reverse: "is used by", Literal: Text, Words: Instruments,
		Meaning: "the instrument of trade policy", Domain: []*Class{Measure}, Functional: true,
	}
	Coverage = &Predicate{
		IRI: Own + "coverage", Name: "coverage", Label: "is", Reverse: "is the coverage of", Literal: Text, Words: Coverages,
		Meaning: "whether a tariff is on all or nearly all goods of the other side, or on listed goods", Domain: []*Class{Measure}, Functional: true,
	}
	NotWith = &Predicate{
		IRI: Own + "notWith", Name: "notWith", Label: "is not due together with", Reverse: "is not due together with",
		Meaning: "a tariff that goods do not bear where they bear this one", Domain: []*Class{Measure}, Range: []*Class{Measure},
	}
	PartOfMeasure = &Predicate{
		IRI: DCTerms + "isPartOf", Name: "isPartOf", Label: "is part of", Reverse: "has part",
		Meaning: "the larger measure that a measure is part of, such as the whole of which it is one list", Domain: []*Class{Measure}, Range: []*Class{Measure}, Functional: true,
	}
	Phase = &Predicate{
		IRI: Own + "phase", Name: "phase", Label: "brings it to", Reverse: "is the phase of", Literal: Text, Words: Phases,
		Meaning: "how far a move brings its measure", Domain: moves, Functional: true,
	}
	HasRate = &Predicate{
		IRI: Own + "rate", Name: "rate", Label: "at", Reverse: "is the rate of",
		Meaning: "the rate of duty that a move sets or holds out", Domain: moves, Range: []*Class{Rate}, Functional: true,
	}
	Value = &Predicate{
		IRI: Own + "value", Name: "value", Label: "covers trade of", Reverse: "is the trade covered by",
		Meaning: "the yearly trade that a move covers, or the worth of what was promised", Domain: []*Class{MeasureMove, Commitment}, Range: []*Class{Money}, Functional: true,
	}
	Goods = &Predicate{
		IRI: Own + "goods", Name: "goods", Label: "covers", Reverse: "are covered by", Literal: Text,
		Meaning: "the goods or services covered, in words", Domain: moves,
	}
	HSCode = &Predicate{
		IRI: Own + "hsCode", Name: "hsCode", Label: "covers HS", Reverse: "is covered by", Literal: Text,
		Meaning: "a Harmonized System chapter, heading or subheading covered", Domain: moves,
	}
	LegalBasis = &Predicate{
		IRI: Own + "legalBasis", Name: "legalBasis", Label: "rests on", Reverse: "is the basis of", Literal: Text,
		Meaning: "the law, order or treaty that a move or agreement rests on", Domain: []*Class{MeasureMove, Agreement},
	}
	Announced = &Predicate{
		IRI: Own + "announced", Name: "announced", Label: "was announced", Reverse: "saw announced", Literal: EDTF,
		Meaning: "when a move was made public", Domain: moves, Functional: true,
	}
	Effective = &Predicate{
		IRI: Own + "effective", Name: "effective", Label: "takes effect", Reverse: "sees take effect", Literal: EDTF,
		Meaning: "when a move took effect, or is to", Domain: moves, Functional: true,
	}
)

// Of rates and money.
var (
	MinValue = &Predicate{
		IRI: Schema + "minValue", Name: "minValue", Label: "is at least", Reverse: "is the least of", Literal: Decimal,
		Meaning: "the lower end of a rate, in percent; absent where only a ceiling is known", Domain: []*Class{Rate}, Functional: true,
	}
	MaxValue = &Predicate{
		IRI: Schema + "maxValue", Name: "maxValue", Label: "is at most", Reverse: "is the most of", Literal: Decimal,
		Meaning: "the upper end of a rate, in percent", Domain: []*Class{Rate}, Functional: true,
	}
	Amount = &Predicate{
		IRI: Schema + "value", Name: "amount", Label: "amounts to", Reverse: "is the amount of", Literal: Decimal,
		Meaning: "an amount of money, in whole units of the currency", Domain: []*Class{Money}, Functional: true,
	}
	Currency = &Predicate{
		IRI: Schema + "currency", Name: "currency", Label: "is in", Reverse: "is the currency of", Literal: Text,
		Meaning: "the ISO 4217 code of an amount's currency", Domain: []*Class{Money}, Functional: true,
	}
)

// Of sources.
var (
	Publisher = &Predicate{
		IRI: Schema + "publisher", Name: "publisher", Label: "was published by", Reverse: "published",
		Meaning: "the organization that published a source", Domain: sources, Range: []*Class{Organization}, Functional: true,
	}
	PublisherBasis = &Predicate{
		IRI: Own + "publisherBasis", Name: "publisherBasis", Label: "has its publisher from", Reverse: "tells the publisher of", Literal: Text,
		Meaning: "how the publisher is known where the text does not print it", Domain: sources,
	}
	Published = &Predicate{
		IRI: Schema + "datePublished", Name: "datePublished", Label: "was published on", Reverse: "saw published", Literal: EDTF,
		Meaning: "the day of publication; --known-by reads it", Domain: sources, Functional: true,
	}
	SHA256 = &Predicate{
		IRI: Own + "sha256", Name: "sha256", Label: "has SHA-256", Reverse: "is the SHA-256 of", Literal: Text,
		Meaning: "the SHA-256 of the text that was read, in hexadecimal", Domain: []*Class{Article}, Functional: true,
	}
	URL = &Predicate{
		IRI: Schema + "url", Name: "url", Label: "stands at", Reverse: "is the address of", Literal: Text,
		Meaning: "the address of a source", Domain: sources,
	}
	Accessed = &Predicate{
		IRI: Own + "accessed", Name: "accessed", Label: "was read on", Reverse: "saw read", Literal: EDTF,
		Meaning: "the day a reference was looked up", Domain: sources, Functional: true,
	}
	DerivedFrom = &Predicate{
		IRI: Prov + "wasDerivedFrom", Name: "wasDerivedFrom", Label: "is known through", Reverse: "tells of",
		Meaning: "the data set through which a source is known, where its text was not read", Domain: sources, Range: []*Class{Reference},
	}
	FromSource = &Predicate{
		IRI: OA + "hasSource", Name: "hasSource", Label: "is from", Reverse: "has passage",
		Meaning: "the source that a passage is part of", Domain: []*Class{Passage}, Range: sources, Functional: true,
	}
	Paragraph = &Predicate{
		IRI: Own + "paragraph", Name: "paragraph", Label: "is in paragraph", Reverse: "is the paragraph of", Literal: Integer,
		Meaning: "the paragraph, counted from 1 over the non-blank lines of the text", Domain: []*Class{Passage}, Functional: true,
	}
	Sentence = &Predicate{
		IRI: Own + "sentence", Name: "sentence", Label: "is sentence", Reverse: "is the sentence of", Literal: Integer,
		Meaning: "the sentence of the source, from 1, where a data set counts sentences", Domain: []*Class{Passage}, Functional: true,
	}
	Start = &Predicate{
		IRI: OA + "start", Name: "start", Label: "starts at", Reverse: "is the start of", Literal: Integer,
		Meaning: "the first Unicode code point of a passage in the whole text, from 0", Domain: []*Class{Passage}, Functional: true,
	}
	End = &Predicate{
		IRI: OA + "end", Name: "end", Label: "ends before", Reverse: "is the end of", Literal: Integer,
		Meaning: "the code point after the last of a passage", Domain: []*Class{Passage}, Functional: true,
	}
	Version = &Predicate{
		IRI: Schema + "version", Name: "version", Label: "is version", Reverse: "is the version of", Literal: Text,
		Meaning: "the version of a rule", Domain: []*Class{Rule}, Functional: true,
	}
)

// Predicates lists every predicate in the order in which a node's facts are
// shown.
func Predicates() []*Predicate {
	return []*Predicate{
		Type, Name, Alias, SameAs, Identifier, Description,
		InCountry, ContainedIn, PartOf, PostIn, HeldBy, HeldOffice, During,
		Kind, PLOVER, CAMEO, Status, Stance, Agent, AgentAs, SpokenBy, Target, TargetAs, AttributedTo, AttributedAs,
		Date, DateBasis, Mode, Location, PartOfMeeting, HasParticipation, Participant, Role, Outcome,
		Changes, Reason,
		ReachedIn, Until, Extends, Under, Promises, Due, Fulfilment,
		OnMeasure, Instrument, Coverage, NotWith, PartOfMeasure, Phase, HasRate, Value, Goods, HSCode, LegalBasis, Announced, Effective,
		RespondsTo, ConditionalOn, Condition, Threatens, CarriesOut, Ends, About, ReportOf,
		MinValue, MaxValue, Amount, Currency,
		Publisher, PublisherBasis, Published, SHA256, URL, Accessed, DerivedFrom, FromSource, Paragraph, Sentence, Start, End, Version,
	}
}

var byIRI = func() map[quad.IRI]*Predicate {
	m := make(map[quad.IRI]*Predicate)
	for _, p := range Predicates() {
		m[p.IRI] = p
	}
	return m
}()

// PredicateOf returns the predicate with an IRI, or nil.
func PredicateOf[S ~string](iri S) *Predicate { return byIRI[quad.IRI(iri)] }
