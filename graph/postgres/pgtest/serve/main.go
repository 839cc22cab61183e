// Serve runs a PostgreSQL server on a private port until it is interrupted, and
// prints the URL of a store on it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"parley/graph/postgres/pgtest"
)

func main() {
	port := flag.Int("port", 0, "the port of 127.0.0.1 to listen on; 0 is any that is free")
	memory := flag.String("memory", "256MB", "its shared_buffers")
	flag.Parse()
	if err := serve(*port, *memory); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(port int, memory string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := pgtest.Launch(pgtest.Options{Durable: true, Port: port, Settings: []string{"shared_buffers = '" + memory + "'"}})
	if err != nil {
		return err
	}
	fmt.Println(s.URL())
	fmt.Fprintln(os.Stderr, "PostgreSQL runs; ^C stops it, and what it holds is gone then.")
	<-ctx.Done()
	return s.Close()
}
