package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	neturl "net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cayleygraph/quad"

	"parley/data"
	"parley/graph"
	"parley/graph/embedded/peers/events"
	"parley/graph/embedded/peers/peer"
	"parley/graph/embedded/peers/walks"
	"parley/graph/vocab"
	"parley/queries"
)

// walk asks the questions from several clients at once, who share the graph as
// those of a server do. Each question is asked once of a graph, so that little of
// what is remembered helps.
func walk(ctx context.Context, m *measured, data string) error {
	for _, kind := range []string{"cop", "chain"} {
		questions, err := peer.Questions(data, kind)
		if err != nil {
			return err
		}
		// The first pass, whose figures are not kept, has the server read from disk
		// what it then has in memory; what parley remembers goes with its graph.
		for _, clients := range []int{8, 1, 8, 64} {
			g, err := graph.Open(ctx, m.url)
			if err != nil {
				return err
			}
			took, whole, hash, err := askAll(ctx, g, kind, questions, clients)
			if err = errors.Join(err, g.Close()); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
			m.answers[kind] = hash
			slices.Sort(took)
			what := fmt.Sprintf("%s, %d clients: ", kind, clients)
			m.set(what+"p50 / p99 µs", "%s", fmt.Sprintf("%.0f / %.0f", micro(took[len(took)/2]), micro(took[len(took)*99/100])))
			m.set(what+"a second", "%.0f", float64(len(questions))/whole.Seconds())
		}
	}
	return nil
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// askAll asks each question once, after some to warm up.
func askAll(ctx context.Context, g *graph.Graph, kind string, questions []peer.Question, clients int) (took []time.Duration, whole time.Duration, hash uint64, err error) {
	warm := questions[:events.WarmUp]
	questions = questions[events.WarmUp:]
	for _, q := range warm {
		if _, err := one(ctx, g, kind, q); err != nil {
			return nil, 0, 0, err
		}
	}
	took = make([]time.Duration, len(questions))
	var next atomic.Int64
	var sum atomic.Uint64
	var wg sync.WaitGroup
	failed := make(chan error, clients)
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(questions) {
					return
				}
				began := time.Now()
				h, err := one(ctx, g, kind, questions[i])
				took[i] = time.Since(began)
				if err != nil {
					failed <- err
					return
				}
				sum.Add(h)
			}
		})
	}
	wg.Wait()
	select {
	case err = <-failed:
	default:
	}
	return took, time.Since(start), sum.Load(), err
}

// one asks a question in a view of its own, and returns a hash of the answer.
func one(ctx context.Context, g *graph.Graph, kind string, q peer.Question) (uint64, error) {
	v, err := g.View(graph.Options{})
	if err != nil {
		return 0, err
	}
	defer v.Close()
	w := walks.Walker{View: v}
	met, err := w.Ask(ctx, nil, kind, w.Node(q), q)
	if err != nil {
		return 0, err
	}
	names, err := w.Names(nil, met)
	if err = errors.Join(err, v.Err()); err != nil {
		return 0, err
	}
	slices.Sort(names)
	h := fnv.New64a()
	_, _ = h.Write([]byte(q.Node + q.From + strings.Join(names, " ")))
	return h.Sum64(), nil
}

// hops walks one hop from many nodes at once, none of which was asked for before.
func hops(ctx context.Context, m *measured, _ string) error {
	g, err := graph.Open(ctx, m.url)
	if err != nil {
		return err
	}
	defer func() { _ = g.Close() }()
	at := 0
	for _, size := range []int{1, 1_000, 10_000} {
		var took []time.Duration
		for range 9 {
			v, err := g.View(graph.Options{})
			if err != nil {
				return err
			}
			from := make([]graph.Node, size)
			ids := make([]graph.ID, size)
			for i := range from {
				ids[i] = graph.ID(fmt.Sprintf("%sevent/%d", base, at))
				at++
			}
			v.LookUp(ids)
			for i, id := range ids {
				from[i] = v.Node(quad.IRI(id))
			}
			start := time.Now()
			edges, err := v.Expand(ctx, from, &vocab.Predicate{IRI: base + "agent"}, graph.Out)
			took = append(took, time.Since(start))
			v.Close()
			if err = errors.Join(err, v.Err()); err != nil && !errors.Is(err, graph.ErrClosed) {
				return err
			}
			if len(edges) != size {
				return fmt.Errorf("%d nodes have %d edges", size, len(edges))
			}
		}
		slices.Sort(took)
		m.set(fmt.Sprintf("a hop from %d nodes, ms", size), "%.2f", micro(took[len(took)/2])/1000)
	}
	return nil
}

// ask asks every predefined query, as its example does, of the built-in sets: on a
// graph that was just opened, and again.
func ask(ctx context.Context, m *measured) error {
	url := beside(m.url)
	g, err := graph.Open(ctx, url)
	if errors.Is(err, graph.ErrNoStore) {
		g, err = graph.Create(ctx, url, graph.StoreOptions{})
	}
	if err != nil {
		return err
	}
	from, err := graph.OpenImage("the built-in sets", data.All().Image)
	if err != nil {
		return err
	}
	if _, err := graph.Copy(ctx, g, from, graph.CopyOptions{}); err != nil {
		return err
	}
	if err := g.Close(); err != nil {
		return err
	}
	for _, q := range queries.All() {
		args := map[string]string{}
		for i := 0; i+1 < len(q.Example); i += 2 {
			args[strings.TrimPrefix(q.Example[i], "--")] = q.Example[i+1]
		}
		var first, again []time.Duration
		for range 5 {
			g, err := graph.Open(ctx, url)
			if err != nil {
				return err
			}
			for _, took := range []*[]time.Duration{&first, &again} {
				start := time.Now()
				a, err := q.Answer(ctx, g, args)
				*took = append(*took, time.Since(start))
				if err != nil {
					return fmt.Errorf("%s: %w", q.Name, err)
				}
				text, err := json.Marshal(a.Rows)
				if err != nil {
					return err
				}
				h := fnv.New64a()
				_, _ = h.Write(text)
				m.answers[q.Name] = h.Sum64()
			}
			if err := g.Close(); err != nil {
				return err
			}
		}
		slices.Sort(first)
		slices.Sort(again)
		m.set(q.Name+": first / again, ms", "%s", fmt.Sprintf("%.1f / %.1f", micro(first[2])/1000, micro(again[2])/1000))
	}
	return nil
}

// beside is where the built-in sets are kept, beside the events.
func beside(url string) string {
	for scheme, parameter := range map[string]string{"postgres": "schema", "dgraph": "name"} {
		if rest, ok := strings.CutPrefix(url, scheme+"://"); ok {
			address, query, _ := strings.Cut(rest, "?")
			asked, err := neturl.ParseQuery(query)
			if err != nil {
				return url // and opening it tells what is wrong
			}
			asked.Set(parameter, "builtin")
			return scheme + "://" + address + "?" + asked.Encode()
		}
	}
	path := strings.TrimPrefix(url, "file:")
	_ = os.RemoveAll(filepath.Clean(path) + "-builtin")
	return "file:" + filepath.Clean(path) + "-builtin"
}
