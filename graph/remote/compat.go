package remote

import "parley/graph/store"

// TEMPORARY: use store.EachStatement and store.StatementOf.
var (
	Statements = store.EachStatement
	Keys       = store.StatementOf
)
