package dgraph

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/graph/store"

	"github.com/cayleygraph/quad"
)

// Describe tells what the store holds. Where the URL says zero=HOST:PORT, it tells
// of each predicate of Dgraph's which group has it and how large it is on its disk.
func (s *Store) Describe(ctx context.Context) (d store.Description, err error) {
	if err := s.usable(ctx); err != nil {
		return d, err
	}
	now, err := s.root(ctx, wholeRoot)
	if err != nil {
		return d, err
	}
	d.Stats = store.Stats{Quads: now.Quads, Terms: now.Terms}
	var nodes []store.Node
	for p, n := range now.counts {
		if n > 0 {
			nodes = append(nodes, p)
		}
	}
	r := &reader{store: s, era: now.era(), predicates: now.predicates, taken: time.Now()}
	keys, err := r.Keys(ctx, nodes)
	if err != nil {
		return d, err
	}
	terms := make(map[string]quad.Value, len(nodes))
	for i, p := range nodes {
		term, err := store.Value([]byte(keys[i]))
		if err != nil {
			return d, fmt.Errorf("predicate %#x: %w", p, err)
		}
		d.Predicates = append(d.Predicates, store.Count{Term: term, Quads: now.counts[p]})
		terms[s.along(p)] = term
	}
	slices.SortFunc(d.Predicates, func(a, b store.Count) int {
		return cmp.Or(cmp.Compare(b.Quads, a.Quads), cmp.Compare(quad.StringOf(a.Term), quad.StringOf(b.Term)))
	})
	if s.client.zero == "" {
		return d, nil
	}
	d.Files, err = s.tablets(ctx, now, terms)
	return d, err
}

// tablets are the parts of the store that Zero has given to one group each.
func (s *Store) tablets(ctx context.Context, now *root, terms map[string]quad.Value) (files []store.File, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("ask zero at %s: %w", s.client.zero, err)
		}
	}()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.client.zero+"/state", nil)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := (&http.Client{Transport: transport, Timeout: 30 * time.Second}).Do(ask)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	var told struct {
		Groups map[string]struct {
			Tablets map[string]struct{ Predicate, OnDiskBytes string }
		}
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<30)).Decode(&told); err != nil {
		return nil, err
	}
	for group, g := range told.Groups {
		for _, t := range g.Tablets {
			// The namespace may stand before the name, which has no hyphen.
			name := t.Predicate[strings.LastIndexByte(t.Predicate, '-')+1:]
			rest, ours := strings.CutPrefix(name, s.client.name+".")
			if !ours {
				continue
			}
			f := store.File{Name: fmt.Sprintf("group %s: %s", group, rest)}
			f.Bytes, _ = strconv.ParseInt(t.OnDiskBytes, 10, 64)
			if term := terms[name]; term != nil {
				f.Name = fmt.Sprintf("group %s: %s", group, quad.StringOf(term))
				p, _ := parseHex([]byte(strings.TrimPrefix(rest, "p")))
				f.Quads = now.counts[store.Node(p)]
			}
			if rest == "key" {
				f.Terms = now.Terms
			}
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b store.File) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(b.Quads, a.Quads), cmp.Compare(a.Name, b.Name))
	})
	return files, nil
}
