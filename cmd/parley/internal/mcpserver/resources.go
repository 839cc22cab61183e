package mcpserver

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parley/graph"
	"parley/graph/vocab"
	"parley/queries/render"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Where the resources are.
const (
	catalogueURI  = "parley://queries"
	nodePrefix    = "parley://nodes/"
	articlePrefix = "parley://articles/"
)

const (
	jsonType     = "application/json"
	markdownType = "text/markdown"
)

// fresh tells clients to ask again: another process may have loaded since.
var fresh = mcp.Cacheable{CacheScope: "private"}

// errMissing is an id that nothing in view has, or nothing of the kind.
var errMissing = errors.New("no such resource")

var catalogue = &mcp.Resource{
	URI: catalogueURI, Name: "queries", Title: "The predefined queries", MIMEType: markdownType,
	Description: "each query: what it answers, what one row is, its parameters and columns",
}

// addResources adds what is read by address.
func (s *server) addResources(p *mcp.Server) {
	p.AddResource(catalogue, s.resource(markdownType, func(context.Context, string) ([]byte, error) {
		var b bytes.Buffer
		err := s.config.Registry.WriteCatalogue(&b)
		return b.Bytes(), err
	}))
	p.AddResourceTemplate(&mcp.ResourceTemplate{
		URITemplate: nodePrefix + "{+id}", Name: "node", Title: "What is said of one node", MIMEType: jsonType,
		Description: "each fact of an actor, meeting, measure, action, article or rule, with its sources; its id is such as person/liu-he",
	}, s.resource(jsonType, s.readNode))
	p.AddResourceTemplate(&mcp.ResourceTemplate{
		URITemplate: articlePrefix + "{+id}{?offset}", Name: "article", Title: "An article and what rests on it", MIMEType: jsonType,
		Description: "the passages of an article or reference in the order of its text, each with what it states; its id is such as article/000_5968a405b1adab4b; next leads to the passages from offset on",
	}, s.resource(jsonType, s.readArticle))
	p.AddReceivingMiddleware(s.listing)
}

// resource makes the SDK's handler of what reads a resource.
func (s *server) resource(mediaType string, read func(context.Context, string) ([]byte, error)) mcp.ResourceHandler {
	return func(ctx context.Context, r *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		var content []byte
		err := s.within(ctx, func(ctx context.Context) (err error) {
			content, err = read(ctx, r.Params.URI)
			return err
		})
		if errors.Is(err, errMissing) {
			return nil, mcp.ResourceNotFoundError(r.Params.URI)
		}
		if err != nil {
			return nil, s.refused(err)
		}
		return &mcp.ReadResourceResult{
			Cacheable: fresh,
			Contents:  []*mcp.ResourceContents{{URI: r.Params.URI, MIMEType: mediaType, Text: string(content)}},
		}, nil
	}
}

// refused makes a failure an error of the protocol, where no tool can tell it.
func (s *server) refused(err error) error {
	told := s.tell(err)
	if told == "" {
		return err // nobody waits for it any more
	}
	return &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: told}
}

// readNode reads a node's page.
func (s *server) readNode(ctx context.Context, uri string) (content []byte, err error) {
	err = s.history.Look(ctx, graph.Options{}, func(v *graph.View) error {
		n := nodeAt(v, strings.TrimPrefix(uri, nodePrefix))
		if n == 0 {
			return errMissing
		}
		d, _, err := s.nodeOf(ctx, v, n, s.config.Limits.Facts)
		if err == nil && len(d.Facts) == 0 {
			return errMissing
		}
		content = encoded(d)
		return err
	})
	return content, err
}

// nodeAt finds a node by its id in an address, in which what an address cannot
// have may be written as %XX; 0 where there is none.
func nodeAt(v *graph.View, written string) graph.Node {
	if written == "" {
		return 0
	}
	if n := v.NodeOf(graph.ID(written)); n != 0 {
		return n
	}
	id, err := url.PathUnescape(written)
	if err != nil || id == written {
		return 0
	}
	return v.NodeOf(graph.ID(id))
}

