package web

import (
	"context"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/data"
	"parley/queries"

	"github.com/chromedp/chromedp"
)

// With it, TestBrowserPages keeps what each page looks like, for people to see.
var shots = flag.String("shots", "", "write a screenshot of each page at each width to this folder")

// looks are the screens on which every page has to do.
var looks = map[string]browsed{
	"desktop": desktop,
	"dark":    {width: 1300, height: 900, dark: true},
	"phone":   {width: 390, height: 844, phone: true},
	"print":   {width: 1000, height: 1300, print: true},
}

// everyPage has the address of a page of each kind.
func everyPage() []string {
	list := []string{
		"/", "/?known-by=2018-09-30", "/queries", "/search?q=trump", "/search?q=zzz", "/search?class=person", "/graph", "/graph?node=meeting/2018-06-beijing-talks",
		"/nodes/person/liu-he", "/nodes/person/donald-trump", "/nodes/country/chn", "/nodes/organization/huawei", "/nodes/office/chn-vice-premier",
		"/nodes/meeting/2018-09-washington-talks", "/nodes/move/2019-05-usa-raises-tariff-200-billion", "/nodes/change/2018-09-china-cancels-washington-talks",
		"/nodes/measure/usa-tariff-200-billion-2018", "/nodes/article/002_3fb6c22dd49dd698", "/nodes/rule/answers-on-measure", "/nodes/place/diaoyutai-state-guesthouse",
		"/no/such/page", "/queries/negotiated-with?actor=nobody+at+all", "/queries/negotiated-with?actor=Liu+Hee&status=any&filter=phone&sort-by=-date",
		"/queries/retaliation-chains?known-by=2018-09-30", "/queries/in-force",
	}
	for _, q := range queries.Predefined.All() {
		list = append(list, "/queries/"+q.Name+encode(exampleOf(q)))
	}
	return list
}

// wideThings are what reaches over the right edge of the screen and is not within
// something that scrolls by itself.
const wideThings = `[...document.querySelectorAll("body *")].filter((e) => {
	if (e.closest(".picture, .scroll, .net-figure, .hidden, [hidden], thead, .skip, .completions") || e.closest("svg") && e.tagName !== "svg") return false;
	const b = e.getBoundingClientRect();
	return b.width > 0 && (b.right > document.documentElement.clientWidth + 1 || b.left < -1);
}).map((e) => e.tagName + "." + e.className + ": " + e.textContent.trim().slice(0, 40)).slice(0, 5)`

// coveredThings are the columns of tables that lie under another wherever the table
// is scrolled to: at its end each has its own place.
const coveredThings = `[...document.querySelectorAll(".scroll")].flatMap((s) => {
	const cells = [...s.querySelectorAll("tbody tr:first-child td")];
	if (cells.some((c) => getComputedStyle(c).display !== "table-cell")) return []; // one below the other
	s.scrollLeft = s.scrollWidth;
	const boxes = cells.map((c) => c.getBoundingClientRect());
	s.scrollLeft = 0;
	return cells.filter((c, i) => i > 0 && boxes[i].left < boxes[i - 1].right - 1).map((c) => c.className);
})`

// TestBrowserPages opens a page of each kind on each screen: nothing reaches over
// the edge.
func TestBrowserPages(t *testing.T) {
	s := server(t, nil)
	for name, look := range looks {
		if testing.Short() && name != "desktop" { // as under the race detector
			continue
		}
		t.Run(name, func(t *testing.T) {
			ctx, site := open(t, s, "/", look)
			for _, address := range everyPage() {
				do(t, ctx, chromedp.Navigate(site+address))
				if title := eval[string](t, ctx, "document.title"); strings.Contains(strings.ToLower(title), "no such") != strings.Contains(address, "/no/") {
					t.Errorf("%s: the page is called %q", address, title)
				}
				if wide := eval[[]string](t, ctx, wideThings); len(wide) > 0 && !look.print {
					t.Errorf("%s: wider than the screen: %q", address, wide)
				}
				if covered := eval[[]string](t, ctx, coveredThings); len(covered) > 0 {
					t.Errorf("%s: these columns lie over others for good: %q", address, covered)
				}
				if *shots != "" {
					shoot(t, ctx, name, address)
				}
			}
		})
	}
}

// TestBrowserWideTables scrolls the widest tables of the trade war to their end.
func TestBrowserWideTables(t *testing.T) {
	s := server(t, func(c *Config) { c.Graph = ofSet(t, data.All()) })
	for name, look := range looks {
		if look.print || testing.Short() && name != "desktop" {
			continue
		}
		ctx, site := open(t, s, "/", look)
		for _, address := range []string{"/queries/rate-history?agent=country/usa&target=country/chn", "/nodes/agreement/2018-12-01-buenos-aires-truce"} {
			do(t, ctx, chromedp.Navigate(site+address))
			if covered := eval[[]string](t, ctx, coveredThings); len(covered) > 0 {
				t.Errorf("%s, %s: these columns lie over others for good: %q", name, address, covered)
			}
			if wide := eval[[]string](t, ctx, wideThings); len(wide) > 0 {
				t.Errorf("%s, %s: wider than the screen: %q", name, address, wide)
			}
		}
	}
}

// TestBrowserBarriers looks on every page of every screen for what keeps people
// out. It is skipped where npm has not put axe-core; CI has it.
func TestBrowserBarriers(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("axe-core is not here, which looks for barriers: make test fetches it where npm is")
	}
	s := server(t, nil)
	for name, look := range looks {
		if look.print || testing.Short() && name != "desktop" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			ctx, site := open(t, s, "/", look)
			for _, address := range everyPage() {
				do(t, ctx, chromedp.Navigate(site+address))
				for _, barrier := range barriers(t, ctx, string(axe)) {
					t.Errorf("%s: %s", address, barrier)
				}
			}
		})
	}
}

// barriers are what axe-core finds serious or worse, each with where it is.
func barriers(t *testing.T, ctx context.Context, axe string) []string {
	t.Helper()
	if !eval[bool](t, ctx, `"axe" in window`) {
		eval[bool](t, ctx, axe+";true")
	}
	found := eval[string](t, ctx, `axe.run(document, {resultTypes: ["violations"]}).then((r) => JSON.stringify(r.violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + n.failureSummary).join(" | "))))`)
	var list []string
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

var noFileName = regexp.MustCompile(`[^a-z0-9]+`)

// shoot keeps what the whole page looks like.
func shoot(t *testing.T, ctx context.Context, look, address string) {
	t.Helper()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := url.QueryUnescape(address)
	if err != nil {
		t.Fatal(err)
	}
	name := look + "-" + strings.Trim(noFileName.ReplaceAllString(strings.ToLower(decoded), "-"), "-") + ".png"
	if err := os.MkdirAll(*shots, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
