package postgres

import (
	"context"

	"parley/graph/remote"

	"github.com/jackc/pgx/v5"
)

// What is loaded again lies close together: from the first to the last of some
// quads there is little else. To read all that is there in order, and compare,
// is faster than to look for each, as an insertion does.

// compareFrom is from how many quads on that is worth a trip, and spread how many
// times as much may lie between the first and the last.
var compareFrom = 1 << 8

const spread = 4

const betweenSQL = `SELECT s, p, o, l FROM {quad} WHERE (s, p, o, l) >= ($1, $2, $3, $4) AND (s, p, o, l) <= ($5, $6, $7, $8) AND died = 2147483647 ORDER BY s, p, o, l LIMIT $9`

// lacking returns those of some sorted quads that may not be there.
func (t *tx) lacking(ctx context.Context, quads []remote.Quad) ([]remote.Quad, error) {
	first, last, most := quads[0], quads[len(quads)-1], spread*len(quads)
	if t.scattered || len(quads) < compareFrom || int(last.Subject-first.Subject) > most {
		return quads, nil
	}
	var rest []remote.Quad
	at, read := 0, 0
	args := []any{first.Subject, first.Predicate, first.Object, first.Label, last.Subject, last.Predicate, last.Object, last.Label, most}
	err := t.trip(ctx, "compare", betweenSQL, args, func(rows pgx.Rows) error {
		for ; rows.Next(); read++ {
			v := rows.RawValues()
			there := remote.Quad{Subject: number(v[0]), Predicate: number(v[1]), Object: number(v[2]), Label: number(v[3])}
			for at < len(quads) && quads[at].Compare(there) < 0 {
				rest = append(rest, quads[at])
				at++
			}
			if at < len(quads) && quads[at] == there {
				at++
			}
		}
		return rows.Err()
	})
	// After a full answer more may come; those are looked for one by one.
	t.scattered = read == most
	return append(rest, quads[at:]...), err
}
