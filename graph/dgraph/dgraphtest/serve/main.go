// Serve runs a Dgraph cluster on this machine until it is interrupted, and prints
// the URL of a store on it.
package main

import (
	"fmt"
	"os"

	"parley/graph/dgraph/dgraphtest"
)

func main() {
	if err := dgraphtest.Serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
