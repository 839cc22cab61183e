package dgraphtest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Serve runs a cluster of the shape that arguments tell until the program is
// interrupted, and prints the URL of a store on it.
func Serve(args []string) error {
	var shape Shape
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.IntVar(&shape.Zeros, "zeros", 3, "how many zeros")
	flags.IntVar(&shape.Groups, "groups", 3, "how many groups the predicates are spread over")
	flags.IntVar(&shape.Replicas, "replicas", 1, "how many alphas each group has")
	flags.IntVar(&shape.CacheMB, "cache", 1024, "megabytes of cache for each alpha")
	flags.StringVar(&shape.Bulk, "bulk", "", "a folder of bulk files, which are loaded before the alphas start")
	dir := flags.String("dir", "", "the folder to keep the cluster in; none is one that is removed at the end")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	return serve(*dir, shape)
}

func serve(dir string, shape Shape) (err error) {
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
	c, err := Start(ctx, dir, shape)
	if err != nil {
		return err
	}
	fmt.Println(c.URL("parley"))
	fmt.Fprintf(os.Stderr, "A Dgraph cluster runs in %s; ^C stops it, and %s.\n", dir, end)
	<-ctx.Done()
	return c.Stop()
}
