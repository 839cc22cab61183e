package queries

import (
	"fmt"
	"slices"
	"strings"
)

// Registry is the set of queries that a program answers: from it alone come
// commands, routes, forms, tools and documents.
type Registry struct{ byName map[string]*Query }

// Predefined are the queries of this package.
var Predefined = &Registry{map[string]*Query{}}

// NewRegistry returns a registry of some queries. It panics where one is unfit
// or two share a name.
func NewRegistry(list ...*Query) *Registry {
	r := &Registry{make(map[string]*Query, len(list))}
	for _, q := range list {
		r.add(q)
	}
	return r
}

// All lists the queries by name.
func (r *Registry) All() []*Query {
	all := make([]*Query, 0, len(r.byName))
	for _, q := range r.byName {
		all = append(all, q)
	}
	slices.SortFunc(all, func(a, b *Query) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Lookup returns the query of a name, or nil.
func (r *Registry) Lookup(name string) *Query { return r.byName[name] }

// Names lists the names of the queries.
func (r *Registry) Names() []string {
	names := make([]string, 0, len(r.byName))
	for _, q := range r.All() {
		names = append(names, q.Name)
	}
	return names
}

// add adds a query. It panics where one is unfit, as that is a mistake in the
// program.
func (r *Registry) add(q *Query) {
	if problem := r.unfit(q); problem != "" {
		panic(fmt.Sprintf("query %q: %s", q.Name, problem))
	}
	r.byName[q.Name] = q
}

// register adds a query to the predefined ones.
func register(q *Query) *Query {
	Predefined.add(q)
	return q
}

// All lists the predefined queries by name.
func All() []*Query { return Predefined.All() }

// Lookup returns the predefined query of a name, or nil.
func Lookup(name string) *Query { return Predefined.Lookup(name) }

func (r *Registry) unfit(q *Query) string {
	switch {
	case q.Name == "" || strings.ToLower(q.Name) != q.Name:
		return "needs a name in kebab-case"
	case r.byName[q.Name] != nil:
		return "is registered already"
	case q.Title == "" || q.Row == "" || q.walk == nil:
		return "needs a title, what one row is, and a walk"
	case len(q.Columns) == 0 || !slices.ContainsFunc(q.Columns, func(c Column) bool { return c.Kind == SourcesColumn }):
		return "needs columns, one of them its sources"
	}
	seen := map[string]bool{}
	for _, p := range q.AllParams() {
		if p.Meaning == "" || seen[p.Name] {
			return fmt.Sprintf("parameter %q needs a meaning and a name of its own", p.Name)
		}
		seen[p.Name] = true
	}
	for _, c := range q.Columns {
		if c.Meaning == "" {
			return fmt.Sprintf("column %q needs a meaning", c.Name)
		}
	}
	if q.Picture != nil {
		return q.Picture.unfit(q)
	}
	return ""
}
