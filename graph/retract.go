package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/graph/vocab"
)

// Retract removes all that rests on the passages of a source, and what is told
// of the source and its passages without a reason. What another passage states
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
	passages, err := v.passages(ctx, n)
	if err != nil {
		return err
	}
	if len(passages) == 0 {
		if err := v.mustBeSource(ctx, source, n); err != nil {
			return err
		}
	}
	reasons := append([]Node{n}, passages...)
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

// passages returns the passages that are of a source and of no other.
func (v *View) passages(ctx context.Context, source Node) ([]Node, error) {
	edges, err := v.Expand(ctx, []Node{source}, vocab.FromSource, In)
	if err != nil {
		return nil, err
	}
	edges, err = v.Expand(ctx, Targets(edges), vocab.FromSource, Out)
	if err != nil {
		return nil, err
	}
	shared := make(map[Node]bool)
	for _, e := range edges {
		if e.To != source {
			shared[e.From] = true
		}
	}
	var passages []Node
	for _, e := range edges {
		// Edges come grouped by the passage.
		if !shared[e.From] && (len(passages) == 0 || passages[len(passages)-1] != e.From) {
			passages = append(passages, e.From)
		}
	}
	return passages, nil
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
	near, err := v.near(ctx, index, fold(id.Slug()), sources)
	if err != nil {
		return err
	}
	return &NameError{string(id), "source", near, detail, ErrUnknown}
}
