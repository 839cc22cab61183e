package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries"
)

// pair is what joins two nodes of the picture, in both directions.
type pair struct {
	a, b     int
	labels   []string // in the order of the vocabulary
	titles   []string
	to, from bool
	inferred bool
}

// pairs joins the lines between each two nodes into one, from the node that is
// open, or was opened earlier.
func (sc *scene) pairs() []pair {
	turn := map[int]int{} // when each was opened
	for i, m := range sc.middles {
		turn[m] = len(sc.middles) - i
	}
	index := map[[2]int]int{}
	var list []pair
	for _, l := range sc.lines {
		a, b := sc.index[l.from], sc.index[l.to]
		swapped := cmp.Or(cmp.Compare(turn[b], turn[a]), cmp.Compare(a, b)) > 0
		if sc.places[a].home == b {
			swapped = true
		} else if sc.places[b].home == a {
			swapped = false
		}
		ends := [2]int{a, b}
		if swapped {
			ends = [2]int{b, a}
		}
		i, ok := index[ends]
		if !ok {
			i = len(list)
			index[ends] = i
			list = append(list, pair{a: ends[0], b: ends[1], inferred: true})
		}
		p := &list[i]
		if !slices.Contains(p.labels, l.label) {
			p.labels = append(p.labels, l.label)
		}
		title := sc.name(a) + " " + l.label + " " + sc.name(b)
		if l.inferred {
			title += " (inferred)"
		}
		p.titles = append(p.titles, title)
		p.to, p.from = p.to || !swapped, p.from || swapped
		p.inferred = p.inferred && l.inferred
	}
	slices.SortFunc(list, func(x, y pair) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	return list
}

func (sc *scene) id(i int) graph.ID { return sc.walker.ID(sc.nodes[i]) }

// name is what a node is called, in the picture and in what is read out.
func (sc *scene) name(i int) string {
	name := queries.Clean(sc.refs[sc.nodes[i]].Name)
	if runes := []rune(name); len(runes) > mostTitle {
		return string(runes[:mostTitle]) + "…"
	}
	return name
}

// mostTitle bounds the characters of a name: what does not fit into a box is
// read out and shown when the pointer rests on it, but no book.
const mostTitle = 300

// finish lays the picture out, and writes down what the template needs.
func (sc *scene) finish(body *graphPage) {
	pairs := sc.pairs()
	joins := make([]join, len(pairs))
	hangs := map[int]bool{} // what is opened by its name, and hangs on nothing yet
	for _, m := range sc.middles {
		hangs[m] = sc.places[m].home < 0
	}
	turn := map[int]int{}
	for i, m := range sc.middles {
		turn[m] = i + 1
	}
	for i := range pairs {
		p := &pairs[i]
		j := &joins[i]
		j.a, j.b, j.text = p.a, p.b, strings.Join(p.labels[:min(len(p.labels), 2)], ", ")
		if len(p.labels) > 2 {
			j.text += "…"
		}
		switch {
		case sc.places[p.b].home == p.a:
			j.branch = true
		case hangs[p.b] && turn[p.a] > 0 && turn[p.a] < turn[p.b]:
			// It hangs on what was opened before and is joined with it.
			j.branch, hangs[p.b], sc.places[p.b].hang = true, false, p.a
		}
	}
	for i := range sc.places {
		sc.places[i].name = sc.name(i)
	}
	layOut(sc.places, joins, sc.middles)
	for i := range pairs {
		r := joins[i].run(&sc.places[joins[i].a], &sc.places[joins[i].b], pairs[i].to, pairs[i].from)
		body.Lines = append(body.Lines, sc.line(&pairs[i], &joins[i], r))
		body.Guessed = body.Guessed || pairs[i].inferred
		body.Crossed = body.Crossed || !joins[i].branch
		sc.left, sc.right = min(sc.left, int(r.x)), max(sc.right, int(r.x))
	}
	shown := map[int]int{} // neighbours in the picture
	for i := range pairs {
		shown[pairs[i].a]++
		shown[pairs[i].b]++
	}
	more := map[int]string{}
	for _, i := range sc.middles {
		o := sc.open(i, shown[i])
		more[i] = o.More
		body.Opened = append(body.Opened, o)
		body.Focus = i
	}
	order := make([]int, 0, len(sc.places))
	for _, m := range sc.middles {
		order = append(order, m)
		for i := range sc.places {
			if sc.places[i].home == m && !sc.places[i].open {
				order = append(order, i)
			}
		}
	}
	for _, i := range order {
		body.Nodes = append(body.Nodes, sc.node(i, more[i]))
	}
	body.View = sc.bounds()
	body.Legend = sc.legend()
	body.List = sc.list(pairs)
}

// line draws a line.
func (sc *scene) line(p *pair, j *join, r route) drawnLine {
	l := drawnLine{
		A: p.a, B: p.b, Path: r.path, Tips: r.tips, Text: j.text, Anchor: r.anchor, Inferred: p.inferred,
		Wide: int(math.Round(textWidth(j.text, joinSize))),
		X:    strconv.FormatFloat(r.x, 'f', -1, 64), Y: strconv.FormatFloat(r.y, 'f', -1, 64),
		Branch: j.branch, Flat: j.flat, Inset: j.inset, Bow: j.bow, Heads: "to", Title: strings.Join(p.titles, "\n"),
	}
	switch {
	case p.to && p.from:
		l.Heads = "both"
	case p.from:
		l.Heads = "from"
	}
	if j.via != nil {
		l.Via = fmt.Sprintf("%d %d %d %d", j.via[0], j.via[1], j.via[2], j.via[3])
	}
	return l
}

// toggled is what is open when a node is opened, or folded.
func (sc *scene) toggled(id graph.ID) []graph.ID {
	if i := slices.Index(sc.opened, id); i >= 0 {
		return slices.Delete(slices.Clone(sc.opened), i, i+1)
	}
	return append(slices.Clip(sc.opened), id)
}

// open tells of an open node.
func (sc *scene) open(i, shown int) openNode {
	id := sc.id(i)
	l := sc.page.links
	o := openNode{
		span:  span{Text: sc.name(i), URL: l.Node(id)},
		Class: className(id), Fold: l.graph(sc.toggled(id)), Only: l.graph([]graph.ID{id}), Shown: shown,
	}
	if left := sc.around[i] - shown + sc.more[i]; left > 0 {
		o.More = grouped(left) + " more"
		if sc.more[i] > 0 {
			// What was cut off may join it to one node by several lines, or be
			// of a later day.
			o.More = "up to " + o.More
		}
	}
	return o
}

// grouped writes a number with commas.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// node draws a node.
func (sc *scene) node(i int, more string) drawnNode {
	id, pl := sc.id(i), &sc.places[i]
	n := drawnNode{
		Number: i, ID: id, Name: sc.name(i), Class: className(id), Kind: id.Folder(), Open: pl.open, Middle: pl.middle,
		Toggle: sc.page.graph(sc.toggled(id)), Page: sc.page.Node(id), Act: "show what is around it",
		X: pl.x, Y: pl.y, W: pl.w, H: pl.h, Left: -pl.w / 2, Top: -pl.h / 2,
	}
	if n.Open {
		n.Act = "fold what is around it"
	}
	if !n.Open && len(sc.opened) >= mostOpen {
		n.Toggle, n.Act = n.Page, "show its page"
	}
	line, size, width := lineHeight, nameSize, nameSize
	if pl.middle {
		line, size, width = middleLine, middleSize, middleSize*heavier
		n.More, n.MoreY = more, pl.h/2+16
	}
	for k, text := range pl.lines {
		// The base of a line of capitals is a third of the size below its middle.
		y := (2*k+1-len(pl.lines))*line/2 + int(size)/3 + 1
		n.Lines = append(n.Lines, drawnText{n.Left + glyphRoom - 2, y, int(math.Round(textWidth(text, width))), text})
	}
	return n
}

// bounds are what the picture covers.
func (sc *scene) bounds() [4]int {
	if len(sc.places) == 0 {
		return [4]int{0, 0, 1, 1}
	}
	x0, y0, x1, y1 := sc.left, sc.places[0].y, sc.right, sc.places[0].y
	for i := range sc.places {
		p := &sc.places[i]
		x0, x1 = min(x0, p.x-p.w/2), max(x1, p.x+p.w/2)
		y0, y1 = min(y0, p.y-p.h/2), max(y1, p.y+p.h/2+moreRoom)
	}
	const margin = 24
	return [4]int{x0 - margin, y0 - margin, x1 - x0 + 2*margin, y1 - y0 + 2*margin}
}

// legend names the classes that are shown.
func (sc *scene) legend() []span {
	var list []span
	for _, c := range append(vocab.Classes(), nil) {
		for i := range sc.nodes {
			if id := sc.id(i); graph.ClassOfFolder(id.Folder()) == c {
				list = append(list, span{Text: className(id), Mark: id.Folder()})
				break
			}
		}
	}
	return list
}

// list tells of all lines in words: those of each open node, then the others.
func (sc *scene) list(pairs []pair) []listedLines {
	l := sc.page.links
	at := func(i int) span { return span{Text: sc.name(i), URL: l.Node(sc.id(i))} }
	told := map[int]int{} // by node, its place in the list
	var list []listedLines
	for _, i := range sc.middles {
		told[i] = len(list)
		list = append(list, listedLines{span: at(i)})
	}
	rest := map[int]int{}
	lines := map[[2]int][]said{}
	for _, s := range sc.lines {
		a, b := sc.index[s.from], sc.index[s.to]
		k := [2]int{min(a, b), max(a, b)}
		lines[k] = append(lines[k], s)
	}
	for i := range pairs {
		p := &pairs[i]
		k, ok := told[p.a]
		if !ok {
			if k, ok = rest[p.a]; !ok {
				k = len(list)
				rest[p.a] = k
				list = append(list, listedLines{span: at(p.a)})
			}
		}
		for _, s := range lines[[2]int{min(p.a, p.b), max(p.a, p.b)}] {
			list[k].Lines = append(list[k].Lines, lineWords{s.label, at(p.b), sc.index[s.from] == p.a, s.inferred})
		}
	}
	return slices.DeleteFunc(list, func(l listedLines) bool { return len(l.Lines) == 0 })
}
