package loader

import (
	"strings"
	"testing"
)

// The examples of RFC 3986, 5.4, but for the reference with a scheme, which is
// never resolved, and some about bases without a path or a host.
func TestTurtleResolve(t *testing.T) {
	for _, test := range []struct{ base, ref, want string }{
		{"http://a/b/c/d;p?q", "g", "http://a/b/c/g"},
		{"http://a/b/c/d;p?q", "./g", "http://a/b/c/g"},
		{"http://a/b/c/d;p?q", "g/", "http://a/b/c/g/"},
		{"http://a/b/c/d;p?q", "/g", "http://a/g"},
		{"http://a/b/c/d;p?q", "//g", "http://g"},
		{"http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"},
		{"http://a/b/c/d;p?q", "g?y", "http://a/b/c/g?y"},
		{"http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q#s"},
		{"http://a/b/c/d;p?q", "g#s", "http://a/b/c/g#s"},
		{"http://a/b/c/d;p?q", "g?y#s", "http://a/b/c/g?y#s"},
		{"http://a/b/c/d;p?q", ";x", "http://a/b/c/;x"},
		{"http://a/b/c/d;p?q", "g;x?y#s", "http://a/b/c/g;x?y#s"},
		{"http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"},
		{"http://a/b/c/d;p?q", ".", "http://a/b/c/"},
		{"http://a/b/c/d;p?q", "./", "http://a/b/c/"},
		{"http://a/b/c/d;p?q", "..", "http://a/b/"},
		{"http://a/b/c/d;p?q", "../", "http://a/b/"},
		{"http://a/b/c/d;p?q", "../g", "http://a/b/g"},
		{"http://a/b/c/d;p?q", "../..", "http://a/"},
		{"http://a/b/c/d;p?q", "../../g", "http://a/g"},
		{"http://a/b/c/d;p?q", "../../../g", "http://a/g"},
		{"http://a/b/c/d;p?q", "/./g", "http://a/g"},
		{"http://a/b/c/d;p?q", "/../g", "http://a/g"},
		{"http://a/b/c/d;p?q", "g.", "http://a/b/c/g."},
		{"http://a/b/c/d;p?q", ".g", "http://a/b/c/.g"},
		{"http://a/b/c/d;p?q", "..g", "http://a/b/c/..g"},
		{"http://a/b/c/d;p?q", "./../g", "http://a/b/g"},
		{"http://a/b/c/d;p?q", "./g/.", "http://a/b/c/g/"},
		{"http://a/b/c/d;p?q", "g/./h", "http://a/b/c/g/h"},
		{"http://a/b/c/d;p?q", "g/../h", "http://a/b/c/h"},
		{"http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y"},
		{"http://a/b/c/d;p?q", "g?y/../x", "http://a/b/c/g?y/../x"},
		{"http://a/b/c/d;p?q", "g#s/../x", "http://a/b/c/g#s/../x"},
		{"http://a", "g", "http://a/g"},
		{"http://a?q", "", "http://a?q"},
		{"http://a?q#f", "?", "http://a?"},
		{"http://a#f", "#", "http://a#"},
		{"file:///a/b", "c", "file:///a/c"},
		{"urn:a:b", "c", "urn:c"},
		{"a:", "//h/../x", "a://h/x"},
		{"http://a//b//c", "../d", "http://a//b/d"},
	} {
		quads, err := turtleQuads(ReadTurtle, "@base <"+test.base+"> . <"+test.ref+"> <a:p> 1 .")
		if err != nil || quads[0].Subject.Native() != quads[0].Subject || quads[0].Subject.String() != "<"+test.want+">" {
			t.Errorf("<%s> of <%s>: %v, %v, want <%s>", test.ref, test.base, quads, err, test.want)
		}
	}
}

// A path that is nothing but steps up takes no longer than another.
func TestTurtleResolveLong(t *testing.T) {
	up := strings.Repeat("../", nqMaxLine/4)
	quads, err := turtleQuads(ReadTurtle, "@base <http://e.org/a/b> . <"+up+"> <a:p> <"+strings.Repeat("x/../", nqMaxLine/8)+"> .")
	if err != nil || quads[0].Subject.String() != "<http://e.org/>" || quads[0].Object.String() != "<http://e.org/a/>" {
		t.Errorf("%.200v, %v", quads, err)
	}
}
