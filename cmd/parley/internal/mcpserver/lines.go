package mcpserver

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// mostLine is how many bytes a message may have.
const mostLine = 1 << 20

// Lines is the stdio transport: a JSON-RPC message a line. Unlike the SDK's own,
// which ends the session at the first line that is none, it answers such a line
// with an error and goes on. (TestMalformedLines)
//
// Batches, which only one version of the protocol had, it refuses in this way. When
// the input ends, what was asked is answered before the session ends, where that
// does not take long.
type Lines struct {
	In  io.Reader
	Out io.Writer
}

// Connect begins to read. The connection's Close does not end a read that In is
// in; what it read then is dropped.
func (l *Lines) Connect(context.Context) (mcp.Connection, error) {
	c := &connection{out: l.Out, lines: make(chan line), closed: make(chan struct{}), answered: make(chan struct{}, 1)}
	go c.read(l.In)
	return c, nil
}

type line struct {
	text []byte // nil for one that is too long
	err  error  // after which there are no more
}

type connection struct {
	lines  chan line
	closed chan struct{}
	close  sync.Once

	writing sync.Mutex
	out     io.Writer

	asking   sync.Mutex
	asked    int           // calls that have no answer yet
	answered chan struct{} // tells that one has
}

// read gives the lines of in to Read.
func (c *connection) read(in io.Reader) {
	b := bufio.NewReaderSize(in, 64<<10)
	for {
		text, err := readLine(b)
		if len(text) > 0 || text == nil && err == nil {
			if !c.give(line{text: text}) {
				return
			}
		}
		if err != nil {
			c.give(line{err: err})
			return
		}
	}
}

func (c *connection) give(l line) bool {
	select {
	case c.lines <- l:
		return true
	case <-c.closed:
		return false
	}
}

// readLine reads a line, without the spaces around it. Of one that is too long it
// keeps nothing: the text is nil and there is no error.
func readLine(b *bufio.Reader) (text []byte, err error) {
	text = []byte{}
	for {
		part, err := b.ReadSlice('\n')
		if text != nil {
			text = append(text, part...)
		}
		if len(text) > mostLine {
			text = nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			if text == nil && errors.Is(err, io.EOF) {
				return nil, err
			}
			if text != nil {
				text = append([]byte{}, bytes.TrimSpace(text)...)
			}
			return text, err
		}
	}
}

// Read returns the next message. What is none it answers itself.
func (c *connection) Read(ctx context.Context) (jsonrpc.Message, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-c.closed:
			return nil, io.EOF
		case l := <-c.lines:
			if l.err != nil {
				if errors.Is(l.err, io.EOF) {
					c.drain(ctx)
				}
				return nil, l.err
			}
			message, problem := messageOf(l.text)
			if problem == nil {
				if r, ok := message.(*jsonrpc.Request); ok && r.IsCall() {
					c.count(1)
				}
				return message, nil
			}
			if err := c.write(problem); err != nil {
				return nil, err
			}
		}
	}
}

func (c *connection) count(n int) (left int) {
	c.asking.Lock()
	defer c.asking.Unlock()
	c.asked += n
	return c.asked
}

// drain waits a while for every call to have its answer: whoever only had nothing
// more to ask reads on; whoever went away is not known from them.
func (c *connection) drain(ctx context.Context) {
	late := time.NewTimer(grace)
	defer late.Stop()
	for c.count(0) > 0 {
		select {
		case <-c.answered:
		case <-c.closed:
			return
		case <-ctx.Done():
			return
		case <-late.C:
			return
		}
	}
}

// Write writes a message in one line.
func (c *connection) Write(ctx context.Context, m jsonrpc.Message) error {
	if _, ok := m.(*jsonrpc.Response); ok {
		defer func() {
			c.count(-1)
			select {
			case c.answered <- struct{}{}:
			default: // whoever waits is told already
			}
		}()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	text, err := jsonrpc.EncodeMessage(m)
	if err != nil {
		return err
	}
	return c.write(text)
}

func (c *connection) write(text []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	_, err := c.out.Write(append(text, '\n'))
	return err
}

// Close ends reading.
func (c *connection) Close() error {
	c.close.Do(func() { close(c.closed) })
	return nil
}

// SessionID is none: there is one session.
func (c *connection) SessionID() string { return "" }

// messageOf reads a message, or says what is wrong with the line as the error
// that answers it.
func messageOf(text []byte) (m jsonrpc.Message, problem []byte) {
	switch {
	case text == nil:
		return nil, errorLine(nil, jsonrpc.CodeInvalidRequest, fmt.Sprintf("the message is longer than %d bytes", mostLine))
	case !utf8.Valid(text):
		return nil, errorLine(nil, jsonrpc.CodeParseError, "the line is not UTF-8")
	case !json.Valid(text):
		return nil, errorLine(nil, jsonrpc.CodeParseError, "the line is not JSON; write one JSON-RPC message a line")
	case text[0] == '[':
		return nil, errorLine(nil, jsonrpc.CodeInvalidRequest, "batches are not taken; write one JSON-RPC message a line")
	}
	m, err := jsonrpc.DecodeMessage(text)
	if err != nil {
		return nil, errorLine(text, jsonrpc.CodeInvalidRequest, "not a JSON-RPC 2.0 message: "+err.Error())
	}
	return m, nil
}

// errorLine answers a line that is no message, by its id where it has one.
func errorLine(text []byte, code int, told string) []byte {
	id := json.RawMessage("null")
	var asked struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(text, &asked) == nil && len(asked.ID) > 0 && bytes.IndexByte([]byte(`"-0123456789`), asked.ID[0]) >= 0 {
		id = asked.ID
	}
	answer := map[string]any{"jsonrpc": "2.0", "id": id, "error": map[string]any{"code": code, "message": told}}
	return encoded(answer)
}
