// Command parley answers who negotiated with whom, and what answered what, in
// a trade war.
package main

import (
	"os"

	"parley/cmd/parley/internal/command"
	_ "parley/graph/dgraph"
	_ "parley/graph/postgres"
)

func main() {
	os.Exit(command.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
