package queries

import (
	"context"
	"fmt"
	"slices"

	"parley/graph"
)

// Picture is a way to draw an answer, and the columns that it draws. A query
// that has them names the picture, and needs no more for it.
type Picture struct {
	Name    string
	Meaning string
	// Columns are those that the query must have; one without a name stands
	// for the first of its kind.
	Columns []Column
	// Sides are those of the columns with actors whom it draws by the side that
	// they act for; Answer.Sides tells it.
	Sides []Column
}

// The pictures there are.
var (
	// NegotiationMap draws who faced whom: the two sides left and right.
	NegotiationMap = &Picture{
		Name: "map", Meaning: "the two sides left and right, and a line for each pair",
		Columns: []Column{
			{Name: "actor", Kind: NodeColumn},
			{Name: "counterpart", Kind: NodeColumn},
			{Name: "meeting", Kind: NodeColumn},
			{Name: "date", Kind: DateColumn},
			{Name: "status", Kind: WordColumn},
			{Name: "mode", Kind: WordColumn},
		},
		Sides: []Column{{Name: "actor", Kind: NodeColumn}, {Name: "counterpart", Kind: NodeColumn}},
	}
	// ChainPicture draws what answered what: a lane for each side over time.
	ChainPicture = &Picture{
		Name: "chains", Meaning: "a lane for each country over time, and an arrow from each answer to its cause",
		Columns: []Column{
			{Name: "chain", Kind: CountColumn},
			{Name: "step", Kind: CountColumn},
			{Name: "action", Kind: NodeColumn},
			{Name: "agent", Kind: NodesColumn},
			{Name: "kind", Kind: WordColumn},
			{Name: "date", Kind: DateColumn},
			{Name: "rate", Kind: RateColumn},
			{Name: "value", Kind: MoneyColumn},
			{Name: "basis", Kind: WordColumn},
		},
		Sides: []Column{{Name: "agent", Kind: NodesColumn}},
	}
	// RatePicture draws how high the duties of each side on another's goods were.
	RatePicture = &Picture{
		Name: "rates", Meaning: "a panel for each side with duty on another's goods, and how high it was over time",
		Columns: []Column{
			{Name: "date", Kind: DateColumn},
			{Name: "agent", Kind: NodeColumn},
			{Name: "target", Kind: NodeColumn},
			{Name: "measure", Kind: NodeColumn},
			{Name: "rate", Kind: RateColumn},
			{Name: "change", Kind: WordColumn},
			{Name: "base", Kind: RateColumn},
			{Name: "highest", Kind: RateColumn},
			{Name: "action", Kind: NodeColumn},
		},
	}
	// TimelinePicture draws the first node of each row at its first date.
	TimelinePicture = &Picture{
		Name: "timeline", Meaning: "what happened along the axis of time",
		Columns: []Column{{Kind: DateColumn}, {Kind: NodeColumn}},
	}
)

// ColumnOf returns the index of a column of a query, by name, or of the first of
// a kind where it has none; -1 where the query lacks it.
func (q *Query) ColumnOf(want Column) int {
	return slices.IndexFunc(q.Columns, func(c Column) bool {
		return c.Kind == want.Kind && (want.Name == "" || c.Name == want.Name)
	})
}

// sides finds for whom the actors in the rows act. A picture draws each actor
// once: who changed sides stands on that of the latest row.
func (r *run) sides(ctx context.Context) (map[graph.ID]graph.Ref, error) {
	p := r.query.Picture
	if p == nil || len(p.Sides) == 0 {
		return nil, nil
	}
	dates := r.query.ColumnOf(Column{Kind: DateColumn})
	latest := map[graph.Node]graph.Date{}
	for _, row := range r.rows {
		date, _ := row.cells[dates].(graph.Date)
		for _, c := range p.Sides {
			actors, _ := row.cells[r.query.ColumnOf(c)].([]graph.Node)
			if one, ok := row.cells[r.query.ColumnOf(c)].(graph.Node); ok {
				actors = []graph.Node{one}
			}
			for _, actor := range actors {
				if before := latest[actor]; before.IsZero() || !date.IsZero() && date.Compare(before) > 0 {
					latest[actor] = date
				}
			}
		}
	}
	sides := map[graph.ID]graph.Ref{}
	for actor, date := range latest {
		side, err := r.view.Side(ctx, actor, date)
		if err != nil {
			return nil, err
		}
		if side == 0 {
			continue
		}
		if sides[r.view.ID(actor)], err = r.view.Ref(ctx, side); err != nil {
			return nil, err
		}
	}
	return sides, nil
}

func (p *Picture) unfit(q *Query) string {
	needed := append(slices.Clone(p.Columns), p.Sides...)
	if len(p.Sides) > 0 {
		needed = append(needed, Column{Kind: DateColumn}) // on which they act for a side
	}
	for _, c := range needed {
		if q.ColumnOf(c) < 0 {
			if c.Name == "" {
				return fmt.Sprintf("its picture, a %s, needs a column of kind %s", p.Name, c.Kind)
			}
			return fmt.Sprintf("its picture, a %s, needs a column %q of kind %s", p.Name, c.Name, c.Kind)
		}
	}
	return ""
}
