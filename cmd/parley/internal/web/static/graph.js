// The picture of a graph, moved by hand. The server lays it out and draws it;
// without this script its nodes are links, and its frame is scrolled.
"use strict";
(() => {
  const net = document.getElementById("net"), frame = net.querySelector(".net-figure"), side = net.querySelector(".net-chosen");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const readable = 0.62; // a smaller scale is not
  const moved = new Map(); // where nodes were dragged to, by id
  let svg, all, nodes, lines, whole, view = { x: 0, y: 0, k: 1 }, chosen = null, asked = null, running = 0;

  // read takes the nodes and lines from the picture that the server has drawn.
  function read() {
    svg = net.querySelector(".net-picture");
    all = svg.querySelector(".net-all");
    nodes = new Map();
    for (const el of svg.querySelectorAll(".net-node")) {
      const { e: x, f: y } = el.transform.baseVal.getItem(0).matrix, { n, id, w, h } = el.dataset;
      nodes.set(n, { el, id, x, y, w: +w, h: +h, lines: [], box: el.querySelector(".net-box"), ...moved.get(id) });
    }
    const words = svg.querySelectorAll(".net-words text");
    lines = [...svg.querySelectorAll(".net-line")].map((el, i) => {
      const d = el.dataset;
      const l = {
        el, a: nodes.get(d.a), b: nodes.get(d.b), flat: +d.flat, inset: +d.inset, bow: +d.bow, branch: !el.classList.contains("crossing"),
        to: d.heads !== "from", from: d.heads !== "to", via: d.via?.split(" ").map(Number),
        path: el.querySelector(".net-path"), tip: el.querySelector(".net-tip"), text: words[i],
      };
      l.a.lines.push(l);
      l.b.lines.push(l);
      return l;
    });
    for (const n of nodes.values()) if (moved.has(n.id)) place(n);
    // The tab key goes to one node, the arrow keys to the others.
    for (const a of svg.querySelectorAll("a")) a.tabIndex = -1;
    if (focus()) reach(focus());
    const { x, y, width: w, height: h } = svg.viewBox.baseVal;
    whole = { x, y, w, h };
    svg.removeAttribute("viewBox");
    // The frame is as high as the picture needs, and never less than it was, so
    // that nothing on the page jumps.
    const need = Math.min(h * Math.max(readable, Math.min(frame.clientWidth / w, 1)) + 60, innerHeight * (narrow() ? 0.7 : 0.8));
    if (!frame.style.height || need > frame.clientHeight) frame.style.height = Math.max(need, 380) + "px";
  }
  const focus = () => nodes.get(svg.dataset.focus), narrow = () => frame.clientWidth < 600;

  // route leads a line from box to box, as layout_route.go does.
  function route(l) {
    const { a, b } = l, s = b.x < a.x ? -1 : 1, low = l.branch ? 0 : 7;
    let x1 = a.x, y1 = a.y + low, x2 = b.x, y2 = b.y + low;
    const tip = (x, s, y = y2) => `M${x} ${y}L${x - s * 9} ${y - 4}L${x - s * 9} ${y + 4}Z`;
    const bend = (x1, y1, x2, y2) => `C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`;
    if (s * (x2 - x1) - (a.w + b.w) / 2 < 24) {
      const side = l.bow;
      x1 += side * a.w / 2;
      x2 += side * b.w / 2;
      const out = side * (Math.max(side * x1, side * x2) + Math.min(30 + Math.abs(y2 - y1) / 5, 160));
      const tips = (l.to ? tip(x2, -side) : "") + (l.from ? tip(x1, -side, y1) : "");
      return { d: `M${x1} ${y1}C${out} ${y1} ${out} ${y2} ${x2} ${y2}`, tips, x: (x1 + x2 + 6 * out) / 8, y: (y1 + y2) / 2 - 4, anchor: "middle" };
    }
    x1 += s * a.w / 2;
    x2 -= s * b.w / 2;
    let d = `M${x1} ${y1}`;
    if (!l.branch) {
      const tips = (l.to ? tip(x2, s) : "") + (l.from ? tip(x1, -s, y1) : "");
      return { d: d + bend(x1, y1, x2, y2), tips, x: (x1 + x2) / 2, y: (y1 + y2) / 2 - 4, anchor: "middle" };
    }
    // The row that was left free leads nowhere while the ends are elsewhere.
    if (l.via && !running && !moved.has(a.id) && !moved.has(b.id)) {
      d += bend(x1, y1, l.via[0], l.via[1]) + `L${l.via[2]} ${l.via[3]}`;
      [, , x1, y1] = l.via;
    }
    const flat = Math.min(l.flat, Math.max(s * (x2 - x1) - 30, 0));
    d += bend(x1, y1, x2 - s * flat, y2) + `L${x2} ${y2}`;
    x2 -= s * Math.min(l.inset, Math.max(flat - 28, 0));
    const tips = (l.to ? tip(x2, s) : "") + (l.from ? tip(x2 - s * 12, -s) : "");
    return { d, tips, x: x2 - s * 15, y: y2 - 4, anchor: s < 0 ? "start" : "end" };
  }
  function redraw(l) {
    const r = route(l);
    l.path.setAttribute("d", r.d);
    l.tip.setAttribute("d", r.tips);
    for (const [key, value] of [["x", r.x], ["y", r.y], ["text-anchor", r.anchor]]) l.text.setAttribute(key, value);
  }
  function place(n) {
    n.el.setAttribute("transform", `translate(${n.x} ${n.y})`);
    n.lines.forEach(redraw);
  }

  // One transform moves and zooms everything, whatever there is.
  let painting = 0;
  function show() {
    all.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
    painting = 0;
  }
  function move(dx, dy) {
    view = { ...view, x: view.x + dx, y: view.y + dy };
    painting ||= requestAnimationFrame(show);
  }
  function zoom(factor, cx = frame.clientWidth / 2, cy = frame.clientHeight / 2) {
    const k = Math.min(4, Math.max(0.05, view.k * factor));
    view.k = (factor = k / view.k) * view.k;
    move((cx - view.x) * (1 - factor), (cy - view.y) * (1 - factor));
  }
  const centre = (x, y, k) => ({ k, x: frame.clientWidth / 2 - x * k, y: frame.clientHeight / 2 - y * k });
  function fitting() {
    const k = Math.min(frame.clientWidth / whole.w, frame.clientHeight / whole.h, 1.2);
    return centre(whole.x + whole.w / 2, whole.y + whole.h / 2, k);
  }
  // best shows all of the picture where it can be read whole, and else a node
  // and what hangs on it: in a narrow frame one of its columns.
  function best(n) {
    const all = fitting();
    if (all.k >= readable || !n) return all;
    let left = n.x - n.w / 2 - 8, right = n.x + n.w / 2 + 8;
    const ends = n.lines.filter((l) => l.a === n && l.branch).map((l) => l.b);
    const most = Math.max(right, ...ends.map((o) => o.x + o.w / 2 + 8)), least = Math.min(left, ...ends.map((o) => o.x - o.w / 2 - 8));
    if (most === right || (most - least) * readable <= frame.clientWidth) left = least;
    right = most;
    return centre((left + right) / 2, n.y, Math.max(0.5, Math.min(0.9, frame.clientWidth / (right - left))));
  }
  // animate moves the view, and nodes from where they were to where they are.
  function animate(to, movers = []) {
    finish();
    const from = view, started = performance.now(), time = calm.matches || document.hidden ? 1 : 420;
    const touched = new Set(movers.flatMap((m) => m.n.lines));
    const step = (now) => {
      const t = time === 1 ? 1 : Math.min(1, (now - started) / time), e = 1 - (1 - t) ** 3;
      const between = (p, q) => p + (q - p) * e;
      running = t < 1 ? requestAnimationFrame(step) : 0;
      view = { x: between(from.x, to.x), y: between(from.y, to.y), k: between(from.k, to.k) };
      show();
      for (const { n, was, is } of movers) {
        [n.x, n.y] = [between(was.x, is.x), between(was.y, is.y)];
        n.el.setAttribute("transform", `translate(${n.x} ${n.y})`);
      }
      touched.forEach(redraw);
    };
    running = -1;
    step(started);
    finish = () => { if (running) { cancelAnimationFrame(running); to = view; step(started + time); } };
  }
  let finish = () => {};

  // go takes the picture of another address without leaving the page.
  async function go(url, push, from) {
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
    net.removeAttribute("aria-busy");
    finish();
    moved.delete(from);
    const old = new Map([...nodes.values()].map((n) => [n.id, n])), hadFocus = svg.contains(document.activeElement);
    for (const part of document.querySelectorAll("[data-part], .day")) {
      const other = next.querySelector(part.dataset.part ? `[data-part="${part.dataset.part}"]` : ".day input[name=to]");
      if (!other) continue;
      if (part.dataset.part) { part.replaceWith(document.adoptNode(other)); continue; }
      part.elements.to.value = other.value; // the slider leads to this picture from now on
      for (const a of part.querySelectorAll("a")) a.href = other.value;
    }
    document.title = next.title;
    if (push) history.pushState(null, "", url);
    read();
    // What is new comes out of the node that was opened.
    const target = [...nodes.values()].find((n) => n.id === from) ?? focus(), source = old.get(target?.id);
    const movers = [...nodes.values()].map((n) => ({ n, was: old.get(n.id) ?? source, is: { x: n.x, y: n.y } }));
    animate(best(target), movers.filter(({ was, is }) => was && (was.x !== is.x || was.y !== is.y)));
    choose(target);
    if (target && hadFocus) focusOn(target);
  }

  // light shows what a node is joined with, and choose tells it in words.
  function light(n) {
    for (const el of svg.querySelectorAll(".lit")) el.classList.remove("lit");
    svg.classList.toggle("choosing", !!n);
    for (const el of n ? [n.el, ...n.lines.flatMap((l) => [l.el, l.text, l.a.el, l.b.el])] : []) el.classList.add("lit");
  }
  function choose(n) {
    svg.querySelector(".chosen")?.classList.remove("chosen");
    chosen = n ?? null;
    side.hidden = !n;
    if (!n) { light(null); return; }
    n.el.classList.add("chosen");
    const make = (tag, ...within) => { const el = document.createElement(tag); el.append(...within); return el; };
    const link = make("a", n.el.dataset.name), told = n.lines.flatMap((l) => l.el.querySelector("title").textContent.split("\n"));
    link.href = n.el.querySelector(".net-page").href.baseVal;
    side.replaceChildren(make("h2", link), make("p", n.el.dataset.class), make("ul", ...told.map((text) => make("li", text))));
  }
  function reach(n) {
    for (const a of svg.querySelectorAll("a[tabindex='0']")) a.tabIndex = -1;
    for (const a of n.el.querySelectorAll("a")) a.tabIndex = 0;
  }
  const focusOn = (n) => n.box.focus({ preventScroll: true });
  const nodeOf = (target) => nodes.get(target.closest?.(".net-node")?.dataset.n);
  const plain = (e) => !(e.ctrlKey || e.metaKey || e.shiftKey || e.altKey);

  // Pointers: one moves the ground or a node, two zoom.
  const pointers = new Map(), at = (e) => ({ x: e.clientX, y: e.clientY }), edge = () => frame.getBoundingClientRect();
  let held = null, dragged = false;
  frame.addEventListener("pointerdown", (e) => {
    if (e.button) return;
    finish();
    pointers.set(e.pointerId, at(e));
    held = pointers.size === 1 ? { n: nodeOf(e.target), ...at(e) } : null;
    dragged = pointers.size > 1;
  });
  frame.addEventListener("pointermove", (e) => {
    const was = pointers.get(e.pointerId);
    if (!was || (!dragged && Math.hypot(e.clientX - held.x, e.clientY - held.y) < 5)) return;
    if (!frame.hasPointerCapture(e.pointerId)) frame.setPointerCapture(e.pointerId);
    dragged = true;
    frame.classList.add("held");
    const before = [...pointers.values()], dx = e.clientX - was.x, dy = e.clientY - was.y, n = held?.n;
    pointers.set(e.pointerId, at(e));
    if (pointers.size === 2) {
      const [p, q] = pointers.values(), apart = (p, q) => Math.hypot(p.x - q.x, p.y - q.y) || 1;
      move(dx / 2, dy / 2);
      zoom(apart(p, q) / apart(...before), (p.x + q.x) / 2 - edge().left, (p.y + q.y) / 2 - edge().top);
    } else if (n) {
      moved.set(n.id, { x: n.x += dx / view.k, y: n.y += dy / view.k });
      place(n);
    } else move(dx, dy);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    frame.addEventListener(end, (e) => {
      pointers.delete(e.pointerId);
      held = null;
      if (!pointers.size) frame.classList.remove("held");
    });
  }
  frame.addEventListener("dragstart", (e) => e.preventDefault()); // of a link, in place of the node
  frame.addEventListener("wheel", (e) => {
    e.preventDefault();
    const by = Math.max(-60, Math.min(60, e.deltaY * (e.deltaMode ? 16 : 1)));
    zoom(Math.exp(-by * (e.ctrlKey ? 0.012 : 0.004)), e.clientX - edge().left, e.clientY - edge().top);
  }, { passive: false });
  frame.addEventListener("scroll", () => frame.scrollTo(0, 0)); // to what has the focus; the view goes there

  net.addEventListener("click", (e) => {
    const link = e.target.closest?.(".net-box, .net-acts a"), within = frame.contains(e.target), n = nodeOf(e.target);
    if (within && dragged && e.detail) { e.preventDefault(); return; }
    if (within && !n) choose(null);
    const url = link?.href.baseVal ?? link?.href;
    if (!link || !plain(e) || !new URL(url, location.href).pathname.startsWith("/graph")) return;
    e.preventDefault();
    go(url, true, n?.id);
  });
  frame.addEventListener("pointerover", (e) => { if (!pointers.size && e.pointerType === "mouse") light(nodeOf(e.target) ?? null); });
  frame.addEventListener("focusin", (e) => {
    const n = nodeOf(e.target);
    if (!n) return;
    reach(n);
    if (n !== chosen) choose(n);
    light(n);
    const x = n.x * view.k + view.x, y = n.y * view.k + view.y;
    if (!pointers.size && (x < 40 || y < 30 || x > frame.clientWidth - 40 || y > frame.clientHeight - 30)) animate(centre(n.x, n.y, view.k));
  });
  frame.addEventListener("focusout", () => light(null));

  // Arrow keys go to the nearest node on that side, plus and minus zoom.
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const keys = { "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), 0: () => animate(fitting()), Escape: () => choose(null) };
  frame.addEventListener("keydown", (e) => {
    const way = ways[e.key], from = nodeOf(e.target);
    if (e.ctrlKey || e.metaKey || e.altKey || !(way || keys[e.key])) return;
    e.preventDefault();
    finish();
    if (!way) return keys[e.key]();
    if (!from) return move(-60 * way[0], -60 * way[1]);
    const far = (n) => {
      const dx = n.x - from.x, dy = n.y - from.y, along = dx * way[0] + dy * way[1];
      return along > 4 ? along + 2 * Math.abs(dx * way[1] + dy * way[0]) : Infinity;
    };
    const next = [...nodes.values()].reduce((p, n) => (far(n) < far(p) ? n : p), from);
    if (next !== from) focusOn(next);
  });
  for (const b of net.querySelectorAll("[data-key]")) b.addEventListener("click", () => keys[b.dataset.key]());
  addEventListener("popstate", () => go(location.href, false));
  // Paper shows all of it.
  addEventListener("beforeprint", () => {
    svg.setAttribute("viewBox", `${whole.x} ${whole.y} ${whole.w} ${whole.h}`);
    all.removeAttribute("transform");
  });
  addEventListener("afterprint", () => { svg.removeAttribute("viewBox"); show(); });

  net.classList.add("moving");
  net.querySelector(".net-tools").hidden = false;
  read();
  view = best(focus());
  show();
})();
