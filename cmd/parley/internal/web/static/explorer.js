// What pages do better with scripts; without them they work too.
"use strict";
document.documentElement.classList.add("scripted");

// The slider shows the day under the thumb, and goes there when it is let go.
for (const form of document.querySelectorAll("form.day")) {
  const range = form.elements.stop, output = form.querySelector("output");
  const stops = range.dataset.stops.trim().split(" ");
  const begin = range.value, told = output.value;
  range.addEventListener("input", () => {
    output.value = range.value === begin ? told : stops[range.value] || range.dataset.all;
    range.setAttribute("aria-valuetext", output.value);
  });
  let waiting = 0;
  range.addEventListener("change", () => {
    clearTimeout(waiting);
    // The arrow keys change it step by step: go when they rest.
    waiting = setTimeout(() => { if (range.value !== begin) form.submit(); }, 450);
  });
}

// A form is sent without its empty fields, so that addresses stay short.
for (const form of document.querySelectorAll("form.ask, form.filter, form.search")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    setTimeout(() => { for (const field of form.elements) field.disabled = false; });
  });
}

// Names are completed while they are typed.
let boxes = 0;
for (const input of document.querySelectorAll("input[data-complete]")) complete(input);

function complete(input) {
  const list = document.createElement("ul"), id = "names-" + boxes++;
  const whole = input.name === "q";
  let chosen = -1, asked = null, waiting = 0;
  list.className = "completions";
  list.id = id;
  list.role = "listbox";
  list.setAttribute("aria-label", "Names");
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", id);
  input.setAttribute("aria-expanded", "false");

  // What is still asked for must not open the list again.
  const close = () => {
    clearTimeout(waiting);
    asked?.abort();
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (item) => {
    close();
    if (whole) { location.href = item.dataset.url; return; }
    input.value = item.dataset.value;
    input.focus();
  };
  const mark = (n) => {
    const items = list.children;
    if (!items.length) return;
    chosen = (n + items.length) % items.length;
    [...items].forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    input.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = (matches) => {
    // A name that stands for several names none of them: then the id does.
    const names = matches.flatMap((m) => [m.node.name, m.alias]).filter(Boolean).map((n) => n.toLowerCase());
    const several = (name) => names.indexOf(name.toLowerCase()) !== names.lastIndexOf(name.toLowerCase());
    list.replaceChildren(...matches.map((m, i) => {
      const item = document.createElement("li");
      item.id = id + "-" + i;
      item.role = "option";
      item.dataset.value = several(m.node.name) ? m.node.id : m.node.name;
      item.dataset.url = m.page;
      item.append(m.node.name);
      const note = document.createElement("span");
      note.className = "note";
      note.textContent = " " + m.class + (m.alias ? ", also " + m.alias : "") + (several(m.node.name) ? ", " + m.node.id : "");
      item.append(note);
      item.addEventListener("pointerdown", (e) => { e.preventDefault(); choose(item); });
      return item;
    }));
    list.hidden = !matches.length || document.activeElement !== input;
    chosen = -1;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const ask = async () => {
    asked?.abort();
    const text = input.value.trim();
    if (!text) { close(); return; }
    const mine = asked = new AbortController();
    const url = new URL(input.dataset.complete, location.href);
    url.searchParams.set("q", text);
    url.searchParams.set("limit", "8");
    const day = new URLSearchParams(location.search).get("known-by");
    if (day) url.searchParams.set("known-by", day);
    try {
      const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) { close(); return; }
      const { matches } = await answer.json();
      if (!mine.signal.aborted) show(matches.map((m) => ({ ...m, page: page(m.node.id, day) })));
    } catch (e) {
      if (e.name !== "AbortError") close();
    }
  };
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (e) => {
    if (list.hidden) return;
    if (e.key === "ArrowDown") { e.preventDefault(); mark(chosen + 1); }
    if (e.key === "ArrowUp") { e.preventDefault(); mark(chosen - 1); }
    if (e.key === "Escape") { e.preventDefault(); close(); }
    if (e.key === "Enter" && chosen >= 0) { e.preventDefault(); choose(list.children[chosen]); }
  });
}

// The page of a node, as links.go writes it.
function page(id, day) {
  const own = /^[a-z]+\//.test(id);
  const url = own ? "/nodes/" + id.split("/").map(encodeURIComponent).join("/") : "/nodes?id=" + encodeURIComponent(id);
  return day ? url + (own ? "?" : "&") + "known-by=" + encodeURIComponent(day) : url;
}

// Rows that are on the page are filtered as one types; the server filters all.
for (const box of document.querySelectorAll("input[data-filter]")) {
  const rows = document.querySelectorAll(".sheet tbody tr");
  const title = document.getElementById("rows"), told = title?.textContent;
  if (box.value) continue; // the server has done it
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((w) => text.includes(w));
      left += row.hidden ? 0 : 1;
    }
    if (title) title.textContent = words.length ? left + " of " + rows.length + " rows on this page" : told;
  });
}

// The address of an answer can be copied.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const link = document.querySelector(".permalink");
    await navigator.clipboard.writeText(link.href);
    button.textContent = "Copied";
  });
}
