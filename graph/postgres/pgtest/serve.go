package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Serve runs a server that syncs what it writes until the program is interrupted,
// and prints the URL of a store on it.
func Serve(port int, memory string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := Launch(Options{Durable: true, Port: port, Settings: []string{"shared_buffers = '" + memory + "'"}})
	if err != nil {
		return err
	}
	fmt.Println(s.URL())
	fmt.Fprintln(os.Stderr, "PostgreSQL runs; ^C stops it, and what it holds is gone then.")
	<-ctx.Done()
	return s.Close()
}
