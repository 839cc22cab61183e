// Package vocab is the one place for what the graph can say: every class and
// predicate, with its IRI, what it means, what it links and how it reads the
// other way round, and every closed set of words.
//
// Terms that have a standard name keep it: people and places are schema.org's,
// offices the W3C organization ontology's, passages the Web Annotation
// vocabulary's. What no standard covers (a measure's phase, who answered whom)
// stands in the project's own namespace.
//
// A new class or predicate is one entry in classes.go or predicates.go; the
// YAML decoder, the checks over the shipped facts and `parley show` read the
// tables here.
package vocab

import "github.com/cayleygraph/quad"

// Namespaces.
const (
	// Base begins the IRI of every node of the project's own; what follows is
	// the node's id, such as person/liu-he.
	Base = "urn:parley:"
	// Own is the namespace of the classes and predicates that no standard has.
	Own = "urn:parley:vocab#"

	RDF     = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	Schema  = "https://schema.org/"
	Org     = "http://www.w3.org/ns/org#"
	OA      = "http://www.w3.org/ns/oa#"
	Prov    = "http://www.w3.org/ns/prov#"
	DCTerms = "http://purl.org/dc/terms/"
	XSD     = "http://www.w3.org/2001/XMLSchema#"
)

// Datatypes of literals. Text and words are plain literals.
const (
	// EDTF is the Library of Congress's datatype of Extended Date/Time Format
	// literals.
	EDTF quad.IRI = "http://id.loc.gov/datatypes/edtf/EDTF"
	// Integer is XML Schema's integer.
	Integer quad.IRI = XSD + "integer"
	// Decimal is XML Schema's decimal.
	Decimal quad.IRI = XSD + "decimal"
)

// Prefixes are the prefixes under which IRIs are written for people, and the
// @context of the JSON-LD export.
var Prefixes = map[string]string{
	"parley":  Own,
	"rdf":     RDF,
	"schema":  Schema,
	"org":     Org,
	"oa":      OA,
	"prov":    Prov,
	"dcterms": DCTerms,
	"xsd":     XSD,
}
