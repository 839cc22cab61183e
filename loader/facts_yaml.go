package loader

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxFactsFile bounds the bytes of a facts file.
const maxFactsFile = 16 << 20

// notText tells why a file is no text of a size to be read.
func notText(src []byte) (at place, problem string) {
	if len(src) > maxFactsFile {
		return at, fmt.Sprintf("%d bytes; a facts file has at most %d MiB: share the facts out among several", len(src), maxFactsFile>>20)
	}
	line, start := 1, 0
	for i := 0; i < len(src); {
		c, size := rune(src[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(src[i:])
		}
		switch {
		case c == '\n':
			line, start = line+1, i+1
		case c == utf8.RuneError && size == 1:
			problem = "not UTF-8; save the file as UTF-8 text"
		case c == '\r' && !bytes.HasPrefix(src[i+1:], []byte("\n")):
			problem = "a carriage return by itself; end lines with a line feed"
		case c < ' ' && c != '\t' && c != '\r', c == 0x7f:
			problem = fmt.Sprintf("binary: has the character %U; a facts file is text", c)
		}
		if problem != "" {
			return place{line, 1 + utf8.RuneCount(src[start:i])}, problem
		}
		i += size
	}
	return at, ""
}

const bom = "\ufeff"

// Bounds on one part of a file, for goccy/go-yaml v1.19.2 calls itself for each
// key and each bracket, and takes time that grows with the square of the keys,
// of blank lines and of some runs of characters. TestHostileFacts pins them.
const (
	maxPart  = 16 << 10 // bytes
	maxLine  = 2048     // bytes
	maxBlank = 32       // lines in a row
	maxDepth = 64       // open brackets, dashes on a line
)

// yamlReader reads the parts of one YAML file and notes the place of each
// mistake. A part is read by itself, so that a slip in one hides nothing of
// another.
type yamlReader struct {
	report
	file string
	base int // lines of the file before the part that is being read
}

func (y *yamlReader) bad(at place, field, format string, args ...any) {
	y.add(y.file, at, field, format, args...)
}

// section is a key at the start of a line, with all that belongs to it.
type section struct {
	key        string
	at         place
	part              // with the key
	items      []part // each of a list with one item, or one passage
	start, end int    // bytes of the file, up to the last line that is no comment
	indent     int    // of the items; notSeen, noItems
}

// part is a piece of a file that is YAML by itself.
type part struct {
	text string
	base int // lines before it
}

const (
	notSeen = -1
	noItems = -2
)

// split cuts a file where a key starts a line, and the value of such a key
// where a dash of its list does, or the next passage. YAML lets nothing else
// stand there: what goes on over several lines is indented deeper. A closing
// bracket need not be, as in other readers.
func (y *yamlReader) split(src string) (found []section) {
	var starts []part // of the items of the last section; text is all that follows
	within := false   // whether a line may go on with the last section
	finish := func(end int) {
		if !within {
			return
		}
		s := &found[len(found)-1]
		s.text = src[s.start:end]
		for i, item := range starts {
			size := len(item.text) - (len(src) - end)
			if i+1 < len(starts) {
				size = len(item.text) - len(starts[i+1].text)
			}
			s.items = append(s.items, part{item.text[:size], item.base})
		}
		starts, within = nil, false
	}
	offset, number, lost := 0, 0, false
	for row := range strings.Lines(src) {
		start, at := offset, place{number + 1, 1}
		offset, number = offset+len(row), number+1
		if number == 1 && strings.HasPrefix(row, bom) {
			start, row = len(bom), row[len(bom):]
		}
		row = strings.TrimRight(row, " \t\r\n")
		line := strings.TrimLeft(row, " ")
		indent := len(row) - len(line)
		key, rest, isKey := strings.Cut(row+" ", ":")
		dash := isDash(line)
		switch {
		case line == "" || line[0] == '#' || row == "---" && number == 1:
		case strings.HasPrefix(row, "---"), strings.HasPrefix(row, "..."), row[0] == '%':
			y.bad(at, "", "a facts file is one YAML document without %.20s; make another file of what follows", strings.Fields(row)[0])
			finish(start)
			return found
		case indent > 0 || dash || line[0] == '\t' || line[0] == ']' || line[0] == '}':
			if !within {
				if !lost {
					y.bad(at, "", "belongs to no key; a facts file has %s, each at the start of a line", either(factsKeys))
				}
				lost = true
				continue
			}
			s := &found[len(found)-1]
			s.end = offset
			if s.indent == notSeen {
				s.indent = noItems
				if dash || s.key == "passages" {
					s.indent = indent
				}
			}
			if s.indent == indent && (dash || s.key == "passages") {
				starts = append(starts, part{src[start:], number - 1})
			}
		case isKey && (rest[0] == ' ' || rest[0] == '\t') && !strings.ContainsAny(key, "[]{},"):
			finish(start)
			within, lost = true, false
			s := section{key: strings.Trim(key, " \t\"'"), at: at, part: part{base: number - 1}, start: start, end: offset, indent: notSeen}
			if rest = strings.TrimSpace(rest); rest != "" && rest[0] != '#' {
				s.indent = noItems
			}
			found = append(found, s)
		default:
			finish(start)
			if !lost {
				y.bad(at, "", "not a key; a facts file has %s, each at the start of a line with a colon after it; indent all else", either(factsKeys))
			}
			lost = true // and so may be the lines after it
		}
	}
	finish(len(src))
	return found
}

// isDash tells whether a line starts with an item of a list.
func isDash(line string) bool {
	return line == "-" || strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "-\t")
}

