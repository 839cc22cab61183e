package dgraph

import (
	"context"
	"fmt"
	"sync"

	"parley/graph/store"
)

// blocks remember which handles are of terms in use, some at once: who goes
// through terms one by one, as cayley does, asks once for all of a block.
type blocks struct {
	mu   sync.Mutex
	used map[store.Node]*block // by the block's number
}

const (
	blockSize  = 1 << 10
	mostBlocks = 1 << 12
	// single is up to how many terms are asked for one by one.
	single = 16
)

type block [blockSize / 64]uint64

func (b *block) set(i store.Node)      { b[i/64] |= 1 << (i % 64) }
func (b *block) has(i store.Node) bool { return b[i/64]&(1<<(i%64)) != 0 }

// Nodes returns some handles of terms in use, those after one.
func (r *reader) Nodes(ctx context.Context, after store.Node, limit int) ([]store.Node, error) {
	if err := r.usable(ctx); err != nil {
		return nil, err
	}
	if limit > single || after == mostNodes {
		return r.readNodes(ctx, after, limit)
	}
	r.blocks.mu.Lock()
	defer r.blocks.mu.Unlock()
	number := (after + 1) / blockSize
	b, err := r.block(ctx, number)
	if err != nil {
		return nil, err
	}
	var nodes []store.Node
	for i := (after + 1) % blockSize; i < blockSize && len(nodes) < limit; i++ {
		if b.has(i) {
			nodes = append(nodes, number*blockSize+i)
		}
	}
	if len(nodes) == limit {
		return nodes, nil
	}
	return r.readNodes(ctx, after, limit)
}

func (r *reader) block(ctx context.Context, number store.Node) (*block, error) {
	if b := r.blocks.used[number]; b != nil {
		return b, nil
	}
	b, from := &block{}, number*blockSize
	nodes, err := r.readNodes(ctx, max(from, 1)-1, blockSize)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if n/blockSize == number {
			b.set(n % blockSize)
		}
	}
	if r.blocks.used == nil || len(r.blocks.used) >= mostBlocks {
		r.blocks.used = map[store.Node]*block{}
	}
	r.blocks.used[number] = b
	return b, nil
}

func (r *reader) readNodes(ctx context.Context, after store.Node, limit int) ([]store.Node, error) {
	var nodes []store.Node
	for ended := false; len(nodes) < limit && !ended; {
		q := fmt.Sprintf("{ q(func: has(%s), first: %d, after: %s) { uid k: %[1]s @facets(u) } }", r.store.pred("key"), limit, uid(after))
		b, err := r.query(ctx, "nodes", []byte(q))
		if err != nil {
			return nil, err
		}
		came := 0
		err = answer(b, func(s *scan, _ string) {
			s.terms(func(_ []byte, t held) {
				came, after = came+1, max(after, t.node)
				if r.era.live(t.used) && len(nodes) < limit {
					nodes = append(nodes, t.node)
				}
			})
		})
		if err != nil {
			return nil, fmt.Errorf("list terms: %w", err)
		}
		ended = came < limit
	}
	return nodes, ctx.Err()
}
