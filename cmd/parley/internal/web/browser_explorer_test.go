package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/graph"
	"parley/queries"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// commandLine is what the program itself prints, as a user types it in a shell.
func commandLine(t *testing.T, line string) []byte {
	t.Helper()
	shell := exec.Command("sh", "-c", strings.Replace(line, "parley ", `go run parley/cmd/parley `, 1))
	shell.Env = append(os.Environ(), "PARLEY_DB=")
	var told bytes.Buffer
	shell.Stderr = &told
	out, err := shell.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", line, err, &told)
	}
	return out
}

// shownRow is a row of a table on a page: its texts by column, and the passages
// that it cites.
type shownRow struct {
	Texts map[string]string
	Cites []string
}

const shownRows = `JSON.stringify([...document.querySelectorAll(".sheet tbody tr")].filter((r) => !r.hidden).map((r) => {
	const row = { Texts: {}, Cites: [] };
	for (const cell of r.cells) {
		const copy = cell.cloneNode(true);
		for (const c of copy.querySelectorAll(".cites a")) row.Cites.push(decodeURIComponent(c.getAttribute("href").replace("/nodes/", "").replace(/\?.*#/, "#")));
		for (const c of copy.querySelectorAll(".cites")) c.remove();
		const text = copy.textContent.replace(/\s+/g, " ").trim();
		if (text) row.Texts[cell.dataset.head] = text;
	}
	row.Cites.sort();
	return row;
}))`