// parse reads one part. It gives nil if that is not YAML.
func (y *yamlReader) parse(p part) ast.Node {
	y.base = p.base
	if at, problem := outOfBounds(p.text); problem != "" {
		y.bad(place{p.base + at, 1}, "", "%s", problem)
		return nil
	}
	// goccy counts two lines where a comment ends with CRLF.
	text := strings.ReplaceAll(p.text, "\r\n", "\n")
	file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, problem := place{p.base + 1, 1}, err.Error()
		if e, ok := err.(interface {
			GetMessage() string
			GetToken() *token.Token
		}); ok {
			problem = e.GetMessage()
			if tk := e.GetToken(); tk != nil && tk.Position != nil {
				at = y.position(tk)
			}
		}
		y.bad(at, "", "not YAML: %s", advise(problem))
		return nil
	}
	return file.Docs[0].Body
}

// advice is what to do about the messages of goccy that do not say it.
var advice = []struct{ part, do string }{
	{"mapping value is not allowed", "put quotes around a text that has a colon and a space in it"},
	{"value is not allowed in this context", "look at the indentation and the quotes"},
	{"cannot start any token", "indent with spaces"},
	{"is a reserved character", "put quotes around the text"},
}

func advise(problem string) string {
	problem = strings.ReplaceAll(problem, "\t", `\t`)
	for _, a := range advice {
		if strings.Contains(problem, a.part) {
			return problem + "; " + a.do
		}
	}
	return problem
}

// outOfBounds tells what of a part is beyond the bounds, and on which line.
func outOfBounds(text string) (line int, problem string) {
	if len(text) > maxPart {
		return 1, fmt.Sprintf("what starts here is longer than %d KiB; share it out, each item of the list on a line of its own after a dash", maxPart>>10)
	}
	depth, blank := 0, 0
	for row := range strings.Lines(text) {
		line++
		trimmed := strings.TrimSpace(row)
		blank++
		if trimmed != "" {
			blank = 0
		}
		dashes := 0
		for isDash(trimmed) {
			trimmed = strings.TrimLeft(trimmed[1:], " \t")
			dashes++
		}
		for _, c := range []byte(trimmed) {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			}
		}
		switch {
		case len(row) > maxLine:
			return line, fmt.Sprintf("a line longer than %d bytes: write >- after the key and the text on lines of its own below", maxLine)
		case blank > maxBlank:
			return line, fmt.Sprintf("more than %d blank lines: leave them out", maxBlank)
		case max(depth, dashes) > maxDepth:
			return line, fmt.Sprintf("more than %d lists within each other: a facts file has three at most", maxDepth)
		}
	}
	return 0, ""
}

