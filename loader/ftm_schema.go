package loader

import (
	"fmt"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// ftmSchema is a schema of FollowTheMoney that has a class here.
type ftmSchema struct {
	name string
	// classes are those that nodes of it may have by an id of ours; others have
	// the first.
	classes []*vocab.Class
	// above are the schemata that it makes more exact.
	above []string
}

var ftmSchemata = func() map[string]*ftmSchema {
	one := func(c ...*vocab.Class) []*vocab.Class { return c }
	m := map[string]*ftmSchema{
		"LegalEntity":  {classes: one(vocab.Actor)},
		"Person":       {classes: one(vocab.Person), above: []string{"LegalEntity"}},
		"Organization": {classes: one(vocab.Organization), above: []string{"LegalEntity"}},
		"Company":      {classes: one(vocab.Organization), above: []string{"Organization", "LegalEntity"}},
		// A country stands for its government too.
		"PublicBody": {classes: one(vocab.Organization, vocab.Country), above: []string{"Organization", "LegalEntity"}},
		"Position":   {classes: one(vocab.Office)},
		"Occupancy":  {classes: one(vocab.Tenure)},
		"Event":      {classes: one(vocab.Action, vocab.Meeting, vocab.MeasureMove, vocab.StatusChange, vocab.Statement, vocab.Agreement)},
		"Document":   {classes: one(vocab.Reference)},
		"Article":    {classes: one(vocab.Article), above: []string{"Document"}},
	}
	for _, name := range strings.Fields("Audio Email Folder HyperText Image Package Pages PlainText Table Video Workbook") {
		m[name] = &ftmSchema{classes: m["Document"].classes, above: []string{"Document"}}
	}
	for name, s := range m {
		s.name = name
	}
	return m
}()

// ftmSchemaOf names the schema that nodes of a class are written as.
var ftmSchemaOf = map[*vocab.Class]string{
	vocab.Person: "Person", vocab.Organization: "Organization", vocab.Country: "PublicBody", vocab.Actor: "LegalEntity",
	vocab.Office: "Position", vocab.Tenure: "Occupancy",
	vocab.Meeting: "Event", vocab.MeasureMove: "Event", vocab.StatusChange: "Event", vocab.Statement: "Event", vocab.Agreement: "Event", vocab.Action: "Event",
	vocab.Article: "Article", vocab.Reference: "HyperText",
}

// ftmOthers are the other schemata of FollowTheMoney.
var ftmOthers = strings.Fields(`Address Airplane Analyzable Assessment Asset Associate BankAccount Call CallForTenders
	Contract ContractAward CourtCase CourtCaseParty CryptoWallet Debt Directorship Documentation EconomicActivity
	Employment Family Identification Interest Interval License Membership Mention Message Note Ownership Page Passport
	Payment Project ProjectParticipant RealEstate Relationship Representation Risk Sanction Security Similar Succession
	TaxRoll Territory Thing Trip UnknownLink UserAccount Value Vehicle Vessel Control`)

// common gives the more exact of two schemata, nil where neither is.
func (s *ftmSchema) common(t *ftmSchema) *ftmSchema {
	switch {
	case s == t || slices.Contains(s.above, t.name):
		return s
	case slices.Contains(t.above, s.name):
		return t
	}
	return nil
}

// ftmUse is what becomes of a value.
type ftmUse byte

const (
	_ ftmUse = iota
	ftmName
	ftmAlias
	ftmText
	ftmWikidata
	ftmCountry
	ftmURL
	ftmProof
	ftmParent
	ftmOrganization
	ftmHolder
	ftmPost
	ftmStatus
	ftmLocation
	ftmOrganizer
	ftmInvolved
	ftmKeyword
	ftmPublisher
	ftmStart
	ftmEnd
	ftmDate
	ftmPublished
	ftmRetrieved
)

// ftmProperty is a property of FollowTheMoney that is kept, of nodes of some
// classes.
type ftmProperty struct {
	use ftmUse
	of  []*vocab.Class
}

var ftmProperties = func() map[string]ftmProperty {
	events := ftmSchemata["Event"].classes
	docs := []*vocab.Class{vocab.Article, vocab.Reference}
	offices, tenures := []*vocab.Class{vocab.Office}, []*vocab.Class{vocab.Tenure}
	every := vocab.Classes()
	country := ftmProperty{ftmCountry, slices.Concat(vocab.InCountry.Domain, offices, []*vocab.Class{vocab.Country})}
	return map[string]ftmProperty{
		"name":         {ftmName, every},
		"title":        {ftmName, docs},
		"alias":        {ftmAlias, vocab.Alias.Domain},
		"weakAlias":    {ftmAlias, vocab.Alias.Domain},
		"previousName": {ftmAlias, vocab.Alias.Domain},
		"summary":      {ftmText, every},
		"description":  {ftmText, every},
		"notes":        {ftmText, every},
		"wikidataId":   {ftmWikidata, vocab.SameAs.Domain},
		"country":      country,
		"jurisdiction": country,
		"mainCountry":  country,
		"sourceUrl":    {ftmURL, every},
		"proof":        {ftmProof, slices.DeleteFunc(vocab.Classes(), func(c *vocab.Class) bool { return slices.Contains(docs, c) })},
		"parent":       {ftmParent, vocab.PartOf.Domain},
		"organization": {ftmOrganization, offices},
		"holder":       {ftmHolder, tenures},
		"post":         {ftmPost, tenures},
		"status":       {ftmStatus, tenures},
		"location":     {ftmLocation, events},
		"organizer":    {ftmOrganizer, events},
		"involved":     {ftmInvolved, events},
		"keywords":     {ftmKeyword, events},
		"publisher":    {ftmPublisher, docs},
		"startDate":    {ftmStart, slices.Concat(tenures, events)},
		"endDate":      {ftmEnd, slices.Concat(tenures, events)},
		"date":         {ftmDate, events},
		"publishedAt":  {ftmPublished, docs},
		"retrievedAt":  {ftmRetrieved, docs},
	}
}()

// ftmUseOf tells what becomes of a property's values at a node of a class, 0 if
// nothing does.
func ftmUseOf(property string, c *vocab.Class) ftmUse {
	p := ftmProperties[property]
	if !slices.Contains(p.of, c) {
		return 0
	}
	return p.use
}

// refers tells whether values name entities.
func (u ftmUse) refers() bool {
	switch u {
	case ftmProof, ftmParent, ftmOrganization, ftmHolder, ftmPost, ftmOrganizer, ftmInvolved:
		return true
	}
	return false
}

// ftmCurrent is the status of a tenure that has not ended.
const ftmCurrent = "current"

// ftmKeywordOf marks an event of a class, such as parley:Meeting.
func ftmKeywordOf(c *vocab.Class) string { return "parley:" + c.Name }

// ftmEventClass gives the class of events that a keyword marks, or nil.
func ftmEventClass(keyword string) *vocab.Class {
	for _, c := range ftmSchemata["Event"].classes {
		if keyword == ftmKeywordOf(c) {
			return c
		}
	}
	return nil
}

// ftmValue gives a value as it is kept, or tells what is wrong with it.
func ftmValue(use ftmUse, text string) (string, string) {
	if strings.Contains(text, "\x00") {
		return "", "a NUL character"
	}
	switch use {
	case ftmStart, ftmEnd, ftmDate, ftmPublished, ftmRetrieved:
		day, _, _ := strings.Cut(text, "T")
		if day, _, _ = strings.Cut(day, " "); strings.Trim(day, "0123456789-") != "" {
			return "", fmt.Sprintf("%.80q is no date; write YYYY, YYYY-MM or YYYY-MM-DD", text)
		}
		if d, err := graph.ParseDate(day); err != nil {
			return "", err.Error()
		} else if plainDate(d.String()) != day { // a season
			return "", fmt.Sprintf("%.80q is no date; write YYYY, YYYY-MM or YYYY-MM-DD", text)
		}
		return day, ""
	case ftmWikidata:
		if !isWikidata(text) {
			return "", fmt.Sprintf("%.80q is no id of Wikidata; write Q and a number, as in Q7747", text)
		}
	default:
		if use.refers() {
			if bad := ftmBadID(text); bad != "" {
				return "", "the id " + bad
			}
		}
	}
	return text, ""
}

const wikidata = "http://www.wikidata.org/entity/"

func isWikidata(text string) bool {
	return len(text) > 1 && len(text) < 20 && text[0] == 'Q' && text[1] != '0' && strings.Trim(text[1:], "0123456789") == ""
}

// plainDate gives a date of EDTF, no interval or set, as FollowTheMoney can
// have it: less exact where it has no form for more, "" where it has none.
func plainDate(text string) string {
	text = strings.TrimRight(text, "~?%")
	if n := len(text); n != 4 && n != 7 && n != 10 || strings.Trim(text, "0123456789X-") != "" || strings.Contains(text[:4], "X") {
		return ""
	}
	for n := len(text); n > 4; n -= 3 {
		if !strings.Contains(text[:n], "X") && text[5:7] <= "12" { // else a season
			return text[:n]
		}
	}
	return text[:4]
}

// plainDates gives the ends of a date of EDTF as FollowTheMoney can have them,
// and one that is no interval as end alone.
func plainDates(text string) (start, end string, interval bool) {
	from, to, interval := strings.Cut(text, "/")
	if !interval {
		return "", plainDate(text), false
	}
	return plainDate(from), plainDate(to), true
}

// countryOf gives the country of a code of ISO 3166-1.
func countryOf(alpha2 string) (id graph.ID, name string, ok bool) {
	r, err := language.ParseRegion(alpha2)
	if err != nil || len(alpha2) != 2 || !r.IsCountry() || r.Canonicalize() != r {
		return "", "", false
	}
	id = graph.ID(vocab.Country.Folder + "/" + strings.ToLower(r.ISO3()))
	name = display.English.Regions().Name(r)
	return id, name, codeOf(id) == strings.ToLower(alpha2) && name != ""
}

// codeOf gives the code of a country of ours, "" where there is none.
func codeOf(id graph.ID) string {
	r, err := language.ParseRegion(id.Slug())
	if err != nil || len(id.Slug()) != 3 || !r.IsCountry() || strings.ToLower(r.ISO3()) != id.Slug() {
		return ""
	}
	code := strings.ToLower(r.String())
	if len(code) != 2 || code == "eu" || code == "un" {
		return "" // reserved, and no country
	}
	return code
}
