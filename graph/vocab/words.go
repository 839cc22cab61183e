package vocab

import "slices"

// Words is a closed set of words that a text is taken from.
type Words struct {
	// Name is what one of the words is called in messages.
	Name string
	// List has the words in the order in which help shows them.
	List []string
}

// Has tells whether a word is of the set.
func (w *Words) Has(s string) bool { return slices.Contains(w.List, s) }

// Closed sets. Their words are the contract of the JSON answers.
var (
	Statuses     = &Words{"status", []string{"planned", "held", "cancelled", "postponed", "stalled"}}
	Modes        = &Words{"mode", []string{"in-person", "video", "phone"}}
	MeetingKinds = &Words{"kind", []string{"talks", "call", "summit", "visit", "ceremony", "hearing"}}
	Roles        = &Words{"role", []string{"lead", "delegate", "host", "overseer"}}
	Stances      = &Words{"stance", []string{"accuse", "threaten", "demand", "offer", "reject", "assess"}}
	Phases       = &Words{"phase", []string{"considered", "threatened", "announced", "in-force", "raised", "lowered", "suspended", "postponed", "removed"}}
	PLOVERTypes  = &Words{"PLOVER type", []string{"agree", "consult", "support", "concede", "cooperate", "aid", "retreat", "request", "accuse", "reject", "threaten", "protest", "sanction", "mobilize", "coerce", "assault"}}
	Instruments  = &Words{"instrument", []string{"tariff", "export-control", "entity-listing", "investment-restriction", "purchase-cut", "currency", "quota", "subsidy", "exclusion", "port-fee", "trade-remedy", "investigation", "dispute", "import-ban", "other"}}
	Coverages    = &Words{"coverage", []string{"across-the-board", "listed"}}
	Fulfilments  = &Words{"fulfilment", []string{"pending", "kept", "partly-kept", "not-kept"}}
)

// Negotiations are the kinds of meeting that count as negotiation.
var Negotiations = []string{"talks", "call", "summit"}
