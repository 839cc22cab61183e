package loader

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
)

// Names of rows are kept up to a bound; beyond it none is mistaken for another.
func TestCSVNamesAreBounded(t *testing.T) {
	large(t)
	ctx := context.Background()
	g, err := graph.Open(ctx, "memory:")
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Update(ctx, func(tx *graph.Tx) error {
		c := &csvLoad{load: &loading{tx: tx}, names: make(map[string][]graph.ID)}
		defer c.close()
		if err := c.begin(ctx); err != nil {
			return err
		}
		call := func(id, name string) {
			c.call(&graph.Fact{ID: graph.ID(id), Values: []graph.Value{{Predicate: vocab.Name, Literal: graph.Literal(vocab.Name, name)}}})
		}
		for i := range mostNames {
			call(fmt.Sprintf("person/p%d", i), fmt.Sprintf("Person %d", i))
		}
		if c.full {
			t.Error("full too early")
		}
		call("person/last", "Person last")
		call("person/p0-too", "Person 0")
		if !c.full || len(c.names) != mostNames {
			t.Errorf("full is %v with %d names", c.full, len(c.names))
		}
		for name, want := range map[string]string{"person 1": "person/p1", "Person last": "", "Person 0": ""} {
			if id, err := c.node(ctx, name, []*vocab.Class{vocab.Person}); string(id) != want || (err == nil) != (want != "") {
				t.Errorf("%s is %s, %v", name, id, err)
			}
		}
		if _, err := c.node(ctx, "Person 0", vocab.Actors()); err == nil || !strings.HasSuffix(err.Error(), "write the id, person/p0 or person/p0-too") {
			t.Error(err)
		}
		// The next file finds in the graph what was left out.
		if err := tx.Add(ctx, (&graph.Document{Facts: []graph.Fact{{
			Class: vocab.Person, ID: "person/last", Passage: "passage/r",
			Values: []graph.Value{{Predicate: vocab.Name, Literal: graph.Literal(vocab.Name, "Person last")}},
		}}}).Quads()); err != nil {
			return err
		}
		if err := c.begin(ctx); err != nil {
			return err
		}
		if id, err := c.node(ctx, "Person last", vocab.Actors()); id != "person/last" || err != nil {
			t.Errorf("in the next file it is %s, %v", id, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
