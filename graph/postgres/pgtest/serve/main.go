// Serve runs a PostgreSQL server on a private port until it is interrupted, and
// prints the URL of a store on it.
package main

import (
	"flag"
	"fmt"
	"os"

	"parley/graph/postgres/pgtest"
)

func main() {
	port := flag.Int("port", 0, "the port of 127.0.0.1 to listen on; 0 is any that is free")
	memory := flag.String("memory", "256MB", "its shared_buffers")
	flag.Parse()
	if err := pgtest.Serve(*port, *memory); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
