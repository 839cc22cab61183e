package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// middle is where a node is on the screen.
func middle(t testing.TB, ctx context.Context, id string) (x, y float64) {
	t.Helper()
	at := eval[[]float64](t, ctx, `(() => { const b = document.querySelector('[data-id="`+id+`"] text').getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()`)
	return at[0], at[1]
}

const drawnLines = `JSON.stringify([...document.querySelectorAll(".net-path, .net-tip, .net-words text")].map((e) => ["d", "x", "y", "text-anchor"].map((k) => e.getAttribute(k))))`

// TestBrowserOpensANode clicks on a node: the page stays, the address tells the
// picture, what the script has drawn is what the server draws, and back leads
// back.
func TestBrowserOpensANode(t *testing.T) {
	ctx := openPage(t, server(t, nil), "/graph?node=meeting/2018-06-beijing-talks")
	before := eval[int](t, ctx, `window.stays = document.querySelectorAll(".net-node").length`)
	x, y := middle(t, ctx, "country/chn")
	do(t, ctx, chromedp.MouseClickXY(x, y))
	until(t, ctx, `location.search.endsWith("node=country%2Fchn") && document.querySelectorAll(".net-node").length > window.stays`)
	if got := eval[string](t, ctx, `document.querySelector(".net-chosen h2").textContent`); got != "China" {
		t.Errorf("the panel tells of %q", got)
	}
	if got := eval[string](t, ctx, `document.querySelector(".net-chosen li:last-child").textContent`); !strings.HasSuffix(got, " more, in words below") {
		t.Errorf("of many lines the panel does not say that there are more: %q", got)
	}
	if got := eval[string](t, ctx, `document.querySelector(".day").elements.to.value`); !strings.HasSuffix(got, "node=country%2Fchn") {
		t.Errorf("the slider leads to %s, and not to what is shown", got)
	}
	moved := eval[string](t, ctx, drawnLines)
	do(t, ctx, chromedp.Reload())
	if drawn := eval[string](t, ctx, drawnLines); moved != drawn {
		t.Errorf("the script draws lines otherwise than the server:\n%.2000s\n%.2000s", moved, drawn)
	}
	do(t, ctx, chromedp.NavigateBack())
	until(t, ctx, `!location.search.includes("chn")`)
	until(t, ctx, `document.querySelectorAll(".net-node").length === `+strconv.Itoa(before))
}

// TestBrowserMovesThePicture drags the ground and a node, and zooms.
func TestBrowserMovesThePicture(t *testing.T) {
	ctx := openPage(t, server(t, nil), "/graph?node=meeting/2018-06-beijing-talks")
	const view = `document.querySelector(".net-all").getAttribute("transform")`
	const path = `[...document.querySelectorAll(".net-path")].map((e) => e.getAttribute("d")).join()`
	address, before, lines := eval[string](t, ctx, "location.href"), eval[string](t, ctx, view), eval[string](t, ctx, path)
	x, y := middle(t, ctx, "country/chn")
	do(t, ctx, chromedp.DragAndDropXY(x, y, x+60, y+90, 5))
	nx, ny := middle(t, ctx, "country/chn")
	if eval[string](t, ctx, path) == lines || nx < x+50 || nx > x+70 || ny < y+80 || ny > y+100 {
		t.Errorf("the node went from %v, %v to %v, %v, its lines with it: %v", x, y, nx, ny, eval[string](t, ctx, path) != lines)
	}
	if eval[string](t, ctx, view) != before {
		t.Error("with a node everything was moved")
	}
	box := eval[[]float64](t, ctx, `(() => { const b = document.querySelector(".net-figure").getBoundingClientRect(); return [b.x, b.y, b.right, b.bottom]; })()`)
	do(t, ctx, chromedp.DragAndDropXY(box[2]-30, box[3]-30, box[2]-130, box[3]-60, 5))
	until(t, ctx, view+" !== "+quoted(before))
	for _, key := range []string{"+", "-", "0"} {
		was := eval[string](t, ctx, view)
		do(t, ctx, chromedp.Click(chromedp.CSS(`[data-key="`+key+`"]`)))
		until(t, ctx, view+" !== "+quoted(was))
	}
	if now := eval[string](t, ctx, "location.href"); now != address {
		t.Errorf("dragging led to %s", now)
	}
}

