package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"parley/cmd/parley/internal/web"
	"parley/graph"
	"parley/loader"
	"parley/queries"
	"parley/queries/render"

	"github.com/spf13/cobra"
)

// defaultAddress is where the explorer is served unless told otherwise, and
// where the marks of pictures lead.
const defaultAddress = "127.0.0.1:8080"

// serving is what serve was told.
type serving struct {
	from    corpus
	address string
	open    bool
	remote  bool
	texts   string
	verbose bool
	config  web.Config
}

func newServe(s streams, registry *queries.Registry) *cobra.Command {
	v := &serving{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the explorer and the API over HTTP",
		Long: `Serve the explorer, for people with a browser, and the API, for programs. It
only reads, and follows a store that another process loads into. Interrupt it
to end it: what runs is finished first.`,
		Example: "  parley serve --open\n  parley serve --db graph --addr 127.0.0.1:9000",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return v.run(cmd.Context(), s, registry) },
	}
	flags, limits := cmd.Flags(), web.DefaultLimits()
	flags.StringVar(&v.address, "addr", defaultAddress, "listen at this address; port 0 for any that is free")
	flags.BoolVar(&v.open, "open", false, "open the explorer in the browser")
	flags.BoolVar(&v.remote, "allow-remote", false, "allow an --addr that other machines reach: whoever does can read everything")
	flags.StringArrayVar(&v.config.Hosts, "host", nil, "answer requests for this name too, such as that of a proxy; repeatable")
	flags.StringVar(&v.texts, "texts", "", "show the words of each passage, from the articles' texts in this folder")
	flags.DurationVar(&v.config.Limits.Timeout, "timeout", limits.Timeout, "how long a request may take")
	flags.IntVar(&v.config.Limits.Rows, "max-rows", limits.Rows, "how many rows an answer may have")
	flags.IntVar(&v.config.Limits.Queries, "max-queries", 0, "how many queries may run at once; others wait (default: four a processor)")
	flags.Float64Var(&v.config.Limits.Rate, "rate", limits.Rate, "how many requests a second a client may make; -1 for any number")
	flags.BoolVar(&v.verbose, "verbose", false, "log each request")
	_ = cmd.MarkFlagDirname("texts")
	v.from.flags(cmd)
	return cmd
}

func (v *serving) run(ctx context.Context, s streams, registry *queries.Registry) error {
	if err := v.mayListen(); err != nil {
		return err
	}
	g, err := v.from.open(ctx, s, graph.Date{})
	if err != nil {
		return err
	}
	defer func() { _ = g.Close() }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", v.address)
	if err != nil {
		return fmt.Errorf("--addr %s cannot be listened at (%w); port 0 takes any that is free", v.address, errors.Unwrap(err))
	}
	address := "http://" + shownAddress(listener.Addr())
	level := slog.LevelInfo
	if v.verbose {
		level = slog.LevelDebug
	}
	c := v.config
	c.Graph, c.Registry, c.Version, c.Remote = g, registry, version(), v.remote
	c.Log = slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
	c.Exports = exports()
	if v.texts != "" {
		c.Texts = func(view *graph.View) render.Quote { return (&library{view: view, folder: v.texts}).words }
	}
	site := web.New(c)
	defer site.Close()
	_, _ = fmt.Fprintf(s.err, "parley: the explorer is at %s/ (Ctrl-C ends it)\n", address)
	if tcp, ok := listener.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		_, _ = fmt.Fprintln(s.err, "parley: whoever reaches this machine can read everything in the graph; there is no login and no encryption")
	}
	if v.open {
		if err := browse(address + "/"); err != nil {
			_, _ = fmt.Fprintf(s.err, "parley: the browser cannot be opened: %v\n", err)
		}
	}
	return site.Serve(ctx, listener)
}

// shownAddress is where a browser on this machine reaches the listener: one that
// listens at every address has none of its own.
func shownAddress(at net.Addr) string {
	tcp, ok := at.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return at.String()
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
}

// mayListen refuses an address that other machines reach, unless that is meant.
func (v *serving) mayListen() error {
	host, _, err := net.SplitHostPort(v.address)
	if err != nil {
		return usageError{fmt.Errorf("--addr %q: write an address and a port, such as %s", v.address, defaultAddress)}
	}
	addr, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && addr.IsLoopback() || v.remote {
		return nil
	}
	return usageError{fmt.Errorf("--addr %s: other machines reach this address, and whoever does can read everything in the graph: there is no login and no encryption. Give --allow-remote too if that is meant; better, keep to %s and put a proxy before it", v.address, defaultAddress)}
}

// exports are the formats of export, for the API.
func exports() []web.Export {
	exporters := loader.Exporters()
	list := make([]web.Export, len(exporters))
	for i, e := range exporters {
		list[i] = web.Export{Name: e.Name, MediaType: e.MediaType, Extension: e.Extension, Meaning: e.Meaning, Binary: e.Binary, Write: e.Write}
	}
	return list
}

// browse opens an address in the user's browser: the one that BROWSER names, or
// the system's. The browser stays when the server ends.
func browse(address string) error {
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	if own := os.Getenv("BROWSER"); own != "" {
		name, args = own, []string{address}
	}
	browser := exec.Command(name, args...)
	if err := browser.Start(); err != nil {
		return err
	}
	go func() { _ = browser.Wait() }()
	return nil
}
