package web

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browserPath is where a browser is, or the test is skipped for want of one. CI
// has one: there nothing is skipped.
func browserPath(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no chromium: .ci/run installs it")
	}
	t.Skip("no chromium is installed, in which pages are tried out: make test installs it where it can")
	return ""
}

// browsed is how a page is looked at.
type browsed struct {
	width, height int64
	phone         bool // with a phone's screen and a finger
	dark          bool
	print         bool
	scriptless    bool
}

// desktop is a screen on which most things are tried.
var desktop = browsed{width: 1300, height: 900}

// openPage opens a page of a server on a desktop's screen.
func openPage(t testing.TB, s *Server, address string) context.Context {
	t.Helper()
	ctx, _ := open(t, s, address, desktop)
	return ctx
}

// open opens a page of a server in a browser in which nothing is animated, and
// returns the server's own address. That the browser asks anybody else for
// anything fails the test.
func open(t testing.TB, s *Server, address string, how browsed) (ctx context.Context, site string) {
	t.Helper()
	path := browserPath(t)
	serving := httptest.NewServer(s)
	t.Cleanup(serving.Close)
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-quic", true), chromedp.WSURLReadTimeout(time.Minute))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	// The browser lives as long as the context of what is done first.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(how.width, how.height)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) })
	if how.phone {
		do(t, ctx, chromedp.EmulateViewport(how.width, how.height, chromedp.EmulateMobile, chromedp.EmulateTouch))
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}}
	if how.dark {
		media.Features = append(media.Features, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	}
	if how.print {
		media.Media = "print"
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	if how.scriptless {
		if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
	}
	watch(t, ctx, serving.URL)
	do(t, ctx, chromedp.Navigate(serving.URL+address))
	return ctx, serving.URL
}

// watch fails the test where the page asks another host than its own, or does
// what its policy forbids, or a script of it fails.
func watch(t testing.TB, ctx context.Context, site string) {
	t.Helper()
	var mu sync.Mutex
	var wrongs []string
	err := chromedp.Listen(ctx, func(event any) {
		wrong := ""
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme+"://"+u.Host != site && u.Scheme != "data" && u.Scheme != "about" {
				wrong = "the page asks " + e.Request.URL
			}
		case *runtime.EventExceptionThrown:
			wrong = "a script fails: " + e.ExceptionDetails.Text
		case *log.EventEntryAdded:
			if e.Entry.Source == log.EntrySourceSecurity || e.Entry.Source == log.EntrySourceViolation {
				wrong = "the page does what it must not: " + e.Entry.Text
			}
		}
		if wrong != "" {
			mu.Lock()
			wrongs = append(wrongs, wrong)
			mu.Unlock()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, wrong := range wrongs {
			t.Error(wrong)
		}
	})
}

func do(t testing.TB, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// eval evaluates a script in the page, and until waits until one is true.
func eval[T any](t testing.TB, ctx context.Context, script string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

func until(t testing.TB, ctx context.Context, script string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	look := `new Promise((done) => { const look = () => { if (` + script + `) done(true); else requestAnimationFrame(look); }; look(); })`
	for {
		// A page that is being left has no answer; the next one has.
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](look, chromedp.EvalAwaitPromise))
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("never true: %s: %v", script, err)
		}
	}
}
