// Serve runs a Dgraph cluster on this machine until it is interrupted, and prints
// the URL of a store on it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"parley/graph/dgraph/dgraphtest"
)

func main() {
	shape := dgraphtest.Shape{}
	flag.IntVar(&shape.Zeros, "zeros", 3, "how many zeros")
	flag.IntVar(&shape.Groups, "groups", 3, "how many groups the predicates are spread over")
	flag.IntVar(&shape.Replicas, "replicas", 1, "how many alphas each group has")
	dir := flag.String("dir", "", "the folder to keep the cluster in; none is one that is removed at the end")
	memory := flag.Int("cache", 1024, "megabytes of cache for each alpha")
	bulk := flag.String("bulk", "", "a folder of bulk files, which are loaded before the alphas start")
	flag.Parse()
	shape.CacheMB, shape.Bulk = *memory, *bulk
	if err := serve(*dir, shape); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(dir string, shape dgraphtest.Shape) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	end := "what it holds stays there"
	if dir == "" {
		if dir, err = os.MkdirTemp("", "parley-dgraph"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		end = "what it holds is gone then"
	}
	c, err := dgraphtest.Start(ctx, dir, shape)
	if err != nil {
		return err
	}
	fmt.Println(c.URL("parley"))
	fmt.Fprintf(os.Stderr, "A Dgraph cluster runs in %s; ^C stops it, and %s.\n", dir, end)
	<-ctx.Done()
	return c.Stop()
}