func rowsOnPage(t *testing.T, ctx context.Context) (rows []shownRow) {
	t.Helper()
	if err := json.Unmarshal([]byte(eval[string](t, ctx, shownRows)), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

var (
	passage = regexp.MustCompile(`#(\d+):(\d+)-(\d+)`)
	role    = regexp.MustCompile(` \((\w+)\)`)
)

// rowsOfCommand reads what a command prints as CSV as the rows of a page.
func rowsOfCommand(t *testing.T, line string) (rows []shownRow) {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(commandLine(t, line+" --set articles --format csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := shownRow{Texts: map[string]string{}}
		for i, text := range record {
			name := records[0][i]
			switch {
			case text == "" || strings.HasSuffix(name, "_id"):
			case strings.HasSuffix(name, "sources"):
				for cited := range strings.SplitSeq(passage.ReplaceAllString(text, "#p$1-$2-$3"), "; ") {
					row.Cites = append(row.Cites, cited)
				}
			default:
				if date, err := graph.ParseDate(text); err == nil && strings.Contains(name, "date") {
					text = date.Words()
				}
				if name == "participants" || name == "agent" || name == "target" {
					text = role.ReplaceAllString(strings.ReplaceAll(text, "; ", ", "), " $1")
				}
				row.Texts[strings.ReplaceAll(name, "_", " ")] = text
			}
		}
		slices.Sort(row.Cites)
		rows = append(rows, row)
	}
	return rows
}

// sameAsCommand holds the rows of a page against those of the command that the
// page itself names.
func sameAsCommand(t *testing.T, ctx context.Context, want string) {
	t.Helper()
	command := eval[string](t, ctx, `document.querySelector(".take code").textContent`)
	if command != want {
		t.Errorf("the page names the command %s, not %s", command, want)
	}
	rows := rowsOnPage(t, ctx)
	if diff := cmp.Diff(rowsOfCommand(t, command), rows); diff != "" || len(rows) == 0 {
		t.Errorf("%s (-command +page):\n%s", command, diff)
	}
}

// click clicks on what a selector finds, and waits for the page that it leads to.
func click(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	eval[bool](t, ctx, `(window.stayed = false, true)`)
	do(t, ctx, chromedp.Click(chromedp.CSS(selector)))
	until(t, ctx, `window.stayed === undefined && document.readyState === "complete"`)
}

// press presses a key as a keyboard does: where the page takes the key, nothing
// comes of its text. KeyEvent sends that all the same.
func press(t *testing.T, ctx context.Context, key, text string) {
	t.Helper()
	for _, event := range []input.DispatchKeyEventParams{
		{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Code: key, Text: text}, {Type: input.DispatchKeyEventTypeKeyUp, Key: key, Code: key},
	} {
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
			t.Fatal(err)
		}
	}
}

// fill types into a field of the form of a question, which it opens first.
func fill(t *testing.T, ctx context.Context, name, text string) {
	t.Helper()
	eval[bool](t, ctx, `(document.querySelector(".asking").open = true)`)
	do(t, ctx, chromedp.SendKeys(chromedp.CSS(`[name="`+name+`"]`), text))
}

// TestBrowserWhoNegotiatedWithWhom goes from the home page to an answer, on to
// what it rests on, and comes back by its permalink.
func TestBrowserWhoNegotiatedWithWhom(t *testing.T) {
	ctx, site := open(t, server(t, nil), "/", desktop)
	click(t, ctx, "#h-negotiated-with a")
	sameAsCommand(t, ctx, "parley query negotiated-with --status any")

	// A name is completed as it is typed.
	fill(t, ctx, "actor", "liu")
	until(t, ctx, `document.querySelector("#f-actor + .completions li")?.textContent.startsWith("Liu He") ?? false`)
	do(t, ctx, chromedp.KeyEvent(kb.ArrowDown))
	press(t, ctx, "Enter", "\r")
	until(t, ctx, `document.querySelector("#f-actor").value === "Liu He"`)
	click(t, ctx, "form.ask button.primary")
	sameAsCommand(t, ctx, "parley query negotiated-with --actor 'Liu He' --status any")
	asked := rowsOnPage(t, ctx)

	// Sorted, then filtered, as one types and by the server.
	click(t, ctx, ".sheet th.node:nth-of-type(2) a")
	sorted := rowsOnPage(t, ctx)
	if !slices.IsSortedFunc(sorted, func(a, b shownRow) int {
		return strings.Compare(a.Texts["counterpart"], b.Texts["counterpart"])
	}) || len(sorted) != len(asked) {
		t.Errorf("sorted by counterpart: %v", sorted)
	}
	do(t, ctx, chromedp.SendKeys(chromedp.CSS("#filter"), "PHONE robert"))
	until(t, ctx, `document.querySelector("#rows").textContent === "1 of 5 rows on this page"`)
	if left := rowsOnPage(t, ctx); len(left) != 1 || left[0].Texts["counterpart"] != "Robert Lighthizer" {
		t.Errorf("the filter leaves %v", left)
	}

	// What is left out says why.
	do(t, ctx, chromedp.Navigate(site+"/queries/negotiated-with?actor=Wilbur+Ross"))
	if left := eval[string](t, ctx, `document.querySelector(".left li").textContent`); !strings.Contains(left, "planned: no passage in view says that it took place") {
		t.Errorf("left out: %s", left)
	}

	// One click on a number leads to the passage in its article.
	row := rowsOnPage(t, ctx)[0]
	click(t, ctx, ".sheet tbody tr:first-child .cites a")
	if at := eval[string](t, ctx, `document.querySelector(":target").id`); !slices.Contains(row.Cites, strings.TrimPrefix(eval[string](t, ctx, "location.pathname"), "/nodes/")+"#"+at) {
		t.Errorf("the number leads to %s, the row cites %v", at, row.Cites)
	}
	if !eval[bool](t, ctx, `(() => { const b = document.querySelector(":target").getBoundingClientRect(); return b.top >= 0 && b.top < innerHeight; })()`) {
		t.Error("the passage is not on the screen")
	}
	if rests := eval[string](t, ctx, `document.querySelector(":target").textContent`); !strings.Contains(rests, row.Texts["meeting"]) {
		t.Errorf("what rests on the passage does not name %q: %s", row.Texts["meeting"], rests)
	}

	// The permalink gives the same answer to whoever opens it.
	do(t, ctx, chromedp.Navigate(site+"/queries/negotiated-with?status=any&actor=Liu+He&sort-by=counterpart&filter=phone"))
	click(t, ctx, ".permalink")
	if diff := cmp.Diff(asked, rowsOnPage(t, ctx)); diff != "" {
		t.Errorf("the permalink gives (-asked +opened):\n%s", diff)
	}
}

// TestBrowserCompletion fills in what stands for one node only, and opens no list
// where the focus is gone.
func TestBrowserCompletion(t *testing.T) {
	two := written(t, `
references:
  - {id: reference/r, title: A page, url: "https://example.org/a"}
facts:
  - {person: person/sam-one, at: reference/r, name: Sam Twice}
  - {person: person/sam-two, at: reference/r, name: Sam Twice}
`)
	ctx, _ := open(t, server(t, func(c *Config) { c.Graph = two }), "/queries/actor", desktop)
	fill(t, ctx, "actor", "sam")
	until(t, ctx, `document.querySelectorAll("#f-actor + .completions li").length === 2`)
	press(t, ctx, "ArrowDown", "")
	press(t, ctx, "ArrowDown", "")
	press(t, ctx, "Enter", "\r")
	until(t, ctx, `document.querySelector("#f-actor").value === "person/sam-two"`)
	click(t, ctx, "form.ask button.primary")
	if failure := eval[bool](t, ctx, `document.querySelector(".failure") !== null`); failure {
		t.Error("what was chosen names nobody")
	}
	// The answer to what was typed comes when the focus has left.
	eval[bool](t, ctx, `(document.querySelector(".asking").open = true)`)
	eval[bool](t, ctx, `(() => {
		const asked = window.fetch;
		window.fetch = async (url) => {
			const answer = await asked(url), read = answer.json.bind(answer);
			document.querySelector("#f-actor").blur();
			// What follows the reading comes before the next task.
			answer.json = async () => { try { return await read(); } finally { setTimeout(() => { window.left = true; }); } };
			return answer;
		};
		const box = document.querySelector("#f-actor");
		box.focus(); box.value = "he"; box.dispatchEvent(new Event("input"));
		return true;
	})()`)
	until(t, ctx, `window.left === true`)
	if eval[bool](t, ctx, `!document.querySelector("#f-actor + .completions").hidden`) {
		t.Error("the list is open though the focus is elsewhere")
	}
}

// TestBrowserKeepsSourcesInSight shows the passages of a table that is wider than
// the screen.
func TestBrowserKeepsSourcesInSight(t *testing.T) {
	ctx, _ := open(t, server(t, nil), "/queries/tariff-moves", desktop)
	if !eval[bool](t, ctx, `(() => { const s = document.querySelector(".scroll"); return s.scrollWidth > s.clientWidth; })()`) {
		t.Fatal("the table is not wider than the screen")
	}
	if right := eval[float64](t, ctx, `document.querySelector("td.sources .cites a").getBoundingClientRect().right - document.querySelector(".scroll").getBoundingClientRect().right`); right > 0 {
		t.Errorf("the passages begin %.0f pixels beyond the edge", right)
	}
}

// TestBrowserWhatAnsweredWhat asks the second question, through the picture.
func TestBrowserWhatAnsweredWhat(t *testing.T) {
	ctx, _ := open(t, server(t, nil), "/", desktop)
	click(t, ctx, "#h-retaliation-chains a")
	sameAsCommand(t, ctx, "parley query retaliation-chains")
	fill(t, ctx, "agent", "China")
	eval[bool](t, ctx, `(document.querySelector("[name=stated-only]").click(), true)`)
	click(t, ctx, "form.ask button.primary")
	sameAsCommand(t, ctx, "parley query retaliation-chains --agent China --stated-only")
	marks := eval[int](t, ctx, `new Set([...document.querySelectorAll("#rows, .picture a")].map((a) => a.href).filter(Boolean)).size`)
	actions := eval[int](t, ctx, `new Set([...document.querySelectorAll(".sheet td.main a")].map((a) => a.href)).size`)
	if marks < actions {
		t.Errorf("the picture links to %d nodes, the table to %d acts", marks, actions)
	}
	name := eval[string](t, ctx, `document.querySelector(".picture a title").textContent`)
	href := eval[string](t, ctx, `document.querySelector(".picture a").getAttribute("href")`)
	click(t, ctx, ".picture a")
	if at, title := eval[string](t, ctx, "location.pathname"), eval[string](t, ctx, "document.querySelector('h1').textContent"); at != href || !strings.Contains(name, title) {
		t.Errorf("the mark %q leads to %s, %q", name, at, title)
	}
}

// TestBrowserKnownBy takes the explorer back to a day with the slider, follows a
// link, and finds itself on the same day.
func TestBrowserKnownBy(t *testing.T) {
	ctx, _ := open(t, server(t, nil), "/queries/retaliation-chains", desktop)
	eval[bool](t, ctx, `(document.querySelector("#stop").focus(), window.stayed = false, true)`)
	stops := eval[[]string](t, ctx, `document.querySelector("#stop").dataset.stops.trim().split(" ")`)
	back := len(stops) - slices.Index(stops, "2018-09-21")
	for range back {
		do(t, ctx, chromedp.KeyEvent(kb.ArrowLeft))
	}
	until(t, ctx, `window.stayed === undefined && document.readyState === "complete"`)
	sameAsCommand(t, ctx, "parley query retaliation-chains --known-by 2018-09-21")
	if told := eval[string](t, ctx, `document.querySelector(".asof").textContent`); !strings.Contains(told, "As it was known by 2018-09-21") {
		t.Errorf("the page tells %q", told)
	}
	astray := eval[[]string](t, ctx, `[...document.querySelectorAll("a[href^='/']")].filter((a) => !a.closest(".day, .foot") && !a.getAttribute("href").includes("known-by=2018-09-21")).map((a) => a.outerHTML)`)
	if len(astray) > 0 {
		t.Errorf("these links leave the day: %.500s", astray)
	}
	click(t, ctx, ".sheet td.main a")
	click(t, ctx, ".brand")
	if day := eval[string](t, ctx, `new URLSearchParams(location.search).get("known-by")`); day != "2018-09-21" {
		t.Errorf("two clicks on, the day is %q", day)
	}
	click(t, ctx, ".day a")
	if eval[bool](t, ctx, `location.search.includes("known-by") || document.querySelector(".asof") !== null`) {
		t.Error("the way back to everything leads elsewhere")
	}
}

// TestBrowserNodePages looks at what the page of each kind of node has of its own.
func TestBrowserNodePages(t *testing.T) {
	ctx, site := open(t, server(t, nil), "/", desktop)
	for address, sections := range map[string][]string{
		"person/liu-he":                                 {"Offices", "Who faced them", "What they did, and what was done to them"},
		"country/chn":                                   {"Who faced them", "What they did, and what was done to them"},
		"meeting/2018-09-washington-talks":              {"What was planned, and what happened", "The meeting"},
		"measure/usa-tariff-200-billion-2018":           {"The rate over time", "Moves", "What the moves set off"},
		"move/2018-09-usa-announces-tariff-200-billion": {"What it led to"},
		"article/000_5968a405b1adab4b":                  {"Passages, and what rests on each"},
		"rule/answers-within-days":                      {"What it concludes"},
		"change/2018-09-china-cancels-washington-talks": {"What led to it"},
	} {
		do(t, ctx, chromedp.Navigate(site+"/nodes/"+address))
		heads := eval[[]string](t, ctx, `[...document.querySelectorAll("main h2")].map((h) => h.textContent)`)
		for _, want := range append(sections, "Everything said of it") {
			if !slices.Contains(heads, want) {
				t.Errorf("%s: no %q among %q", address, want, heads)
			}
		}
		uncited := eval[[]string](t, ctx, `[...document.querySelectorAll(".facts dd > p")].filter((p) => !p.querySelector(".cites a, .mark.inferred")).map((p) => p.textContent)`)
		if len(uncited) > 0 && !strings.HasPrefix(address, "rule/") {
			t.Errorf("%s: facts without a passage: %q", address, uncited)
		}
	}
}

// TestBrowserWithoutScripts goes the same ways where no script runs.
func TestBrowserWithoutScripts(t *testing.T) {
	look := desktop
	look.scriptless = true
	ctx, site := open(t, server(t, nil), "/", look)
	page := func() string {
		t.Helper()
		text, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("html")))
		if err != nil {
			t.Fatal(err)
		}
		return html.UnescapeString(text)
	}
	follow := func(selector, want string) {
		t.Helper()
		if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
			t.Fatalf("%s: %v", selector, err)
		}
		if got := page(); !strings.Contains(got, want) {
			t.Errorf("%s leads to no page with %q: %.300s", selector, want, got)
		}
	}
	do(t, ctx, chromedp.SendKeys(chromedp.CSS("#q"), "bessent"))
	follow("form.search button", `href="/nodes/person/scott-bessent"`)
	follow("main .plain a", "<h1>Scott Bessent</h1>")
	do(t, ctx, chromedp.Navigate(site+"/queries/negotiated-with"))
	do(t, ctx, chromedp.Click(chromedp.CSS(".asking summary")), chromedp.SendKeys(chromedp.CSS("[name=actor]"), "He Lifeng"))
	follow("form.ask button.primary", "parley query negotiated-with --actor 'He Lifeng'")
	follow(".sheet th a", `aria-sort="ascending"`)
	do(t, ctx, chromedp.SendKeys(chromedp.CSS("#filter"), "nothing has this"))
	follow("form.filter button", "Nothing in view answers this. Try without the filter.")
	do(t, ctx, chromedp.Navigate(site+"/graph?node=person/liu-he"))
	follow(`.net-node:not(.open) a.net-box`, `class="net-node`)
	do(t, ctx, chromedp.Navigate(site+"/queries/threats"), chromedp.SendKeys(chromedp.CSS("#stop"), kb.Home))
	follow("form.day button", "As it was known by")
}