func quoted(s string) string { return `"` + s + `"` }

// TestBrowserGraphByKeyboard goes from node to node, and opens one.
func TestBrowserGraphByKeyboard(t *testing.T) {
	ctx := openPage(t, server(t, nil), "/graph?node=meeting/2018-06-beijing-talks")
	const active = `(document.activeElement.closest(".net-node")?.dataset.id ?? "")`
	if n := eval[int](t, ctx, `document.querySelectorAll(".net-picture a:not([tabindex='-1'])").length`); n != 2 {
		t.Errorf("the tab key stops %d times in the picture: at one node and at its page is enough", n)
	}
	eval[bool](t, ctx, `(document.querySelector(".net-picture a[tabindex='0']").focus(), true)`)
	from := eval[string](t, ctx, active)
	do(t, ctx, chromedp.KeyEvent(kb.ArrowLeft))
	to := eval[string](t, ctx, active)
	if from != "meeting/2018-06-beijing-talks" || to == from || to == "" {
		t.Fatalf("the arrow led from %q to %q", from, to)
	}
	do(t, ctx, chromedp.KeyEvent(kb.Enter))
	until(t, ctx, `document.querySelector('[data-id="`+to+`"]').classList.contains("open")`)
	until(t, ctx, active+" === "+quoted(to))
}

// TestBrowserDragsAFullPicture drags a picture of as many nodes as one may have,
// many times a frame: it goes along, and each frame changes one attribute, not
// one of each node.
func TestBrowserDragsAFullPicture(t *testing.T) {
	s, address := wide(t)
	ctx := openPage(t, s, address)
	type change struct{ Attribute, Class string }
	frames := eval[[][]change](t, ctx, dragging+`(async () => {
		const frames = [], move = dragging();
		await new Promise(requestAnimationFrame);
		new MutationObserver((list) => frames.at(-1).push(...list.map((r) => ({ Attribute: r.attributeName, Class: r.target.getAttribute("class") })))).observe(document.querySelector(".net-picture"), { attributes: true, childList: true, subtree: true });
		for (let i = 1; i <= 10; i++) {
			frames.push([]);
			for (let n = 1; n <= 5; n++) move(3 * i + n, 2 * i + n);
			await new Promise(requestAnimationFrame);
		}
		return frames;
	})()`)
	for i, changes := range frames {
		if len(changes) != 1 || changes[0] != (change{"transform", "net-all"}) {
			t.Errorf("frame %d changes %v, and not how all is placed alone", i, changes)
		}
	}
	if drawn := eval[int](t, ctx, `document.querySelectorAll(".net-node").length`); drawn != mostNodes {
		t.Errorf("%d nodes are drawn", drawn)
	}
}

// dragging takes hold of the picture whole, and returns what moves it so far.
const dragging = `function dragging() {
	document.querySelector('[data-key="0"]').click();
	const figure = document.querySelector(".net-figure"), box = figure.getBoundingClientRect();
	const send = (type, x, y) => figure.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, clientX: box.x + 20 + x, clientY: box.bottom - 20 - y, pointerType: "mouse", button: 0 }));
	figure.setPointerCapture = figure.hasPointerCapture = () => true; // which only real pointers have
	send("pointerdown", 0, 0);
	send("pointermove", 10, 10);
	return (x, y) => send("pointermove", x + 10, y + 10);
};`

