package loader

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// What is read, against N-Quads with the same labels in the same order, in which
// <xsd: and <rdf: stand for the namespaces.
type turtleCase struct{ name, text, want string }

func (test turtleCase) check(t *testing.T, read turtleReader) {
	t.Run(test.name, func(t *testing.T) {
		for _, r := range []io.Reader{strings.NewReader(test.text), iotest.OneByteReader(strings.NewReader(test.text))} {
			var got string
			quads, err := turtleFrom(read, r)
			for _, q := range quads {
				line, err := FormatQuad(q)
				if err != nil {
					t.Fatal(err)
				}
				got += line + "\n"
			}
			want := strings.NewReplacer("<xsd:", "<"+nqXSD, "<rdf:", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#").Replace(test.want)
			if want != "" {
				want += "\n"
			}
			if err != nil || got != want {
				t.Errorf("%s\ngot\n%s%v\nwant\n%s", test.text, got, err, want)
			}
		}
	})
}

func TestReadTurtle(t *testing.T) {
	const ex, short = "@prefix ex: <http://e.org/> . @prefix : <a:> .\n", "@prefix : <a:> . :s :p "
	for _, test := range []turtleCase{
		{"nothing", "", ""},
		{"comments only", " \t\r\n# nothing \x00 here", ""},
		{"N-Triples", "<a:s> <a:p> \"x\\u00E9\\n\"@en-GB .\n_:b.c<a:p>_:d.", "<a:s> <a:p> \"xé\\n\"@en-GB .\n_:b.c <a:p> _:d ."},
		{"byte order mark", "\uFEFF<a:s> <a:p> <a:o> .", "<a:s> <a:p> <a:o> ."},
		{"no spaces", "@prefix:<a:>.<a:s>:p:q'x',[],:t.e.<a:s>a :,().", `<a:s> <a:p:q> "x" .
<a:s> <a:p:q> _:anon1 .
<a:s> <a:p:q> <a:t.e> .
<a:s> <rdf:type> <a:> .
<a:s> <rdf:type> <rdf:nil> .`},
		{"predicates and objects", ex + "ex:s a ex:C , :D ;\n ex:p 'x', \"\"\"y\"\"\" ;;; ex:q ex:o ; ;.", `<http://e.org/s> <rdf:type> <http://e.org/C> .
<http://e.org/s> <rdf:type> <a:D> .
<http://e.org/s> <http://e.org/p> "x" .
<http://e.org/s> <http://e.org/p> "y" .
<http://e.org/s> <http://e.org/q> <http://e.org/o> .`},
		{"SPARQL directives", "prefix ex: <a:> BaSe <http://e.org/x/y> PREFIX : <z/> ex:s :p <#o>.", "<a:s> <http://e.org/x/z/p> <http://e.org/x/y#o> ."},
		{"prefix anew", "@prefix e: <a:>. e:s e:p e:o. @prefix e: <b:>. e:s e:p e:o.", "<a:s> <a:p> <a:o> .\n<b:s> <b:p> <b:o> ."},
		{"base anew", "@base <http://e.org/x> . <s> <p> <o> . @base <d/> . <s> <p> <o> .", "<http://e.org/s> <http://e.org/p> <http://e.org/o> .\n<http://e.org/d/s> <http://e.org/d/p> <http://e.org/d/o> ."},
		{"a prefix keeps its base", "@base <a:b/>. @prefix e: <c>. @base <x:y>. e:s e:p e:.", "<a:b/cs> <a:b/cp> <a:b/c> ."},
		{"absolute IRIs stay", "@base <b:> . <HTTP://E.org/x/../y> <a:p> <a:%7e/./b> .", "<HTTP://E.org/x/../y> <a:p> <a:%7e/./b> ."},
		{"escapes in IRIs", `@base <http://e.org/> . <\u00e9/\U0001F600> <p> <a:\u0062> .`, "<http://e.org/é/😀> <http://e.org/p> <a:b> ."},
		{"prefixed names", ex + "ex: ex:a.b ex:c:d, ex:1, ex:_, ex:%4f, ex:a-, ex:é·, ex:a.ex:b.\nex:a ex:-1 .", `<http://e.org/> <http://e.org/a.b> <http://e.org/c:d> .
<http://e.org/> <http://e.org/a.b> <http://e.org/1> .
<http://e.org/> <http://e.org/a.b> <http://e.org/_> .
<http://e.org/> <http://e.org/a.b> <http://e.org/%4f> .
<http://e.org/> <http://e.org/a.b> <http://e.org/a-> .
<http://e.org/> <http://e.org/a.b> <http://e.org/é·> .
<http://e.org/> <http://e.org/a.b> <http://e.org/a.ex:b> .
<http://e.org/a> <http://e.org/> "-1"^^<xsd:integer> .`},
		{"escaped names", ex + `:s :p ex:\~\.\_\-\!\$\&\'\(\)\*\+\,\;\=\/\?\#\@\%, ex:a\..`, `<a:s> <a:p> <http://e.org/~._-!$&'()*+,;=/?#@%> .
<a:s> <a:p> <http://e.org/a.> .`},
		{"numbers", short + "1, -02, +3, 1.0, -.5, 1e3, 1.e3, .5E-3, -1.25e+3, 4.", `<a:s> <a:p> "1"^^<xsd:integer> .
<a:s> <a:p> "-02"^^<xsd:integer> .
<a:s> <a:p> "+3"^^<xsd:integer> .
<a:s> <a:p> "1.0"^^<xsd:decimal> .
<a:s> <a:p> "-.5"^^<xsd:decimal> .
<a:s> <a:p> "1e3"^^<xsd:double> .
<a:s> <a:p> "1.e3"^^<xsd:double> .
<a:s> <a:p> ".5E-3"^^<xsd:double> .
<a:s> <a:p> "-1.25e+3"^^<xsd:double> .
<a:s> <a:p> "4"^^<xsd:integer> .`},
		{"numbers side by side", short + "(1.5.5-1).", `_:anon1 <rdf:first> "1.5"^^<xsd:decimal> .
_:anon1 <rdf:rest> _:anon2 .
_:anon2 <rdf:first> ".5"^^<xsd:decimal> .
_:anon2 <rdf:rest> _:anon3 .
_:anon3 <rdf:first> "-1"^^<xsd:integer> .
_:anon3 <rdf:rest> <rdf:nil> .
<a:s> <a:p> _:anon1 .`},
		{"booleans", "@prefix : <a:> . :s :p true, false.", "<a:s> <a:p> \"true\"^^<xsd:boolean> .\n<a:s> <a:p> \"false\"^^<xsd:boolean> ."},
		{"prefixes like keywords", "@prefix a: <a:> . @prefix true: <b:> . @prefix prefix: <c:> . prefix:s a:a true:x .", "<c:s> <a:a> <b:x> ."},
		{"a dot after a keyword", "@prefix p: <a:>. @prefix : <a:>. p:s a true.:s p:p true.PREFIX p: <b:>p:s p:p p:o.", `<a:s> <rdf:type> "true"^^<xsd:boolean> .
<a:s> <a:p> "true"^^<xsd:boolean> .
<b:s> <b:p> <b:o> .`},
		{"strings", short + `"", '', """""", '''''', "it's \"x\"", 'say "x"', """a "b" ""c` + "\r\n" + `d\"""", '''e''f'g''' .`, `<a:s> <a:p> "" .
<a:s> <a:p> "" .
<a:s> <a:p> "" .
<a:s> <a:p> "" .
<a:s> <a:p> "it's \"x\"" .
<a:s> <a:p> "say \"x\"" .
<a:s> <a:p> "a \"b\" \"\"c\r\nd\"" .
<a:s> <a:p> "e''f'g" .`},
		{"escapes in strings", short + `"\t\b\n\r\f\"\'\\\u00e9\U0001F600" .`, `<a:s> <a:p> "\t\b\n\r\f\"'\\é😀" .`},
		{"qualified strings", short + `"x"@en-Latn-1a , "x" # c
 @de , '1' ^^ <a:t>, """1"""^^:t, "x"^^<` + nqXSD + `string> .`, `<a:s> <a:p> "x"@en-Latn-1a .
<a:s> <a:p> "x"@de .
<a:s> <a:p> "1"^^<a:t> .
<a:s> <a:p> "1"^^<a:t> .
<a:s> <a:p> "x" .`},
		{"blank nodes", "@prefix : <a:> . [] :p [ ], [ # c\n ] . [ :p :o ] . [ :p :o ; ] :q _:x .", `_:anon1 <a:p> _:anon2 .
_:anon1 <a:p> _:anon3 .
_:anon4 <a:p> <a:o> .
_:anon5 <a:p> <a:o> .
_:anon5 <a:q> _:x .`},
		{"nested blank nodes", short + "[ :q [ :r 'x' ] , :o ] .", `_:anon2 <a:r> "x" .
_:anon1 <a:q> _:anon2 .
_:anon1 <a:q> <a:o> .
<a:s> <a:p> _:anon1 .`},
		{"labels like generated ones", "_:anon1 <a:p> [], _:_anon1, _:__anon2, _:anon, _:anon1x, _:_anon .", `_:_anon1 <a:p> _:anon1 .
_:_anon1 <a:p> _:__anon1 .
_:_anon1 <a:p> _:___anon2 .
_:_anon1 <a:p> _:anon .
_:_anon1 <a:p> _:anon1x .
_:_anon1 <a:p> _:_anon .`},
		{"collections", "@prefix : <a:> . ( :x (:y) ) :p () . (1) :p 2 .", `_:anon1 <rdf:first> <a:x> .
_:anon2 <rdf:first> <a:y> .
_:anon2 <rdf:rest> <rdf:nil> .
_:anon1 <rdf:rest> _:anon3 .
_:anon3 <rdf:first> _:anon2 .
_:anon3 <rdf:rest> <rdf:nil> .
_:anon1 <a:p> <rdf:nil> .
_:anon4 <rdf:first> "1"^^<xsd:integer> .
_:anon4 <rdf:rest> <rdf:nil> .
_:anon4 <a:p> "2"^^<xsd:integer> .`},
	} {
		test.check(t, ReadTurtle)
		test.check(t, ReadTriG) // Turtle is TriG
	}
}

func TestReadTriG(t *testing.T) {
	for _, test := range []turtleCase{
		{"graphs", "@prefix : <a:> . { :s :p 1 . } :g { :s :p :o. :s :q :o } _:g {} GRAPH <a:h> { _:g a [] }", `<a:s> <a:p> "1"^^<xsd:integer> .
<a:s> <a:p> <a:o> <a:g> .
<a:s> <a:q> <a:o> <a:g> .
_:g <rdf:type> _:anon1 <a:h> .`},
		{"graphs without names of their own", "@prefix : <a:> . [] { :s :p [] . } graph [ ] { [ :p :o ] . [:p (1)] :q :o ; } :s :p :o .", `<a:s> <a:p> _:anon2 _:anon1 .
_:anon4 <a:p> <a:o> _:anon3 .
_:anon6 <rdf:first> "1"^^<xsd:integer> _:anon3 .
_:anon6 <rdf:rest> <rdf:nil> _:anon3 .
_:anon5 <a:p> _:anon6 _:anon3 .
_:anon5 <a:q> <a:o> _:anon3 .
<a:s> <a:p> <a:o> .`},
		{"no spaces", "@prefix graph:<a:>.graph:g{graph:s graph:p'o'}graph:g{}<a:s><a:p><a:o>.", "<a:s> <a:p> \"o\" <a:g> .\n<a:s> <a:p> <a:o> ."},
		{"directives between graphs", "PREFIX : <a:> :g { :s :p :o } @prefix : <b:> . GRAPH :g { :s :p :o }", "<a:s> <a:p> <a:o> <a:g> .\n<b:s> <b:p> <b:o> <b:g> ."},
	} {
		test.check(t, ReadTriG)
		if _, err := turtleQuads(ReadTurtle, test.text); err == nil || !strings.HasSuffix(err.Error(), "graphs in { } belong to TriG: read the file as TriG, and name it .trig") {
			t.Errorf("Turtle: %v", err)
		}
	}
}

const (
	turtleNode   = "an IRI in < >, a prefixed name, a blank node _:name, [ ] or ( )"
	turtleVerb   = "an IRI in < >, a prefixed name or the keyword a"
	turtleObject = `an IRI in < >, a prefixed name, a blank node _:name, [ ], ( ), a literal in " ", a number, true or false`
	turtleGraph  = "an IRI in < >, a prefixed name, a blank node _:name or []"
)

func TestReadTurtleErrors(t *testing.T) {
	const sp = "<a:s> <a:p> "
	for _, test := range []struct{ text, want string }{
		{"<s> <a:p> <a:o> .", "1:1: subject: relative IRI: write it whole, as in <http://example.org/name>, or write @base <http://example.org/> . above"},
		{"@base <b> .", "1:7: base: relative IRI: write it whole, as in <http://example.org/name>, or write @base <http://example.org/> . above"},
		{"@base <a:b> .\n<1a:s> <p> <o> .", "2:1: subject: the part of an IRI before ':' is a scheme, such as http; in a relative IRI write ./ before it"},
		{"e:s e:p e:o .", "1:1: subject: the prefix e: is not declared: write @prefix e: <http://example.org/> . above"},
		{sp + "'1'^^xsd:integer .", "1:18: object: the prefix xsd: is not declared: write @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . above"},
		{strings.Repeat("é", 40) + " <a:p> 1 .", "1:1: subject: want " + turtleNode + ", not 'é'"},
		{strings.Repeat("aé", 40) + " <a:p> 1 .", "1:1: subject: want " + turtleNode + `, not the word "` + strings.Repeat("aé", 20) + `…": is its prefix missing?`},
		{strings.Repeat("é", 40) + ":s <a:p> 1 .", "1:1: subject: the prefix " + strings.Repeat("é", 30) + "…: is not declared: write @prefix " + strings.Repeat("é", 30) + "…: <http://example.org/> . above"},
		{"@prefix e <a:> .", "1:9: prefix: want a prefix and ':', as in ex:, not 'e'"},
		{"@prefix e: a: .", "1:12: prefix: want the IRI that the prefix stands for, in < >, not 'a'"},
		{"@prefix e: <a:>\n<a:s>", "2:1: prefix: want '.' after @prefix, not '<'"},
		{"PREFIX e: <a:> . ", "1:16: subject: want " + turtleNode + ", not '.'"},
		{"@base e:", "1:7: base: want the base IRI in < >, not 'e'"},
		{"@PREFIX e: <a:> .", "1:1: subject: want @prefix or @base, in lower case, not \"@PREFIX\""},
		{"baſe <a:>", "1:1: subject: want " + turtleNode + `, not the word "baſe": is its prefix missing?`},
		{"@prefixes e: <a:> .", "1:1: subject: want @prefix or @base, in lower case, not \"@prefixes\""},
		{"@" + strings.Repeat("xé", 50), "1:1: subject: want @prefix or @base, in lower case, not \"@" + strings.Repeat("xé", 20) + "…\""},
		{sp + "@prefix", "1:13: object: want " + turtleObject + "; a directive comes only after the '.' of a statement"},
		{"'s' <a:p> <a:o> .", "1:1: subject: a literal cannot be the subject: want " + turtleNode},
		{"true <a:p> <a:o> .", "1:1: subject: want " + turtleNode + `, not the word "true": is its prefix missing?`},
		{"<a:s> 'p' <a:o> .", "1:7: predicate: a literal cannot be the predicate: want " + turtleVerb},
		{"<a:s> _:p <a:o> .", "1:7: predicate: a blank node cannot be the predicate: want " + turtleVerb},
		{"<a:s> [] <a:o> .", "1:7: predicate: a blank node cannot be the predicate: want " + turtleVerb},
		{"<a:s> () <a:o> .", "1:7: predicate: a collection cannot be the predicate: want " + turtleVerb},
		{"<a:s> A <a:o> .", "1:7: predicate: want " + turtleVerb + `, not the word "A": is its prefix missing?`},
		{"<a:s> .", "1:7: predicate: want " + turtleVerb + ", not '.'"},
		{"[] .", "1:4: predicate: want " + turtleVerb + ", not '.'"},
		{"(1) .", "1:5: predicate: want " + turtleVerb + ", not '.'"},
		{"[;] .", "1:2: predicate: want " + turtleVerb + ", not ';'"},
		{sp + ".", "1:13: object: want a digit in a number that begins with '.'"},
		{sp + ", 1 .", "1:13: object: want " + turtleObject + ", not ','"},
		{sp + "1, .", "1:16: object: want a digit in a number that begins with '.'"},
		{sp + "tru .", "1:13: object: want " + turtleObject + `, not the word "tru": is its prefix missing?`},
		{sp + "<a:o>\n\n<a:s>", "3:1: end of statement: want ',' ';' or '.', not '<'"},
		{sp + "<a:o>", "1:18: end of statement: the file ends here: want ',' ';' or '.'"},
		{"[ <a:p> 1 ]", "1:12: end of statement: the file ends here: want '.'"},
		{"[ <a:p> 1 . ]", "1:11: end of statement: want ',' ';' or ']', not '.'"},
		{sp + "(1 . ", "1:16: object: want a digit in a number that begins with '.'"},
		{sp + "(1 ] ", "1:16: object: want " + turtleObject + ", not ']'"},
		{sp + "(1", "1:15: object: the file ends here: want " + turtleObject},
		{sp + "123abc .", "1:16: end of statement: want ',' ';' or '.', not 'a'"},
		{sp + "1e .", "1:14: end of statement: want ',' ';' or '.', not 'e'"},
		{sp + "+-1 .", "1:13: object: want a digit in a number that begins with '+'"},
		{sp + "\"é∀😀\\q\" .", `1:17: object: unknown escape: want \t \b \n \r \f \" \' \\ \uXXXX or \UXXXXXXXX`},
		{sp + "'''é\r\n\r∀\\u12G4''' .", `3:6: object: want 4 hexadecimal digits after \u`},
		{sp + `"\uD83D\uDE00" .`, `1:14: object: U+D83D is half a surrogate pair: write the character itself or one \U escape`},
		{sp + "\"open .\n", `1:20: object: the line ends inside a literal: want " (write a line break as \n, or quote with """)`},
		{sp + "'''open\n''", "2:3: object: the file ends inside a literal: want '''"},
		{sp + `"x`, `1:15: object: the file ends inside a literal: want "`},
		{sp + `"""x""""`, `1:20: end of statement: want ',' ';' or '.', not '"'`},
		{sp + `"x"@1 .`, "1:17: object: want a letter after '@', as in @en, not '1'"},
		{sp + `"x"@en- .`, "1:20: object: want a letter or digit after '-', as in @en-GB, not ' '"},
		{sp + `"x"@`, "1:17: object: the file ends here: want a letter after '@', as in @en"},
		{sp + `"x"^<a:t> .`, "1:17: object: want ^^ and a datatype, not '<'"},
		{sp + `"x"^^"t" .`, "1:18: object: a literal cannot be the object: want a datatype: an IRI in < > or a prefixed name"},
		{"<a:s t> <a:p> <a:o> .", "1:5: subject: an IRI cannot contain ' ': write %20, or end the IRI with '>'"},
		{"<a:\\u0020> <a:p> <a:o> .", "1:4: subject: an IRI cannot contain ' ', not even escaped: write %20"},
		{"<a:\\n> <a:p> <a:o> .", "1:4: subject: unknown escape: want \\uXXXX or \\UXXXXXXXX, the only ones in an IRI"},
		{"<a:s\n> <a:p> <a:o> .", "1:5: subject: the line ends inside an IRI: want '>'"},
		{"<a:s", "1:5: subject: the file ends inside an IRI: want '>'"},
		{"<<<a:s> <a:p> <a:o>>> <a:p> <a:o> .", "1:1: subject: want <http://example.org/name>; statements about statements in << >> are not RDF 1.1"},
		{"@prefix e: <a:>. e:%4g e:p e:o .", `1:20: subject: want 2 hexadecimal digits after %, as in %20; write \% for the character itself`},
		{"@prefix e: <a:>. e:a\\b e:p e:o .", `1:21: subject: unknown escape: want \ before one of _~.-!$&'()*+,;=/?#@% in a prefixed name`},
		{"@prefix e: <a:>. e:a%4", "1:23: subject: the file ends inside a prefixed name"},
		{"_:.a <a:p> <a:o> .", "1:3: subject: want a letter, digit or '_' after '_:', not '.'"},
		{"_a <a:p> <a:o> .", "1:2: subject: want ':' of a blank node _:name, not 'a'"},
		{"_:", "1:3: subject: the file ends here: want a letter, digit or '_' after '_:'"},
		{"<a:s> = <a:o> .", "1:7: predicate: want " + turtleVerb + ", not '='"},
		{"}", "1:1: subject: '}' without '{' before it: want a subject, @prefix or @base"},
		{" \uFEFF" + sp + "<a:o> .", "1:2: subject: byte order mark U+FEFF: remove it; only the beginning of a file may have one"},
		{sp + "\"a\xffb\" .", "1:15: object: byte 0xFF is not UTF-8: convert the text to UTF-8 (or is the file binary?)"},
		{sp + "<a:o> . # é \xc3", "1:25: subject: byte 0xC3 is not UTF-8: convert the text to UTF-8 (or is the file binary?)"},
		{sp + "<a:o> .\nx\xed\xa0\x80", "2:2: subject: byte 0xED is not UTF-8: convert the text to UTF-8 (or is the file binary?)"},
		{"\x00\x01\x02", "1:1: subject: NUL byte: want " + turtleNode + " (is the file binary?)"},
		{"\x1f\x8b\x08\x00", "1:1: subject: the file is compressed with gzip: decompress it first"},
		{"\x28\xb5\x2f\xfd", "1:1: subject: the file is compressed with zstd: decompress it first"},
		{"\xff\xfe<\x00a\x00", "1:1: subject: the file is UTF-16: convert it to UTF-8"},
	} {
		turtleRefuses(t, ReadTurtle, test.text, test.want)
	}
}

func TestReadTriGErrors(t *testing.T) {
	const g = "<a:g> { <a:s> <a:p> <a:o> "
	for _, test := range []struct{ text, want string }{
		{g, "1:27: end of statement: the file ends here: want ',' ';' '.' or '}'"},
		{g + ".", "1:28: subject: the file ends here: want " + turtleNode},
		{g + "<a:n> }", "1:27: end of statement: want ',' ';' '.' or '}', not '<'"},
		{g + "} .", "1:29: subject: want " + turtleNode + ", not '.'"},
		{g + ".. }", "1:28: subject: want " + turtleNode + ", not '.'"},
		{"<a:g> { <a:s> }", "1:15: predicate: want " + turtleVerb + ", not '}'"},
		{"<a:g> { { } }", "1:9: subject: a graph cannot have a graph in it: want a subject or '}'"},
		{"<a:g> { <a:h> { } }", "1:15: predicate: want " + turtleVerb + ", not '{'"},
		{"<a:g> { GRAPH <a:h> { } }", "1:9: subject: GRAPH cannot be in a graph: write it outside of the { }"},
		{"<a:g> { @prefix a: <a:> . }", "1:9: subject: a directive cannot be in a graph: write it outside of the { }"},
		{"<a:g> { prefix a: <a:> }", "1:9: subject: prefix cannot be in a graph: write it outside of the { }"},
		{"[ <a:p> <a:o> ] { }", "1:17: graph label: a graph cannot be named by [ ] with properties: want " + turtleGraph},
		{"(1) { }", "1:5: graph label: a graph cannot be named by ( ): want " + turtleGraph},
		{"GRAPH [ <a:p> <a:o> ] { }", "1:7: graph label: a graph cannot be named by [ ] with properties: want " + turtleGraph},
		{"GRAPH { }", "1:7: graph label: want " + turtleGraph + ", not '{'"},
		{"GRAPH 'g' { }", "1:7: graph label: a literal cannot be the graph label: want " + turtleGraph},
		{"GRAPH <a:g> <a:s>", "1:13: graph label: want '{' after the name of a graph, not '<'"},
		{"'g' { }", "1:1: subject: a literal cannot be the subject: want " + turtleNode},
	} {
		turtleRefuses(t, ReadTriG, test.text, test.want)
	}
}

// turtleRefuses wants one mistake, however the bytes come in.
func turtleRefuses(t *testing.T, read turtleReader, text, want string) {
	t.Helper()
	_, err := turtleQuads(read, text)
	var m *Mistake
	if !errors.As(err, &m) || err.Error() != "x.ttl:"+want {
		t.Errorf("%q:\n got %v\nwant x.ttl:%s", text, err, want)
	}
	_, bytewise := turtleFrom(read, iotest.OneByteReader(strings.NewReader(text)))
	if bytewise == nil || err == nil || bytewise.Error() != err.Error() {
		t.Errorf("%q: at once %v, byte by byte %v", text, err, bytewise)
	}
}
