package gizmo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"parley/graph"

	cayley "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/query"
	"github.com/cayleygraph/cayley/query/gizmo"
	"github.com/cayleygraph/quad"
	"github.com/dop251/goja"
)

// session is a query that runs.
type session struct {
	store interface {
		cayley.QuadStore
		Err() error
	}
	vm      *goja.Runtime
	results query.Iterator
	value   any   // of the query, and how it failed: to be read once it has
	failed  error // ended
}

// mostText is how long a query may be: its parser goes deep, and is slow to
// tell many mistakes.
const mostText = 1 << 16

// begin makes ready to run a query.
func begin(v *graph.View, text string) (*session, error) {
	if len(text) > mostText {
		return nil, fmt.Errorf("the query has %d bytes, more than %d", len(text), mostText)
	}
	store, err := v.QuadStore()
	if err != nil {
		return nil, err
	}
	own := gizmo.NewSession(store)
	// The session shows nobody its machine, which is needed to interrupt a
	// query more than once and to catch what it panics with. Were it gone, no
	// test here would pass.
	s := &session{store: store, vm: (*goja.Runtime)(reflect.ValueOf(own).Elem().FieldByName("vm").UnsafePointer())}
	const guard = "parley"
	s.vm.Set(guard, func(goja.FunctionCall) goja.Value {
		s.run(text)
		if s.failed != nil {
			panic(&goja.InterruptedError{}) // what failed has left the machine astray
		}
		return goja.Undefined()
	})
	s.results, err = own.Execute(context.Background(), guard+"()", query.Options{Collation: query.Raw, Limit: -1})
	return s, err
}

// run runs the query, on the goroutine of cayley's session.
func (s *session) run(text string) {
	defer func() {
		if x := recover(); x != nil {
			s.failed = fmt.Errorf("the query breaks cayley's Gizmo: %v", x)
		}
	}()
	v, err := s.vm.RunScript("query", text)
	if err != nil {
		s.failed = explain(err)
		return
	}
	s.value = v.Export()
}

// explain gives an error of cayley's for the exception that it came as.
func explain(err error) error {
	var thrown *goja.Exception
	if !errors.As(err, &thrown) || thrown.Value() == nil {
		return err
	}
	if object, ok := thrown.Value().(*goja.Object); ok {
		for _, v := range []goja.Value{object, object.Get("value")} {
			if v == nil {
				continue
			}
			if cause, ok := v.Export().(error); ok {
				return cause
			}
		}
	}
	return thrown
}

// answer reads rows until the query has ended, or the context, or there are
// enough.
func (s *session) answer(ctx context.Context, limit int) (*Answer, error) {
	a := &Answer{Rows: []Row{}}
	for s.results.Next(ctx) {
		if limit > 0 && len(a.Rows) == limit {
			a.Truncated = true
			return a, nil
		}
		row, err := s.row(s.results.Result().(*gizmo.Result))
		if err != nil {
			return nil, err
		}
		a.Rows = append(a.Rows, row)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if s.failed != nil {
		return nil, s.failed
	}
	if err := s.results.Err(); err != nil || len(a.Rows) > 0 || s.value == nil {
		return a, err
	}
	if strings.HasSuffix(fmt.Sprintf("%T", s.value), ".pathObject") {
		return nil, errors.New("the query ends in a path, which gives no rows: end it with .all()")
	}
	row, err := emitted(s.value)
	a.Rows = append(a.Rows, row)
	return a, err
}

// patience is how long a query that is interrupted may take to end.
const patience = time.Second

// stop interrupts the query and waits for its end, for a while. It tells
// whether the query has ended.
func (s *session) stop() bool {
	const again = 10 * time.Millisecond
	for range patience / again {
		ctx, cancel := context.WithTimeout(context.Background(), again)
		more := s.results.Next(ctx)
		over := ctx.Err() != nil
		cancel()
		if !more && !over {
			return true
		}
		_ = s.results.Close()
		s.vm.Interrupt(errEndless)
	}
	return false
}

// row turns a result into a row.
func (s *session) row(r *gizmo.Result) (Row, error) {
	if r.Tags == nil {
		return emitted(r.Val)
	}
	row := make(Row, len(r.Tags))
	for tag, ref := range r.Tags {
		if v := s.store.NameOf(ref); v != nil {
			row[tag] = native(v)
		}
	}
	return row, nil
}

// emitted makes a row of what a query emits.
func emitted(v any) (Row, error) {
	v, err := plain(v)
	if object, ok := v.(map[string]any); ok {
		return object, err
	}
	return Row{"value": v}, err
}

// plain keeps what JSON can write, and writes terms as rows have them.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, bool, int64, int:
		return v, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v), nil
		}
		return v, nil
	case time.Time:
		return v.Format(time.RFC3339Nano), nil
	case quad.Value:
		return native(v), nil
	case []any:
		for i := range v {
			var err error
			if v[i], err = plain(v[i]); err != nil {
				return nil, err
			}
		}
		return v, nil
	case map[string]any:
		for key := range v {
			var err error
			if v[key], err = plain(v[key]); err != nil {
				return nil, err
			}
		}
		return v, nil
	}
	return nil, fmt.Errorf("the query gives %T, which is no value", v)
}

// native gives the value of a literal, and writes nodes as Gizmo reads them.
func native(v quad.Value) any {
	switch v.(type) {
	case quad.IRI, quad.BNode:
		return quad.StringOf(v)
	case quad.Int, quad.Float, quad.Bool, quad.Time:
		value, _ := plain(v.Native())
		return value
	}
	return graph.Text(v)
}