func BenchmarkGraphFrames(b *testing.B) {
	s, address := wide(b)
	ctx := openPage(b, s, address)
	var times []float64
	for b.Loop() {
		times = append(times, eval[[]float64](b, ctx, dragging+`(async () => {
			const move = dragging(), times = [];
			let last = await new Promise(requestAnimationFrame);
			for (let i = 0; i < 60; i++) {
				move(5 * i, 3 * i);
				const now = await new Promise(requestAnimationFrame);
				times.push(now - last);
				last = now;
			}
			return times;
		})()`)...)
	}
	slices.Sort(times)
	b.ReportMetric(times[len(times)/2], "ms/frame")
	b.ReportMetric(times[len(times)*19/20], "p95-ms/frame")
	b.ReportMetric(0, "ns/op")
}

// TestBrowserGraphTextsFit sets the picture in fonts that are wider than what the
// server measures with: no text leaves its box, nor lies over another one.
func TestBrowserGraphTextsFit(t *testing.T) {
	g, _ := illNamed(t)
	ill := server(t, func(c *Config) { c.Graph = g })
	for _, c := range []struct {
		s       *Server
		address string
	}{
		{server(t, nil), "/graph?node=meeting/2018-06-beijing-talks&node=country/chn&node=person/wilbur-ross"},
		{ill, "/graph?node=country/c0&node=country/c4&node=move/m5"},
	} {
		ctx := openPage(t, c.s, c.address)
		for _, font := range []string{"", "monospace", "serif"} {
			wrong := eval[[]string](t, ctx, `(() => {
				const picture = document.querySelector(".net-picture"), wrong = [];
				picture.style.fontFamily = "`+font+`";
				const shape = (e) => e.getBoundingClientRect(), texts = [...picture.querySelectorAll(".net-words text, .net-more text")];
				for (const node of picture.querySelectorAll(".net-node")) {
					const box = shape(node.querySelector("rect")), page = shape(node.querySelector(".net-page rect"));
					for (const text of node.querySelectorAll(".net-box text")) {
						const t = shape(text);
						if (t.left < box.left || t.right > page.left + 1 || t.top < box.top - 1 || t.bottom > box.bottom + 1) wrong.push(text.textContent + " leaves its box");
					}
					for (const text of texts) {
						const t = shape(text);
						if (t.left < box.right && box.left < t.right && t.top < box.bottom && box.top < t.bottom) wrong.push(text.textContent + " lies over " + node.dataset.id);
					}
				}
				return wrong;
			})()`)
			if len(wrong) > 0 {
				t.Errorf("%s in %q: %q", c.address, font, wrong)
			}
		}
	}
}

// TestBrowserGraphOnAPhone drags with a finger: the picture goes along as far as
// it may, and then the page.
func TestBrowserGraphOnAPhone(t *testing.T) {
	ctx, _ := open(t, server(t, nil), "/graph?node=meeting/2018-06-beijing-talks", browsed{width: 390, height: 844, phone: true})
	if wide := eval[int](t, ctx, `document.documentElement.scrollWidth`); wide > 390 {
		t.Errorf("the page is %d wide", wide)
	}
	const (
		view  = `document.querySelector(".net-all").getAttribute("transform")`
		start = input.DispatchTouchEventTypeTouchStart
		moves = input.DispatchTouchEventTypeTouchMove
		end   = input.DispatchTouchEventTypeTouchEnd
	)
	before := eval[string](t, ctx, view)
	x, y := middle(t, ctx, "meeting/2018-06-beijing-talks")
	// touch puts fingers on the screen, at the height of the node; none lifts them.
	touch := func(kind input.DispatchTouchEventType, y float64, xs ...float64) {
		t.Helper()
		points := []*input.TouchPoint{}
		for i, x := range xs {
			id := float64(i)
			points = append(points, &input.TouchPoint{X: x, Y: y, ID: &id})
		}
		if _, err := chromedp.Call(ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}); err != nil {
			t.Fatal(err)
		}
	}
	drag := func(up float64) {
		t.Helper()
		touch(start, y, x)
		for n := range 10 {
			touch(moves, y-up*float64(n+1)/10, x)
		}
		touch(end, 0)
	}
	drag(40)
	until(t, ctx, view+" !== "+quoted(before))
	if scrolled := eval[float64](t, ctx, "scrollY"); scrolled != 0 {
		t.Errorf("while the picture can be moved, the page is, by %v", scrolled)
	}
	drag(400)
	until(t, ctx, "scrollY > 100")

	const scale = `document.querySelector(".net-all").transform.baseVal.getItem(1).matrix.a`
	small := eval[float64](t, ctx, scale)
	x, y = middle(t, ctx, "meeting/2018-06-beijing-talks")
	touch(start, y, x-20, x+20)
	touch(moves, y, x-40, x+40)
	touch(end, 0)
	until(t, ctx, scale+" > 1.5 * "+strconv.FormatFloat(small, 'g', -1, 64))
}