// TestBrowserByKeyboard gets everywhere on the home page by the tab key, and sees
// where it is.
func TestBrowserByKeyboard(t *testing.T) {
	ctx, _ := open(t, server(t, nil), "/", desktop)
	reachable := eval[int](t, ctx, `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), summary, select, [tabindex='0']")].filter((e) => e.tabIndex >= 0 && e.checkVisibility()).length`)
	seen := map[string]bool{}
	for range reachable {
		do(t, ctx, chromedp.KeyEvent(kb.Tab))
		at := eval[string](t, ctx, `(() => {
			const e = document.activeElement, s = getComputedStyle(e);
			e.dataset.stop ??= String(Math.random());
			return (e === document.body ? "" : e.dataset.stop) + (s.outlineStyle === "none" || s.outlineWidth === "0px" ? " unseen " + e.outerHTML.slice(0, 80) : "");
		})()`)
		if strings.Contains(at, "unseen") {
			t.Errorf("nothing shows that the focus is on %s", at)
		}
		seen[at] = true
	}
	if len(seen) != reachable {
		t.Errorf("the tab key reaches %d of %d", len(seen), reachable)
	}
	// The first stop leads past the frame.
	do(t, ctx, chromedp.Reload(), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	until(t, ctx, `location.hash === "#main"`)
}

// TestBrowserHasEveryQuery asks each query's example, and finds the picture, the
// downloads and the rows of the API.
func TestBrowserHasEveryQuery(t *testing.T) {
	s := server(t, nil)
	ctx, site := open(t, s, "/queries", desktop)
	if n := eval[int](t, ctx, `document.querySelectorAll(".cards a").length`); n != len(queries.Predefined.All()) {
		t.Errorf("%d questions are listed", n)
	}
	for _, q := range queries.Predefined.All() {
		do(t, ctx, chromedp.Navigate(site+"/queries/"+q.Name))
		eval[bool](t, ctx, `(document.querySelector(".asking").open = true)`)
		click(t, ctx, ".field.go a")
		if eval[bool](t, ctx, `document.querySelector(".picture svg title") !== null`) != (q.Picture != nil) {
			t.Errorf("%s has a picture, or should: %v", q.Name, q.Picture != nil)
		}
		for _, url := range eval[[]string](t, ctx, `[...document.querySelectorAll(".take a[download]")].map((a) => a.getAttribute("href"))`) {
			ok(t, s, url)
		}
	}
}
