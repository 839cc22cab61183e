// Package events makes the events that the stores are compared on: the same
// ones from the same seed, in the format that each store takes best.
//
// An event is eight quads: type, agent, target, date, status, place, kind, and
// what it responds to, or, where it begins a chain of responses, its topic.
// The label of its quads is the passage it rests on. One to three events in a
// row rest on one passage, and one to eight passages are of one source.
package events

import (
	"iter"
	"math/rand/v2"
	"time"
)

// None stands for no event.
const None = -1

const (
	// Days is how many days the dates spread over, from Epoch on.
	Days = 2922
	// perActor is how many events an actor takes part in, on average.
	perActor = 50
	// reach is how far back an event may respond.
	reach = 200
	// late is how many days an event may be out of the order of dates.
	late = 60
	// begins is how many events there are to one that begins a chain.
	begins = 500
)

// Epoch is day 0.
var Epoch = time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)

var (
	types    = []string{"Negotiation", "Measure", "Statement", "Sanction", "Agreement"}
	statuses = []string{"planned", "held", "cancelled", "postponed", "stalled"}
	kinds    = []string{
		"tariff", "export-control", "entity-listing", "investment-restriction", "purchase-cut", "currency", "quota",
		"subsidy", "talks", "call", "summit", "visit", "ceremony", "hearing", "offer", "demand",
	}
	topics = []string{"steel and aluminium", "soybeans", "semiconductors", "rare earths", "electric vehicles", "shipping", "aircraft", "data"}
)

// Event is one event. Agents, targets, places and events are numbered from 0.
type Event struct {
	ID, Agent, Target, Place int
	// RespondsTo is an earlier event, or None; then there is a Topic.
	RespondsTo         int
	Topic              string
	Type, Status, Kind string
	Day                int
	// Source and Passage are the numbers of the source and of the passage
	// in it.
	Source, Passage int
}

// Date writes a day as YYYY-MM-DD.
func Date(day int) string { return dates[day] }

var dates = func() []string {
	all := make([]string, Days)
	for i := range all {
		all[i] = Epoch.AddDate(0, 0, i).Format(time.DateOnly)
	}
	return all
}()

// Actors is how many actors n events have.
func Actors(n int) int { return max(2, 2*n/perActor) }

// Places is how many places n events have.
func Places(n int) int { return min(3000, max(1, n/10)) }

// All gives n events in order. The event is good until the next one.
func All(n int, seed uint64) iter.Seq[*Event] {
	return func(yield func(*Event) bool) {
		r := rand.New(rand.NewPCG(seed, 1))
		actors, places := Actors(n), Places(n)
		var unanswered []int // of the last events, oldest first
		e := Event{Passage: 1}
		inPassage, passages := 1+r.IntN(3), 1+r.IntN(8)
		for i := range n {
			if inPassage == 0 {
				inPassage = 1 + r.IntN(3)
				if e.Passage++; e.Passage > passages {
					e.Source, e.Passage, passages = e.Source+1, 1, 1+r.IntN(8)
				}
			}
			inPassage--
			e.ID, e.Place = i, r.IntN(places)
			e.Agent = actor(r, actors)
			for e.Target = actor(r, actors); e.Target == e.Agent; {
				e.Target = actor(r, actors)
			}
			e.Type, e.Status, e.Kind = pick(r, types), pick(r, statuses), pick(r, kinds)
			e.Day = min(Days-1, i*Days/n+r.IntN(late))
			for len(unanswered) > 0 && unanswered[0] < i-reach {
				unanswered = unanswered[1:]
			}
			e.RespondsTo, e.Topic = None, ""
			switch {
			case i == 0 || r.IntN(begins) == 0:
				e.Topic = pick(r, topics)
			case len(unanswered) > 0 && r.IntN(20) > 0:
				// Most answer what nobody has answered yet: an answer to an
				// answer is the rule, two answers to one event are not.
				at := r.IntN(len(unanswered))
				e.RespondsTo = unanswered[at]
				unanswered = append(unanswered[:at:at], unanswered[at+1:]...)
			default:
				e.RespondsTo = i - 1 - r.IntN(min(i, reach))
			}
			unanswered = append(unanswered, i)
			if !yield(&e) {
				return
			}
		}
	}
}

// actor draws an actor: four of five times any, else one of the first more
// often than one of the last.
func actor(r *rand.Rand, n int) int {
	if r.IntN(5) > 0 {
		return r.IntN(n)
	}
	x := r.Float64()
	return int(x * x * float64(n))
}

func pick(r *rand.Rand, words []string) string { return words[r.IntN(len(words))] }