// uriOf is the address of a node's page: a reserved expansion (RFC 6570) of its
// id.
func uriOf(prefix string, id graph.ID) string {
	const asIs = "-._~:/?#[]@!$&'()*+,;="
	var b strings.Builder
	b.WriteString(prefix)
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte(asIs, c) >= 0:
			b.WriteByte(c)
		default:
			const digits = "0123456789ABCDEF"
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// listing lists the resources: the catalogue, then the sources by id, as many a
// page as the limits say. The SDK's own list would be as old as the session.
func (s *server) listing(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, r mcp.Request) (mcp.Result, error) {
		if method != "resources/list" {
			return next(ctx, method, r)
		}
		cursor := ""
		if params, ok := r.GetParams().(*mcp.ListResourcesParams); ok && params != nil {
			cursor = params.Cursor
		}
		result := &mcp.ListResourcesResult{Cacheable: fresh, Resources: []*mcp.Resource{}}
		if cursor == "" {
			result.Resources = append(result.Resources, catalogue)
		}
		err := s.within(ctx, func(ctx context.Context) error {
			return s.history.Look(ctx, graph.Options{}, func(v *graph.View) (err error) {
				result.NextCursor, err = s.sources(ctx, v, graph.ID(cursor), &result.Resources)
				return err
			})
		})
		if err != nil {
			return nil, s.refused(err)
		}
		return result, nil
	}
}

// sources appends the sources that follow one in the order of ids, and returns
// the id that the next page follows, "" for none.
func (s *server) sources(ctx context.Context, v *graph.View, after graph.ID, list *[]*mcp.Resource) (next string, err error) {
	nodes, err := v.Instances(ctx, vocab.Article, vocab.Reference)
	if err != nil {
		return "", err
	}
	type source struct {
		id   graph.ID
		node graph.Node
	}
	var rest []source
	for _, n := range nodes {
		if id := v.ID(n); id > after {
			rest = append(rest, source{id, n})
		}
	}
	slices.SortFunc(rest, func(a, b source) int { return cmp.Compare(a.id, b.id) })
	if most := s.config.Limits.Listed; len(rest) > most {
		rest = rest[:most]
		next = string(rest[most-1].id)
	}
	for _, one := range rest {
		about, err := aboutSource(ctx, v, one.node)
		if err != nil {
			return "", err
		}
		*list = append(*list, &mcp.Resource{
			URI: uriOf(articlePrefix, one.id), Name: string(one.id), Title: about.Article.Name,
			Description: render.Source(about), MIMEType: jsonType,
		})
	}
	return next, v.Err()
}

// aboutSource reads what a source is, as a citation of all of it.
func aboutSource(ctx context.Context, v *graph.View, n graph.Node) (c graph.Citation, err error) {
	if c.Article, err = v.Ref(ctx, n); err != nil {
		return c, err
	}
	published, err := v.Neighbours(ctx, []graph.Node{n}, vocab.Published, graph.Out)
	if err != nil {
		return c, err
	}
	if len(published) > 0 {
		// Quads of other programs may carry any text as a date.
		c.Published, _ = graph.ParseDate(v.Text(published[0]))
	}
	publishers, err := v.Neighbours(ctx, []graph.Node{n}, vocab.Publisher, graph.Out)
	if err != nil || len(publishers) == 0 {
		return c, err
	}
	publisher, err := v.Ref(ctx, publishers[0])
	c.Publisher = publisher.Name
	return c, err
}

// offsetOf cuts the offset off an article's address.
func offsetOf(written string) (id string, offset int) {
	id, text, ok := strings.Cut(written, "?offset=")
	if n, err := strconv.Atoi(text); ok && err == nil && n >= 0 {
		return id, n
	}
	return written, 0
}
