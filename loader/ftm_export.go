package loader

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/graph"
	"parley/graph/vocab"

	"github.com/cayleygraph/quad"
)

// exportFTM writes entities of FollowTheMoney, one a line, sorted by id: people,
// organizations, countries (as public bodies), actors, offices (as positions),
// tenures (as occupancies), meetings and acts (as events with a keyword for
// their class), articles, and references (as web pages). Sources are the proof
// of what they state. Ids are ours in a form that FollowTheMoney allows, or those
// that entities came with.
//
// What FollowTheMoney has no place for is left out: passages within articles,
// places but for the names of locations, measures, rates, money, goods, phases,
// stances, subjects of statements, statuses, kinds, modes, outcomes, roles but the host's, who answered
// or threatened whom, what is inferred, which of several sources states what,
// and nodes of other vocabularies. Dates that are less exact than a word of
// theirs can say become less exact still, and of several one is kept.
func exportFTM(ctx context.Context, w io.Writer, quads iter.Seq2[quad.Quad, error]) (err error) {
	x := &ftmExport{ctx: ctx}
	defer func() { err = errors.Join(err, x.hubs.close(), x.nodes.close(), x.values.close(), x.lines.close()) }()
	for q, err := range graph.Stated(quads) {
		if err != nil {
			return err
		}
		if err := x.quad(q); err != nil {
			return err
		}
	}
	if err := x.throughHubs(); err != nil {
		return err
	}
	if err := x.throughNodes(); err != nil {
		return err
	}
	if err := x.entities(); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	err = x.each(&x.lines, func(parts []string) error {
		_, err := out.WriteString(parts[1] + "\n")
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// ftmExport is one writing. Each step sorts what the next one joins:
//
//   - hubs by what edges pass through: passages, which lead from what they state
//     to their source, and participations, from a meeting to an actor;
//   - nodes by what edges lead to, where its id, names and addresses stand;
//   - values by the node that they are of;
//   - lines by the id of the entity.
type ftmExport struct {
	ctx                        context.Context
	hubs, nodes, values, lines sorter
	last                       [2]string // subject and label of the last quad
}

// Kinds of lines of hubs, in the order in which they are needed.
const (
	hubSource  = "1" // of a passage
	hubHost    = "2" // this participation is a host's
	hubMeeting = "3" // of a participation
	hubActor   = "4" // of a participation
	hubStates  = "5" // what a passage states something of
)

// Kinds of lines of nodes.
const (
	atTyped    = "1"
	atOriginal = "2" // the id of its entity
	atName     = "3"
	atURL      = "4"
	atWanted   = "5" // under a property of another node
)

func (x *ftmExport) each(s *sorter, use func(parts []string) error) error {
	n := 0
	return s.all(func(line []byte) error {
		if n++; n%lookAtContext == 1 && x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		return use(strings.Split(string(line), "\x00"))
	})
}

// node adds a line of nodes. Those that share a slug stand together.
func (x *ftmExport) node(id graph.ID, parts ...string) error {
	return putLine(&x.nodes, append([]string{id.Slug(), id.Folder()}, parts...)...)
}

func (x *ftmExport) value(id graph.ID, property, text string) error {
	if text == "" {
		return nil
	}
	return putLine(&x.values, string(id), property, text)
}

// quad takes what an entity may say.
func (x *ftmExport) quad(q quad.Quad) error {
	iri, _ := q.Predicate.(quad.IRI)
	p := vocab.PredicateOf(iri)
	s, ok := oursOf(q.Subject)
	if p == nil || !ok {
		return nil
	}
	c := graph.ClassOfFolder(s.Folder())
	if c == vocab.Passage || c == vocab.Participation {
		return x.hub(s, p, q)
	}
	if c != vocab.Place && ftmSchemaOf[c] == "" {
		return nil
	}
	if label, ok := oursOf(q.Label); ok && c != vocab.Article && c != vocab.Reference && c != vocab.Place {
		if pair := [2]string{string(s), string(label)}; pair != x.last {
			x.last = pair
			if err := putLine(&x.hubs, string(label), hubStates, string(s)); err != nil {
				return err
			}
		}
	}
	if o, ok := oursOf(q.Object); ok {
		return x.edge(c, s, p, o)
	}
	return x.literal(c, s, p, q.Object)
}

// oursOf gives the id of a node of ours.
func oursOf(v quad.Value) (graph.ID, bool) {
	iri, _ := v.(quad.IRI)
	rest, ok := strings.CutPrefix(string(iri), vocab.Base)
	id := graph.ID(rest)
	return id, ok && id.Folder() != "" && id.Slug() != ""
}

func (x *ftmExport) hub(s graph.ID, p *vocab.Predicate, q quad.Quad) error {
	o, ok := oursOf(q.Object)
	switch {
	case p == vocab.FromSource && ok:
		return putLine(&x.hubs, string(s), hubSource, string(o))
	case p == vocab.Participant && ok:
		return putLine(&x.hubs, string(s), hubActor, string(o))
	case p == vocab.Role && graph.Text(q.Object) == meetingHost:
		return putLine(&x.hubs, string(s), hubHost)
	}
	return nil
}

// edge takes an edge between nodes of ours.
func (x *ftmExport) edge(c *vocab.Class, s graph.ID, p *vocab.Predicate, o graph.ID) error {
	to := graph.ClassOfFolder(o.Folder())
	property := ""
	switch p {
	case vocab.HasParticipation:
		return putLine(&x.hubs, string(o), hubMeeting, string(s))
	case vocab.InCountry:
		return x.value(s, "country", codeOf(o))
	case vocab.PostIn:
		if to == vocab.Country {
			if err := x.value(s, "country", codeOf(o)); err != nil {
				return err
			}
		}
		property = "organization"
	case vocab.PartOf:
		property = "parent"
	case vocab.HeldBy:
		property = "holder"
	case vocab.HeldOffice:
		property = "post"
	case vocab.Agent:
		property = "organizer"
	case vocab.Target, vocab.About:
		if p == vocab.Target || c == vocab.Action {
			property = "involved"
		}
	case vocab.Location:
		property = "location"
	case vocab.Publisher:
		property = "publisher"
	}
	if property == "" || !slices.Contains(p.Domain, c) || property == "involved" && !slices.Contains(vocab.Actors(), to) ||
		p.Range != nil && !slices.Contains(p.Range, to) {
		return nil
	}
	return x.node(o, atWanted, string(s), property)
}

// literal takes what leads to no node of ours.
func (x *ftmExport) literal(c *vocab.Class, s graph.ID, p *vocab.Predicate, o quad.Value) error {
	text := strings.ReplaceAll(graph.Text(o), "\x00", "")
	if !utf8.ValidString(text) {
		return fmt.Errorf("write FollowTheMoney: %s of %s is not UTF-8", p.Name, s)
	}
	if !slices.Contains(p.Domain, c) {
		return nil
	}
	switch p {
	case vocab.Type:
		if o != quad.Value(c.IRI) || c == vocab.Place {
			return nil
		}
		if c == vocab.Country {
			if err := x.value(s, "country", codeOf(s)); err != nil {
				return err
			}
		}
		if err := x.node(s, atWanted, string(s), "id"); err != nil {
			return err
		}
		return x.node(s, atTyped)
	case vocab.Name:
		if text != "" {
			if err := x.node(s, atName, text); err != nil {
				return err
			}
		}
		return x.value(s, "name", text)
	case vocab.URL:
		if text != "" {
			if err := x.node(s, atURL, text); err != nil {
				return err
			}
		}
		return x.value(s, "sourceUrl", text)
	case vocab.Identifier:
		if entity, ok := ftmOriginal(s, o); ok {
			return x.node(s, atOriginal, entity)
		}
	case vocab.Alias:
		return x.value(s, "alias", text)
	case vocab.Description:
		return x.value(s, "description", text)
	case vocab.SameAs:
		_, number, ok := strings.Cut(text, "://www.wikidata.org/entity/")
		if ok && isWikidata(number) && strings.HasPrefix(text, "http") {
			return x.value(s, "wikidataId", number)
		}
	case vocab.During:
		return x.value(s, "1", text)
	case vocab.Date: // which is put before those that come next
		return x.value(s, "1", text)
	case vocab.Announced:
		return x.value(s, "2", text)
	case vocab.Effective:
		return x.value(s, "3", text)
	case vocab.Published:
		return x.value(s, "publishedAt", plainDate(text))
	case vocab.Accessed:
		return x.value(s, "retrievedAt", plainDate(text))
	}
	return nil
}
