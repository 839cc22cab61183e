// Command parley answers who negotiated with whom, and what answered what, in
// a trade war.
package main

import (
	"os"

	"parley/cmd/parley/internal/command"
)

func main() {
	os.Exit(command.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
