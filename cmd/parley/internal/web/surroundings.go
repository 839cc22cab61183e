package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
)

// The address of the picture holds all of it: the nodes that are open, whose
// neighbours are shown, in the order in which they were opened, and the day. A
// click on a node is a link to the address in which it is open too, or no
// longer. The script of the page follows such links without leaving it: it
// fetches the next page and takes the picture from there, so that there is one
// picture of each address and not two. Without the script the fragment #at leads
// to the node that was opened last, so that nobody has to look for it.

// graphPage is the picture of some nodes and of what is around them.
type graphPage struct {
	Begun   bool // nothing was asked for
	Opened  []openNode
	Nodes   []drawnNode
	Lines   []drawnLine
	Legend  []span
	Guessed bool // some line is inferred
	Crossed bool // some line is no branch
	Told    string
	Asked   []graph.ID // what the form for one more node keeps
	View    [4]int     // of the picture: x, y, width and height
	Focus   int        // the node that was opened last
	List    []listedLines
	Failure string
	Near    []span
}

// openNode is a node whose neighbours are shown.
type openNode struct {
	span
	Class string
	Fold  string // the address without it
	Only  string // the address with it alone
	Shown int
	More  string // how much is left out
}

// drawnNode is a node as it is drawn.
type drawnNode struct {
	Number     int
	ID         graph.ID
	Name       string
	Kind       string // its folder: a class for its looks
	Class      string
	Open       bool
	Middle     bool
	Toggle     string // the address at which it is open, or no longer
	Act        string // what a click on it does
	Page       string
	X, Y, W, H int
	Left, Top  int // of the box
	Lines      []drawnText
	More       string
	MoreY      int
}

// drawnText is a text as it is drawn, so wide in whatever font the browser has.
type drawnText struct {
	X, Y, Wide int
	Text       string
}

// drawnLine is a line as it is drawn, from one node's number to another's.
type drawnLine struct {
	A, B       int
	Path, Tips string
	Text       string // of a branch; the others are told in words below
	X, Y       string
	Wide       int
	Anchor     string
	Inferred   bool
	Branch     bool
	Flat, Bow  int
	Inset      int
	Via        string
	Heads      string // at which ends it has a tip: to, from or both
	Title      string
}

// listedLines are the lines of a node in words.
type listedLines struct {
	span
	Lines []lineWords
}

type lineWords struct {
	Text     string
	Far      span
	Reads    bool // from the node, not to it
	Inferred bool
}