// TestBrowserGraphByWheel zooms out as far as that goes; then the wheel moves the
// page.
func TestBrowserGraphByWheel(t *testing.T) {
	ctx := openPage(t, server(t, nil), "/graph")
	const turn = `(() => {
		const e = new WheelEvent("wheel", { deltaY: 60, bubbles: true, cancelable: true, clientX: 300, clientY: 500 });
		return !document.querySelector(".net-figure").dispatchEvent(e);
	})()`
	if !eval[bool](t, ctx, turn) {
		t.Error("the wheel moves the page while the picture can be zoomed")
	}
	until(t, ctx, "!"+turn)
}

// TestBrowserGraphWithoutScripts clicks on a node: the next page shows that, where
// it is in the picture.
func TestBrowserGraphWithoutScripts(t *testing.T) {
	ctx, site := open(t, server(t, nil), "/graph?node=meeting/2018-06-beijing-talks", browsed{width: 1300, height: 900, scriptless: true})
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(`[data-id="country/chn"] .net-box text`))); err != nil {
		t.Fatal(err)
	}
	if at := eval[string](t, ctx, "location.href"); at != site+"/graph?node=meeting%2F2018-06-beijing-talks&node=country%2Fchn#at" {
		t.Errorf("the click leads to %s", at)
	}
	if !eval[bool](t, ctx, `(() => {
		const node = document.querySelector('[data-id="country/chn"].open').getBoundingClientRect(), frame = document.querySelector(".net-figure").getBoundingClientRect();
		return node.left >= frame.left && node.right <= frame.right && node.top >= frame.top && node.bottom <= frame.bottom && node.top > 0 && node.bottom < innerHeight;
	})()`) {
		t.Error("the node that was opened is not on the screen")
	}
}

// TestBrowserGraphOnPaper prints a picture of which the screen shows a part: the
// paper shows all of it.
func TestBrowserGraphOnPaper(t *testing.T) {
	ctx, _ := open(t, server(t, nil), "/graph?node=meeting/2018-06-beijing-talks&node=country/chn", browsed{width: 1000, height: 700, print: true})
	const outside = `(() => {
		const frame = document.querySelector(".net-figure").getBoundingClientRect();
		return [...document.querySelectorAll(".net-node")].map((n) => n.getBoundingClientRect()).filter((n) => n.left < frame.left || n.right > frame.right || n.top < frame.top || n.bottom > frame.bottom).length;
	})()`
	if eval[int](t, ctx, outside) == 0 {
		t.Fatal("the screen shows all")
	}
	// Browsers lay the page out anew for paper, in another size.
	if n := eval[int](t, ctx, `(dispatchEvent(new Event("beforeprint")), dispatchEvent(new Event("resize")), new Promise(requestAnimationFrame).then(() => `+outside+`))`); n > 0 {
		t.Errorf("%d nodes are not on the paper", n)
	}
	if eval[int](t, ctx, `(dispatchEvent(new Event("afterprint")), `+outside+`)`) == 0 {
		t.Error("after printing the picture is not where it was")
	}
}
