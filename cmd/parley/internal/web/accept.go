package web

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"parley/queries"
	"parley/queries/render"
)

// negotiate chooses the format of an answer: what the address says, else what
// the client would rather have (RFC 9110, 12.5.1).
func negotiate(r *http.Request, q *queries.Query) (*render.Format, error) {
	formats := formatsOf(q)
	if name := r.URL.Query().Get("format"); name != "" {
		i := slices.IndexFunc(formats, func(f *render.Format) bool { return f.Name == name })
		if i < 0 {
			return nil, &queries.ArgError{Param: "format", Value: name, Problem: "write one of " + strings.Join(formatNames(q), ", ")}
		}
		return formats[i], nil
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return formats[0], nil
	}
	ranges := accepted(accept)
	var best *render.Format
	quality := 0.0
	for _, f := range formats { // the first where a client takes several as gladly
		if q := qualityOf(f.MediaType, ranges); q > quality {
			best, quality = f, q
		}
	}
	if best == nil {
		var types []string
		for _, f := range formats {
			types = append(types, f.MediaType)
		}
		return nil, failure{http.StatusNotAcceptable, "No such format", "the answer is written as one of " + strings.Join(types, ", "), "", nil}
	}
	return best, nil
}

// mediaRange is a kind of answer that a client takes, and how gladly.
type mediaRange struct {
	kind    string
	quality float64
}

// accepted reads an Accept header. What cannot be read is passed over.
func accepted(header string) []mediaRange {
	const most = 64 // ranges; no client has more
	var list []mediaRange
	for part := range strings.SplitSeq(header, ",") {
		kind, parameters, err := mime.ParseMediaType(part)
		if err != nil || len(list) == most {
			continue
		}
		quality := 1.0
		if text, given := parameters["q"]; given {
			if quality, err = strconv.ParseFloat(text, 64); err != nil || quality < 0 || quality > 1 {
				continue
			}
		}
		list = append(list, mediaRange{kind, quality})
	}
	return list
}

// qualityOf is how gladly a media type is taken: the narrowest range that it is
// in tells.
func qualityOf(mediaType string, ranges []mediaRange) float64 {
	kind, _, _ := strings.Cut(mediaType, "/")
	for _, wanted := range []string{mediaType, kind + "/*", "*/*"} {
		for _, r := range ranges {
			if r.kind == wanted {
				return r.quality
			}
		}
	}
	return 0
}
