package dgraph

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"parley/graph/dgraph/dgraphtest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if url := os.Getenv(authority); url != "" {
		if err := trusted(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Each case of a random test takes a store of its own, on a server.
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("15")
	}
	// The servers do not end by themselves.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-stop
		dgraphtest.EndShared()
		os.Exit(1)
	}()
	code := m.Run()
	dgraphtest.EndShared()
	if code == 0 {
		if err := goleak.Find(goleak.IgnoreTopFunction("parley/graph/dgraph.TestMain.func1"), goleak.IgnoreTopFunction("os/signal.loop"), goleak.IgnoreAnyFunction("os/signal.loop")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