func (s *Server) surroundings(ctx context.Context, p *page) error {
	body := &graphPage{}
	p.Name, p.Title, p.Body, p.Wide = "surroundings", "The graph", body, true
	values := p.request.URL.Query()
	var ids []graph.ID
	for _, text := range values["node"] {
		if id := graph.ID(strings.TrimSpace(text)); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return s.walk(ctx, p, func(w *walker) error {
		if text := strings.TrimSpace(values.Get("add")); text != "" {
			err := s.add(ctx, w, p, ids, text)
			var name *graph.NameError
			if !errors.As(err, &name) {
				return err
			}
			body.Failure = name.Error()
			for _, ref := range name.Near {
				body.Near = append(body.Near, span{Text: ref.Name, URL: p.graph(append(slices.Clip(ids), ref.ID)), Note: className(ref.ID)})
			}
		}
		var err error
		if body.Begun = len(ids) == 0; body.Begun {
			if ids, err = w.beginning(ctx); err != nil {
				return err
			}
		}
		return s.draw(ctx, w, p, body, ids)
	})
}

// walk gives a walker of the graph as of the day of a page to a function.
func (s *Server) walk(ctx context.Context, p *page, see func(*walker) error) error {
	g, done, err := s.history.On(ctx, p.knownBy)
	if err != nil {
		return err
	}
	defer done()
	v, err := g.View(graph.Options{KnownBy: p.knownBy})
	if err != nil {
		return err
	}
	defer v.Close()
	w := &walker{View: v, all: v}
	if !p.knownBy.IsZero() {
		if w.all, err = g.View(graph.Options{}); err != nil {
			return err
		}
		defer w.all.Close()
	}
	err = see(w)
	return cmp.Or(v.Err(), w.all.Err(), err)
}

// graph is the address of the picture in which some nodes are open.
func (l links) graph(ids []graph.ID) string {
	values := url.Values{}
	for _, id := range ids {
		values.Add("node", string(id))
	}
	if len(ids) == 0 {
		return l.at("/graph")
	}
	return l.at("/graph?" + values.Encode())
}

// add leads to the picture with one more node, which a text names.
func (s *Server) add(ctx context.Context, w *walker, p *page, ids []graph.ID, text string) error {
	var classes []*vocab.Class
	for _, c := range vocab.Classes() {
		if _, ok := kinds[c]; ok {
			classes = append(classes, c)
		}
	}
	n, err := w.Resolve(ctx, text, "node", p.knownBy, classes...)
	if err != nil {
		return err
	}
	id := w.ID(n)
	ids = slices.DeleteFunc(slices.Clone(ids), func(other graph.ID) bool { return other == id })
	return redirect(p.graph(append(ids, id)) + "#at") // where the picture shows what was opened last
}

// scene is a picture in the making.
type scene struct {
	walker  *walker
	page    *page
	opened  []graph.ID
	nodes   []graph.Node
	index   map[graph.Node]int
	refs    map[graph.Node]graph.Ref
	places  []place
	middles []int // of what is open, in order
	around  map[int]int
	more    map[int]int // neighbours that are not shown, cut off before counting
	full    bool        // there was no room for some neighbour
	lines   []said
	// left and right are how far lines reach that bend round nodes.
	left, right int
}

// draw fills the page with the picture of some nodes.
func (s *Server) draw(ctx context.Context, w *walker, p *page, body *graphPage, ids []graph.ID) error {
	sc := &scene{walker: w, page: p, index: map[graph.Node]int{}, around: map[int]int{}, more: map[int]int{}}
	var missing []graph.ID
	var open []graph.Node
	for _, id := range ids {
		n := w.NodeOf(id)
		known := n != 0
		if known && !p.knownBy.IsZero() {
			var err error
			if known, err = w.Known(ctx, n); err != nil {
				return err
			}
		}
		switch {
		case !known:
			missing = append(missing, id)
		case len(open) < mostOpen:
			open = append(open, n)
			sc.opened = append(sc.opened, id)
		}
	}
	if len(open) == 0 && len(missing) > 0 && p.knownBy.IsZero() {
		return s.unknown(ctx, w.View, missing[0])
	}
	body.Asked = sc.opened
	for i, n := range open {
		// Of what is still to be opened each takes a place.
		if err := sc.show(ctx, n, mostNodes-(len(open)-1-i)); err != nil {
			return err
		}
	}
	var err error
	if sc.refs, err = w.Refs(ctx, sc.nodes); err != nil {
		return err
	}
	if sc.lines, err = w.between(ctx, sc.nodes); err != nil {
		return err
	}
	body.Told = toldOf(len(ids)-len(missing)-len(open), sc.full, missing)
	sc.finish(body)
	if n := len(body.Opened); n > 0 && !body.Begun {
		p.Title = "The graph around " + body.Opened[n-1].Text
		if n > 1 {
			p.Title += " and " + plural(n-1, "other")
		}
	}
	return nil
}

// toldOf says what of the address is not in the picture.
func toldOf(over int, full bool, missing []graph.ID) string {
	var list []string
	if over > 0 {
		list = append(list, fmt.Sprintf("At most %d nodes are open at once; %d more are not.", mostOpen, over))
	}
	if full {
		list = append(list, fmt.Sprintf("At most %d nodes are drawn: fold some to see more of others.", mostNodes))
	}
	if len(missing) > 0 {
		text := "Nothing in view tells of "
		for i, id := range missing[:min(len(missing), 5)] {
			if i > 0 {
				text += ", "
			}
			text += queries.Clean(string(id))
		}
		list = append(list, text+".")
	}
	return strings.Join(list, " ")
}

// see adds a node to the picture.
func (sc *scene) see(n graph.Node, home, group int) int {
	i := len(sc.nodes)
	sc.index[n] = i
	sc.nodes = append(sc.nodes, n)
	sc.places = append(sc.places, place{home: home, hang: home, group: group})
	return i
}

// show opens a node: its neighbours come into the picture, as far as there is
// room.
func (sc *scene) show(ctx context.Context, n graph.Node, most int) error {
	i, ok := sc.index[n]
	if !ok {
		i = sc.see(n, -1, 0)
	}
	sc.places[i].open = true
	sc.middles = append(sc.middles, i)
	found, more, err := sc.walker.around(ctx, n)
	if err != nil {
		return err
	}
	sc.around[i], sc.more[i] = len(found), more
	list, err := sc.walker.weigh(ctx, found)
	if err != nil {
		return err
	}
	for _, c := range choose(list, mostAround) {
		if _, ok := sc.index[c.node]; ok {
			continue
		}
		if len(sc.nodes) >= most {
			sc.full = true
			break
		}
		sc.see(c.node, i, rankOf(c.id))
	}
	return nil
}
