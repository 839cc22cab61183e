// The picture of a graph, moved by hand. The server lays it out and draws it;
// without this script its nodes are links, and its frame is scrolled.
"use strict";
(() => {
  const net = document.getElementById("net"), frame = net.querySelector(".net-figure"), panel = net.querySelector(".net-chosen");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const least = 0.55, readable = 0.65, nearest = 4; // scales: below the second text is hard to read, below the first it is not
  const mostTold = 10; // lines of a chosen node, beside the picture
  const moved = new Map(); // where nodes were dragged to, by id
  const stale = new Set(); // nodes that are not drawn yet where they are
  let svg, all, nodes, whole, view, chosen = null, asked = null, painting = 0, gliding = null, shown = location.search;

  // read takes the nodes and lines from the picture that the server has drawn.
  function read() {
    svg = net.querySelector(".net-picture");
    all = svg.querySelector(".net-all");
    nodes = new Map([...svg.querySelectorAll(".net-node")].map((el) => [el.dataset.n, nodeFrom(el)]));
    const words = svg.querySelectorAll(".net-words text");
    let branches = 0;
    for (const el of svg.querySelectorAll(".net-line")) {
      const l = lineFrom(el);
      if (l.branch) l.text = words[branches++];
      l.a.lines.push(l);
      l.b.lines.push(l);
    }
    for (const n of nodes.values()) if (moved.has(n.id)) stale.add(n);
    // The tab key goes to one node, the arrow keys to the others.
    for (const a of svg.querySelectorAll("a")) a.tabIndex = -1;
    if (opened()) reach(opened());
    const { x, y, width, height } = svg.viewBox.baseVal;
    whole = { x, y, w: width, h: height };
    svg.removeAttribute("viewBox");
    stretch();
  }
  function nodeFrom(el) {
    const { e: x, f: y } = el.transform.baseVal.getItem(0).matrix, { id, w, h } = el.dataset;
    return { el, id, x, y, w: +w, h: +h, lines: [], box: el.querySelector(".net-box"), ...moved.get(id) };
  }
  function lineFrom(el) {
    const d = el.dataset;
    return {
      el, a: nodes.get(d.a), b: nodes.get(d.b), flat: +d.flat, inset: +d.inset, bow: +d.bow, branch: !el.classList.contains("crossing"),
      to: d.heads !== "from", from: d.heads !== "to", via: d.via?.split(" ").map(Number),
      path: el.querySelector(".net-path"), tips: el.querySelector(".net-tip"),
    };
  }
  // stretch makes the frame as high as the picture needs, and never less than it
  // was, so that nothing on the page jumps.
  function stretch() {
    const k = Math.max(readable, Math.min(frame.clientWidth / whole.w, 1)), most = innerHeight * (frame.clientWidth < 600 ? 0.65 : 0.8);
    const need = Math.max(Math.min(whole.h * k + 60, most), 380);
    if (!frame.style.height || need > frame.clientHeight) frame.style.height = need + "px";
  }
  const nodeOf = (target) => nodes.get(target.closest?.(".net-node")?.dataset.n);
  const opened = () => nodeOf(svg.getElementById("at") ?? svg); // the last of them

  // route leads a line from box to box, as layout_route.go does.
  function route(l) {
    const { a, b } = l, s = b.x < a.x ? -1 : 1, low = l.branch ? 0 : 7;
    let x1 = a.x, y1 = a.y + low, x2 = b.x, y2 = b.y + low;
    const ends = (tipA, tipB) => (l.to ? tipB : "") + (l.from ? tipA : "");
    if (s * (x2 - x1) - (a.w + b.w) / 2 < 24) {
      const side = l.bow;
      x1 += side * a.w / 2;
      x2 += side * b.w / 2;
      const out = side * (Math.max(side * x1, side * x2) + Math.min(30 + Math.abs(y2 - y1) / 5, 160));
      return { d: `M${x1} ${y1}C${out} ${y1} ${out} ${y2} ${x2} ${y2}`, tips: ends(tip(x1, y1, -side), tip(x2, y2, -side)) };
    }
    x1 += s * a.w / 2;
    x2 -= s * b.w / 2;
    let d = `M${x1} ${y1}`;
    if (!l.branch) return { d: d + bend(x1, y1, x2, y2), tips: ends(tip(x1, y1, -s), tip(x2, y2, s)) };
    // The row that was left free leads nowhere while the ends are elsewhere.
    if (l.via && !gliding && !moved.has(a.id) && !moved.has(b.id)) {
      d += bend(x1, y1, l.via[0], l.via[1]) + `L${l.via[2]} ${l.via[3]}`;
      [, , x1, y1] = l.via;
    }
    const flat = Math.min(l.flat, Math.max(s * (x2 - x1) - 30, 0));
    d += bend(x1, y1, x2 - s * flat, y2) + `L${x2} ${y2}`;
    x2 -= s * Math.min(l.inset, Math.max(flat - 28, 0));
    return { d, tips: ends(tip(x2 - s * 12, y2, -s), tip(x2, y2, s)), x: x2 - s * 15, y: y2 - 4, anchor: s < 0 ? "start" : "end" };
  }
  const bend = (x1, y1, x2, y2) => `C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`;
  const tip = (x, y, s) => `M${x} ${y}L${x - s * 9} ${y - 4}L${x - s * 9} ${y + 4}Z`;

  function redraw(l) {
    const r = route(l);
    l.path.setAttribute("d", r.d);
    l.tips.setAttribute("d", r.tips);
    // A branch whose ends stand above each other has nowhere for its text.
    l.text?.classList.toggle("nowhere", !r.anchor);
    if (l.text && r.anchor) for (const [key, value] of [["x", r.x], ["y", r.y], ["text-anchor", r.anchor]]) l.text.setAttribute(key, value);
  }

  // Whatever happens is drawn once a frame, and the view by one transform of
  // everything, however much there is.
  function paint() {
    cancelAnimationFrame(painting);
    painting = 0;
    if (svg.hasAttribute("viewBox")) return; // on paper
    all.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
    for (const n of stale) n.el.setAttribute("transform", `translate(${n.x} ${n.y})`);
    new Set([...stale].flatMap((n) => n.lines)).forEach(redraw);
    stale.clear();
  }
  const later = () => { painting ||= requestAnimationFrame(paint); };

  // look keeps the middle of the frame within the picture, so that this is never
  // lost.
  function look({ x, y, k }) {
    const cx = frame.clientWidth / 2, cy = frame.clientHeight / 2, within = (v, low, high) => Math.min(high, Math.max(low, v));
    view = { k, x: within(x, cx - (whole.x + whole.w) * k, cx - whole.x * k), y: within(y, cy - (whole.y + whole.h) * k, cy - whole.y * k) };
    later();
  }
  const move = (dx, dy) => look({ ...view, x: view.x + dx, y: view.y + dy });
  // zoom keeps what is at a point there, and tells whether anything changed.
  function zoom(factor, cx = frame.clientWidth / 2, cy = frame.clientHeight / 2) {
    const k = Math.min(nearest, Math.max(fitting().k * 0.8, view.k * factor)), by = k / view.k;
    look({ k, x: cx - (cx - view.x) * by, y: cy - (cy - view.y) * by });
    return by !== 1;
  }
  const centre = (x, y, k) => ({ k, x: frame.clientWidth / 2 - x * k, y: frame.clientHeight / 2 - y * k });
  function fitting() {
    const k = Math.min(frame.clientWidth / whole.w, frame.clientHeight / whole.h, 1.2);
    return centre(whole.x + whole.w / 2, whole.y + whole.h / 2, k);
  }
  // best shows all of the picture where it can be read whole, and else a node
  // and what hangs on it: in a narrow frame one of its columns.
  function best(n) {
    const fit = fitting();
    if (fit.k >= readable || !n) return fit;
    const shown = [n, ...n.lines.filter((l) => l.a === n && l.branch).map((l) => l.b)];
    let left = Math.min(...shown.map((o) => o.x - o.w / 2)) - 8, right = Math.max(...shown.map((o) => o.x + o.w / 2)) + 8;
    if ((right - left) * least > frame.clientWidth) {
      if (right > n.x + n.w) left = n.x - n.w / 2 - 8;
      else right = n.x + n.w / 2 + 8;
    }
    return centre((left + right) / 2, n.y, Math.max(least, Math.min(0.9, frame.clientWidth / (right - left))));
  }

  // glide leads the view, and nodes from where they were, to where they belong.
  function glide(to, movers = []) {
    settle();
    gliding = { from: view, to, movers, began: performance.now() };
    step(calm.matches ? Infinity : gliding.began);
  }
  function step(now) {
    const { from, to, movers, began } = gliding, t = Math.min(1, Math.max(0, now - began) / 420), e = 1 - (1 - t) ** 3;
    const between = (p, q) => (t < 1 ? p + (q - p) * e : q);
    for (const { n, was, is } of movers) {
      [n.x, n.y] = [between(was.x, is.x), between(was.y, is.y)];
      stale.add(n);
    }
    if (t < 1) gliding.next = requestAnimationFrame(step);
    else gliding = null;
    look({ x: between(from.x, to.x), y: between(from.y, to.y), k: between(from.k, to.k) });
    paint();
  }
  // settle ends a glide: the nodes where they belong, the view where it is.
  function settle() {
    if (!gliding) return;
    cancelAnimationFrame(gliding.next);
    gliding.to = view;
    step(Infinity);
  }

  // go takes the picture of another address without leaving the page.
  async function go(address, push, from) {
    const url = new URL(address, location.href);
    url.hash = ""; // it is for whoever has no script
    asked?.abort();
    asked = new AbortController();
    net.setAttribute("aria-busy", "true");
    let next;
    try {
      const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "text/html" } });
      next = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch (e) {
      if (e.name !== "AbortError") location.href = url;
      return;
    }
    if (!next.getElementById("net")) { location.href = url; return; }
    settle();
    moved.delete(from);
    const old = new Map([...nodes.values()].map((n) => [n.id, n])), within = net.contains(document.activeElement);
    adopt(next);
    if (push) history.pushState(null, "", url);
    shown = url.search;
    read();
    net.removeAttribute("aria-busy");
    // What is new comes out of the node that was opened.
    const target = [...nodes.values()].find((n) => n.id === from) ?? opened(), source = old.get(target?.id);
    const movers = [...nodes.values()].map((n) => ({ n, was: old.get(n.id) ?? source, is: { x: n.x, y: n.y } }));
    glide(best(target), movers.filter(({ was, is }) => was && (was.x !== is.x || was.y !== is.y)));
    choose(target);
    if (target && within) focusOn(target);
  }
  // adopt takes over what differs on the page of another address.
  function adopt(next) {
    document.title = next.title;
    for (const part of document.querySelectorAll("[data-part]")) {
      const other = next.querySelector(`[data-part="${part.dataset.part}"]`);
      if (other) part.replaceWith(document.adoptNode(other));
    }
    // The slider leads to this picture from now on.
    const day = document.querySelector("form.day"), path = next.querySelector(".day input[name=to]")?.value;
    if (!day || !path) return;
    day.elements.to.value = path;
    for (const a of day.querySelectorAll("a")) a.href = path;
  }

  // light shows what a node is joined with, and choose tells it in words.
  function light(n) {
    for (const el of svg.querySelectorAll(".lit")) el.classList.remove("lit");
    svg.classList.toggle("choosing", !!n);
    for (const l of n?.lines ?? []) for (const el of [l.el, l.text]) el?.classList.add("lit");
  }
  function choose(n) {
    svg.querySelector(".chosen")?.classList.remove("chosen");
    chosen = n ?? null;
    panel.hidden = !n;
    if (!n) { light(null); return; }
    n.el.classList.add("chosen");
    const make = (tag, ...within) => { const el = document.createElement(tag); el.append(...within); return el; };
    const link = make("a", n.el.dataset.name), told = n.lines.flatMap((l) => l.el.querySelector("title").textContent.split("\n"));
    link.href = n.el.querySelector(".net-page").href.baseVal;
    const more = told.splice(mostTold).length;
    if (more) told.push(`and ${more} more, in words below`);
    panel.replaceChildren(make("h2", link), make("p", n.el.dataset.class), make("ul", ...told.map((text) => make("li", text))));
  }
  // reach lets the tab key come to a node.
  function reach(n) {
    for (const a of svg.querySelectorAll("a[tabindex='0']")) a.tabIndex = -1;
    for (const a of n.el.querySelectorAll("a")) a.tabIndex = 0;
  }
  const focusOn = (n) => n.box.focus({ preventScroll: true });

  // Pointers: one moves the ground, or a node unless it is a finger, which would
  // hit nodes everywhere; two zoom.
  const pointers = new Map(), at = (e) => ({ x: e.clientX, y: e.clientY });
  let held = null, dragged = false;
  frame.addEventListener("pointerdown", (e) => {
    if (e.button) return;
    settle();
    pointers.set(e.pointerId, at(e));
    held = { n: e.pointerType === "touch" || pointers.size > 1 ? null : nodeOf(e.target), ...at(e) };
    dragged = pointers.size > 1;
  });
  frame.addEventListener("pointermove", (e) => {
    const was = pointers.get(e.pointerId);
    if (!was || (!dragged && Math.hypot(e.clientX - held.x, e.clientY - held.y) < 5)) return;
    if (!frame.hasPointerCapture(e.pointerId)) frame.setPointerCapture(e.pointerId);
    dragged = true;
    frame.classList.add("held");
    const before = [...pointers.values()], dx = e.clientX - was.x, dy = e.clientY - was.y;
    pointers.set(e.pointerId, at(e));
    if (pointers.size > 1) pinch(before, [...pointers.values()], dx, dy);
    else if (held.n) carry(held.n, dx / view.k, dy / view.k);
    else drag(dx, dy, e.pointerType === "touch");
  });
  function pinch(before, [p, q], dx, dy) {
    const apart = (p, q) => Math.hypot(p.x - q.x, p.y - q.y) || 1, edge = frame.getBoundingClientRect();
    move(dx / 2, dy / 2);
    zoom(apart(p, q) / apart(...before), (p.x + q.x) / 2 - edge.left, (p.y + q.y) / 2 - edge.top);
  }
  function carry(n, dx, dy) {
    moved.set(n.id, { x: n.x += dx, y: n.y += dy });
    stale.add(n);
    later();
  }
  // drag moves the ground; where it goes no further, a finger moves the page, on
  // which it would be caught otherwise.
  function drag(dx, dy, finger) {
    const y = view.y;
    move(dx, dy);
    if (finger) scrollBy({ top: view.y - y - dy, behavior: "instant" });
  }
  for (const end of ["pointerup", "pointercancel"]) {
    frame.addEventListener(end, (e) => {
      pointers.delete(e.pointerId);
      if (!pointers.size) frame.classList.remove("held");
    });
  }
  frame.addEventListener("dragstart", (e) => e.preventDefault()); // of a link, in place of the node
  // The wheel zooms as far as that goes, and then moves the page.
  frame.addEventListener("wheel", (e) => {
    const by = Math.max(-60, Math.min(60, e.deltaY * (e.deltaMode ? 16 : 1))), edge = frame.getBoundingClientRect();
    settle();
    if (zoom(Math.exp(-by * (e.ctrlKey ? 0.012 : 0.004)), e.clientX - edge.left, e.clientY - edge.top) || e.ctrlKey) e.preventDefault();
  }, { passive: false });
  frame.addEventListener("scroll", () => frame.scrollTo(0, 0)); // to what has the focus; the view goes there

  net.addEventListener("click", (e) => {
    const within = frame.contains(e.target), n = nodeOf(e.target), link = e.target.closest?.(".net-box, .net-acts a");
    if (within && dragged && e.detail) { e.preventDefault(); return; }
    if (within && !n) choose(null);
    const address = link?.href.baseVal ?? link?.href;
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || new URL(address, location.href).pathname !== location.pathname) return;
    e.preventDefault();
    go(address, true, n?.id);
  });
  frame.addEventListener("pointerover", (e) => { if (!pointers.size && e.pointerType === "mouse") light(nodeOf(e.target)); });
  frame.addEventListener("pointerleave", () => light(null));
  frame.addEventListener("focusin", (e) => {
    const n = nodeOf(e.target);
    if (!n) return;
    reach(n);
    if (n !== chosen) choose(n);
    light(n);
    const x = n.x * view.k + view.x, y = n.y * view.k + view.y;
    if (!pointers.size && (x < 40 || y < 30 || x > frame.clientWidth - 40 || y > frame.clientHeight - 30)) glide(centre(n.x, n.y, view.k));
  });
  frame.addEventListener("focusout", () => light(null));

  // Arrow keys go to the nearest node on that side, plus and minus zoom.
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const keys = { "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), 0: () => glide(fitting()), Escape: () => choose(null) };
  const press = (key) => { settle(); keys[key](); };
  function beside(from, [right, down]) {
    const far = (n) => {
      const dx = n.x - from.x, dy = n.y - from.y, along = dx * right + dy * down;
      return along > 4 ? along + 2 * Math.abs(dx * down + dy * right) : Infinity;
    };
    return [...nodes.values()].reduce((p, n) => (far(n) < far(p) ? n : p), from);
  }
  frame.addEventListener("keydown", (e) => {
    const way = ways[e.key], from = nodeOf(e.target);
    if (e.ctrlKey || e.metaKey || e.altKey || !(way || keys[e.key])) return;
    e.preventDefault();
    if (!way) press(e.key);
    else if (from) focusOn(beside(from, way));
    else move(-60 * way[0], -60 * way[1]);
  });
  const tools = document.querySelector(".net-tools");
  for (const b of tools.querySelectorAll("button")) b.addEventListener("click", () => press(b.dataset.key));

  addEventListener("popstate", () => { if (location.search !== shown) go(location.href, false); }); // and not for a #
  addEventListener("resize", () => look(view));
  // Paper shows all of it.
  addEventListener("beforeprint", () => {
    settle();
    svg.setAttribute("viewBox", `${whole.x} ${whole.y} ${whole.w} ${whole.h}`);
    all.removeAttribute("transform");
  });
  addEventListener("afterprint", () => { svg.removeAttribute("viewBox"); paint(); });

  net.classList.add("moving");
  tools.hidden = false;
  read();
  look(best(opened()));
  paint();
})();
