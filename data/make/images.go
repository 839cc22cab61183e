// Command make makes the images that package data carries out of the facts in
// the folders of its sets. `make data` runs it in data/.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"parley/graph"
	"parley/loader"
)

func main() {
	ctx := context.Background()
	// Each set holds those before it.
	for folders := []string{"articles", "trade-war"}; len(folders) > 0; folders = folders[:len(folders)-1] {
		if err := makeImage(ctx, folders); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// makeImage writes the image of the last of some folders, with those before it.
func makeImage(ctx context.Context, folders []string) error {
	in, err := loader.Find(ctx, folders, loader.FindOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	g, err := graph.Open(ctx, "memory:")
	if err != nil {
		return err
	}
	defer func() { _ = g.Close() }()
	_, err = g.Update(ctx, func(tx *graph.Tx) error {
		if _, err := loader.Load(ctx, tx, in, loader.LoadOptions{}); err != nil {
			return err
		}
		return graph.InferTx(ctx, tx, graph.Date{})
	})
	if err != nil {
		return err
	}
	var image bytes.Buffer
	if err := g.WriteImage(ctx, &image); err != nil {
		return err
	}
	return os.WriteFile(folders[len(folders)-1]+".image", image.Bytes(), 0o644)
}
