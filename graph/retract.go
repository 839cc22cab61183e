package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/graph/vocab"
)

// Retract removes all that rests on the passages of a source, and what is told
// of the source and its passages without a reason; of a data set with it all
// that rests on sources which are known through it alone. What another passage states
// too stays, under that label. What rules inferred it leaves to InferTx. The
// error is a *NameError where the id is no source's.
func Retract(ctx context.Context, tx *Tx, source ID) error {
	if err := retract(ctx, tx, source); err != nil {
		return fmt.Errorf("retract %s: %w", source, err)
	}
	return nil
}

// retractAtOnce is how many quads are removed in one call.
const retractAtOnce = 10_000

func retract(ctx context.Context, tx *Tx, source ID) error {
	v, err := tx.View(ctx, Options{})
	if err != nil {
		return err
	}
	defer v.Close()
	n := v.NodeOf(source)
	through, err := v.only(ctx, []Node{n}, vocab.DerivedFrom)
	if err != nil {
		return err
	}
	sources := append([]Node{n}, through...)
	passages, err := v.only(ctx, sources, vocab.FromSource)
	if err != nil {
		return err
	}
	if len(passages) == 0 {
		if err := v.mustBeSource(ctx, source, n); err != nil {
			return err
		}
	}
	reasons := slices.Concat(sources, passages)
	told, err := v.Labelled(ctx, reasons)
	if err != nil {
		return err
	}
	described, err := v.Expand(ctx, reasons, nil, Out)
	if err != nil {
		return err
	}
	told = append(told, slices.DeleteFunc(described, func(e Edge) bool { return e.Label != 0 })...)
	for part := range slices.Chunk(told, retractAtOnce) {
		quads := v.quads(part)
		if err := v.Err(); err != nil {
			return err
		}
		if err := tx.Remove(ctx, quads); err != nil {
			return err
		}
	}
	return nil
}

// only returns the nodes that lead along a predicate to some nodes and to no
// other.
func (v *View) only(ctx context.Context, to []Node, p *vocab.Predicate) ([]Node, error) {
	edges, err := v.Expand(ctx, to, p, In)
	if err != nil {
		return nil, err
	}
	edges, err = v.Expand(ctx, Targets(edges), p, Out)
	if err != nil {
		return nil, err
	}
	among := make(map[Node]bool, len(to))
	for _, n := range to {
		among[n] = true
	}
	shared := make(map[Node]bool)
	for _, e := range edges {
		if !among[e.To] {
			shared[e.From] = true
		}
	}
	var nodes []Node
	for _, e := range edges {
		// Edges come grouped by the node.
		if !shared[e.From] && (len(nodes) == 0 || nodes[len(nodes)-1] != e.From) {
			nodes = append(nodes, e.From)
		}
	}
	return nodes, nil
}

// mustBeSource says what a node without passages is, if it is no source.
func (v *View) mustBeSource(ctx context.Context, id ID, n Node) error {
	sources := vocab.FromSource.Range
	types, err := v.Expand(ctx, []Node{n}, vocab.Type, Out)
	if err != nil {
		return err
	}
	var folders, classes []string
	for _, c := range sources {
		folders = append(folders, c.Folder+"/…")
	}
	for _, e := range types {
		c := v.Class(e.To)
		if slices.Contains(sources, c) {
			return nil
		}
		if c != nil {
			classes = append(classes, c.Name)
		}
	}
	detail := "write the id of one: " + strings.Join(folders, " or ")
	if len(classes) > 0 {
		detail = fmt.Sprintf("%s is a %s; %s", id, classes[0], detail)
	}
	index, err := v.nameIndex(ctx)
	if err != nil {
		return err
	}
	near, err := v.near(ctx, index, fold(id.Slug()), nil, sources)
	if err != nil {
		return err
	}
	return &NameError{string(id), "source", near, detail, ErrUnknown}
}
