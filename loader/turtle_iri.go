package loader

import "strings"

// ttlBase is a base IRI, parted as RFC 3986, 5.2.2 does. The parts have their
// signs: "http:", "//host", "/path", "?query".
type ttlBase struct{ scheme, authority, path, query string }

// ttlParts parts a relative reference, or an IRI after its scheme.
func ttlParts(ref string) (authority, path, query, fragment string) {
	if i := strings.IndexByte(ref, '#'); i >= 0 {
		ref, fragment = ref[:i], ref[i:]
	}
	if i := strings.IndexByte(ref, '?'); i >= 0 {
		ref, query = ref[:i], ref[i:]
	}
	if strings.HasPrefix(ref, "//") {
		end := len(ref)
		if i := strings.IndexByte(ref[2:], '/'); i >= 0 {
			end = i + 2
		}
		ref, authority = ref[end:], ref[:end]
	}
	return authority, ref, query, fragment
}

// ttlBaseOf parts an IRI that nqAbsolute knows as such.
func ttlBaseOf(iri string) *ttlBase {
	i := strings.IndexByte(iri, ':') + 1
	b := &ttlBase{scheme: iri[:i]}
	b.authority, b.path, b.query, _ = ttlParts(iri[i:])
	return b
}

// resolve makes a relative reference absolute (RFC 3986, 5.2.2).
func (b *ttlBase) resolve(ref string) string {
	authority, path, query, fragment := ttlParts(ref)
	switch {
	case authority != "":
		path = ttlWithoutDots(path)
	case path == "":
		authority, path = b.authority, b.path
		if query == "" {
			query = b.query
		}
	default:
		authority = b.authority
		switch {
		case path[0] == '/':
		case b.authority != "" && b.path == "":
			path = "/" + path
		default:
			path = b.path[:strings.LastIndexByte(b.path, '/')+1] + path
		}
		path = ttlWithoutDots(path)
	}
	return b.scheme + authority + path + query + fragment
}

// ttlWithoutDots removes the segments . and .. of a path (RFC 3986, 5.2.4).
func ttlWithoutDots(in string) string {
	if !strings.Contains(in, ".") {
		return in
	}
	out := make([]byte, 0, len(in))
	for in != "" {
		switch {
		case strings.HasPrefix(in, "../"):
			in = in[3:]
		case strings.HasPrefix(in, "./"), strings.HasPrefix(in, "/./"):
			in = in[2:]
		case in == "/.":
			in = "/"
		case strings.HasPrefix(in, "/../"), in == "/..":
			if in = in[3:]; in == "" {
				in = "/"
			}
			i := len(out) - 1
			for i >= 0 && out[i] != '/' {
				i--
			}
			out = out[:max(i, 0)]
		case in == ".", in == "..":
			in = ""
		default:
			n := strings.IndexByte(in[1:], '/') + 1
			if n == 0 {
				n = len(in)
			}
			out = append(out, in[:n]...)
			in = in[n:]
		}
	}
	return string(out)
}
