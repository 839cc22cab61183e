package embedded

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"runtime"
	"slices"
	"sync"
)

// interner numbers the terms of a change in the order in which they are met,
// from several goroutines at once. Its numbers are provisional: ids are given
// when all the terms are there and can be sorted.
type interner struct {
	seed   maphash.Seed
	shards [internShards]internShard
}

const internShards = 64

type internShard struct {
	mu    sync.Mutex
	text  []byte   // the keys, one after the other
	ends  []uint32 // where each ends
	table []uint64 // hash<<32 | index+1, open addressing; its length is a power of two
	_     [40]byte // keeps shards on lines of their own
}

func newInterner() *interner { return &interner{seed: maphash.MakeSeed()} }

// number returns the provisional number of a key: 64 times its place in its
// shard, from 1, and the shard.
func (n *interner) number(key []byte) uint32 {
	number, _ := n.intern(key, maphash.Bytes(n.seed, key))
	return number
}

// intern returns the number of a key and the key where it stays.
func (n *interner) intern(key []byte, hash uint64) (uint32, []byte) {
	shard := uint32(hash) % internShards
	s := &n.shards[shard]
	s.mu.Lock()
	i := s.index(uint32(hash>>32), key)
	kept := s.key(i)
	s.mu.Unlock()
	return (i+1)*internShards + shard, kept
}

// recent remembers the numbers of terms that were met lately, for one goroutine:
// most objects are few and come again and again, and would have goroutines wait
// for the lock of their shard.
type recent struct {
	of   *interner
	held [1 << 12]struct {
		hash   uint64
		key    []byte
		number uint32
	}
}

func (r *recent) number(key []byte) uint32 {
	hash := maphash.Bytes(r.of.seed, key)
	h := &r.held[hash>>20%uint64(len(r.held))]
	if h.hash != hash || !bytes.Equal(h.key, key) {
		h.hash = hash
		h.number, h.key = r.of.intern(key, hash)
	}
	return h.number
}

func (s *internShard) index(hash uint32, key []byte) uint32 {
	if len(s.ends)*4 >= len(s.table)*3 {
		s.grow()
	}
	mask := uint32(len(s.table) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		entry := s.table[at]
		if entry == 0 {
			i := uint32(len(s.ends))
			s.text = append(s.text, key...)
			s.ends = append(s.ends, uint32(len(s.text)))
			s.table[at] = uint64(hash)<<32 | uint64(i+1)
			return i
		}
		if uint32(entry>>32) == hash {
			if i := uint32(entry) - 1; bytes.Equal(s.key(i), key) {
				return i
			}
		}
	}
}

// leastTable is the first length of a shard's table.
const leastTable = 64

func (s *internShard) grow() {
	old := s.table
	s.table = make([]uint64, max(leastTable, 2*len(old)))
	mask := uint32(len(s.table) - 1)
	for _, entry := range old {
		if entry == 0 {
			continue
		}
		at := uint32(entry>>32) & mask
		for s.table[at] != 0 {
			at = (at + 1) & mask
		}
		s.table[at] = entry
	}
}

func (s *internShard) key(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = s.ends[i-1]
	}
	return s.text[start:s.ends[i]]
}

// key returns the key of a number.
func (n *interner) key(number uint32) []byte {
	return n.shards[number%internShards].key(number/internShards - 1)
}

// size is about how many bytes the interner takes for its terms.
func (n *interner) size() int64 {
	var size int64
	for i := range n.shards {
		s := &n.shards[i]
		s.mu.Lock()
		size += int64(cap(s.text)) + 4*int64(cap(s.ends)) + 8*max(0, int64(len(s.table)-leastTable))
		s.mu.Unlock()
	}
	return size
}

// top is a number above all that were given.
func (n *interner) top() uint32 {
	most := 0
	for i := range n.shards {
		most = max(most, len(n.shards[i].ends))
	}
	return uint32(most+1) * internShards
}

// sorted returns all numbers in the order of their keys.
func (n *interner) sorted() []uint32 {
	var all []spot
	for i := range n.shards {
		for j := range n.shards[i].ends {
			all = append(all, spot{number: uint32(j+1)*internShards + uint32(i)})
		}
	}
	n.sortParts(all)
	numbers := make([]uint32, len(all))
	for i := range all {
		numbers[i] = all[i].number
	}
	return numbers
}

// sortParts sorts parts side by side and then merges them.
func (n *interner) sortParts(all []spot) {
	const worth = 1 << 15
	if len(all) < worth || runtime.GOMAXPROCS(0) == 1 {
		n.sort(all, 0)
		return
	}
	left, right := slices.Clone(all[:len(all)/2]), all[len(all)/2:]
	var wg sync.WaitGroup
	wg.Go(func() { n.sort(left, 0) })
	n.sort(right, 0)
	wg.Wait()
	// What is merged never overtakes what is left of right.
	for i := range all {
		if len(left) == 0 {
			break
		}
		if len(right) > 0 && bytes.Compare(n.key(right[0].number), n.key(left[0].number)) < 0 {
			all[i], right = right[0], right[1:]
		} else {
			all[i], left = left[0], left[1:]
		}
	}
}

// spot is a number with eight bytes of its key, so that most comparisons need
// not go to the key, which lies elsewhere in memory.
type spot struct {
	word   uint64
	number uint32
}

// sort sorts numbers whose keys are equal up to depth.
func (n *interner) sort(all []spot, depth int) {
	for len(all) > 16 {
		short := false // some key ends within the word
		for i := range all {
			var whole bool
			all[i].word, whole = word(n.key(all[i].number), depth)
			short = short || !whole
		}
		slices.SortFunc(all, func(a, b spot) int { return cmp.Compare(a.word, b.word) })
		if all[0].word == all[len(all)-1].word && !short {
			depth += 8
			continue
		}
		for i := 0; i < len(all); {
			end := i + 1
			for end < len(all) && all[end].word == all[i].word {
				end++
			}
			n.sortEqual(all[i:end], depth)
			i = end
		}
		return
	}
	n.sortWhole(all, depth)
}

// sortEqual sorts numbers whose keys have one word at depth.
func (n *interner) sortEqual(all []spot, depth int) {
	for i := range all {
		if len(n.key(all[i].number)) < depth+8 {
			n.sortWhole(all, depth)
			return
		}
	}
	n.sort(all, depth+8)
}

func (n *interner) sortWhole(all []spot, depth int) {
	if len(all) > 1 {
		slices.SortFunc(all, func(a, b spot) int {
			return bytes.Compare(n.key(a.number)[depth:], n.key(b.number)[depth:])
		})
	}
}

// word reads eight bytes of a key, and whether it has as many.
func word(key []byte, depth int) (uint64, bool) {
	if len(key) >= depth+8 {
		return binary.BigEndian.Uint64(key[depth:]), true
	}
	var b [8]byte
	copy(b[:], key[depth:])
	return binary.BigEndian.Uint64(b[:]), false
}