func (y *yamlReader) position(tk *token.Token) place {
	return place{y.base + tk.Position.Line, max(1, tk.Position.Column)}
}

// place tells where a node starts. goccy has a block mapping start at the colon
// of its first key.
func (y *yamlReader) place(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle {
		return y.place(m.Values[0].Key)
	}
	return y.position(n.GetToken())
}

// entry is one key of a mapping with its value.
type entry struct {
	key   string
	at    place
	value ast.Node
	colon place
}

// mapping gives the entries of a mapping in their order, each key once. want
// says what the node should be.
func (y *yamlReader) mapping(n ast.Node, field, want string) (entries []entry, ok bool) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		y.unexpected(n, field, want)
		return nil, false
	}
	first := make(map[string]place, len(m.Values))
	for _, pair := range m.Values {
		e := entry{at: y.place(pair.Key), value: pair.Value, colon: y.position(pair.Start)}
		switch k := pair.Key.(type) {
		case *ast.StringNode:
			e.key = k.Value
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
			e.key = k.GetToken().Value
		default:
			y.bad(e.at, field, "a key must be a plain word followed by a colon")
			continue
		}
		if at, twice := first[e.key]; twice {
			y.bad(e.at, e.key, "given twice; first at %s", at)
			continue
		}
		first[e.key] = e.at
		entries = append(entries, e)
	}
	return entries, true
}

// items gives the values of a list, and a value by itself as a list of one.
func items(n ast.Node) []ast.Node {
	if list, ok := n.(*ast.SequenceNode); ok {
		return list.Values
	}
	return []ast.Node{n}
}

// text gives a text; a number or true is taken as it is written.
func (y *yamlReader) text(n ast.Node, field, want string) (string, bool) {
	var text string
	switch s := n.(type) {
	case *ast.StringNode:
		text = s.Value
	case *ast.LiteralNode:
		text = s.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		text = s.GetToken().Value
	default:
		y.unexpected(n, field, want)
		return "", false
	}
	text = strings.TrimSpace(text)
	if text == "" {
		y.bad(y.place(n), field, "empty; write %s, or leave it out", want)
		return "", false
	}
	if problem := noText(text); problem != "" {
		y.bad(y.place(n), field, "%s", problem)
		return "", false
	}
	return text, true
}

// noText tells of a character that no value may have.
func noText(text string) (problem string) {
	for _, c := range text {
		if unicode.IsControl(c) && c != '\n' && c != '\t' || c == utf8.RuneError {
			return fmt.Sprintf("has the character %U, which is no text; leave it out", c)
		}
	}
	return ""
}

// unexpected tells that a node is not of the kind it should be.
func (y *yamlReader) unexpected(n ast.Node, field, want string) {
	kind := "something else"
	switch n.(type) {
	case *ast.NullNode:
		y.bad(y.place(n), field, "no value; write %s, or leave it out", want)
		return
	case *ast.AnchorNode, *ast.AliasNode:
		y.bad(y.place(n), field, "anchors (&) and aliases (*) are not read; write the value itself")
		return
	case *ast.TagNode:
		y.bad(y.place(n), field, "tags (!) are not read; write the value without one")
		return
	case *ast.SequenceNode:
		kind = "a list"
	case *ast.MappingNode:
		kind = "a mapping"
	case *ast.StringNode, *ast.LiteralNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		kind = "a text"
	}
	y.bad(y.place(n), field, "%s where %s should be", kind, want)
}
