// Finds paths by a part of their name. All paths are one long text, so that a search is a scan of memory.

const FOUND = 50, RANKED = 2000; // shown; looked at for each rank

function makeIndex(t) {
  const starts = new Int32Array(t.count);
  const lines = new Array(t.count);
  let at = 0;
  for (let i = 0; i < t.count; i++) {
    lines[i] = t.path[i].toLowerCase().replace(/\n/g, " ");
    starts[i] = at;
    at += lines[i].length + 1;
  }
  return {text: lines.join("\n") + "\n", starts, lines};
}

// The node of an offset in the text.
function nodeAt(starts, offset) {
  let low = 0, high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

// Returns the number of paths that have the part, and the best: the path itself, then names that are it, names that
// begin with it, and others; of each the shorter first.
function search(index, query) {
  const part = query.toLowerCase(), ranked = [[], [], [], []];
  let total = 0, node = -1;
  if (!part)
    return {total, nodes: []};
  for (let at = index.text.indexOf(part); at >= 0;) {
    node = at < index.starts[node + 2] ? node + 1 : nodeAt(index.starts, at); // mostly the next one
    const line = index.lines[node];
    total++;
    rank(ranked, node, line, part);
    at = index.text.indexOf(part, index.starts[node] + line.length);
  }
  const nodes = [];
  for (const group of ranked)
    if (nodes.length < FOUND)
      nodes.push(...group.sort((a, b) => index.lines[a].length - index.lines[b].length || a - b).slice(0, FOUND - nodes.length));
  return {total, nodes};
}

function rank(ranked, node, line, part) {
  const slash = line.lastIndexOf("/") + 1;
  const begins = line.startsWith(part, slash), whole = line.length === part.length;
  const group = ranked[whole ? 0 : begins && line.length - slash === part.length ? 1 : begins ? 2 : 3];
  if (group.length < RANKED)
    group.push(node);
}

function whySection(app) {
  const two = app.two;
  let index = null;
  const ready = () => index || (index = makeIndex(app.tree)); // made once the page is there
  const results = el("ul", {class: "results", id: "results"}), status = el("p", {role: "status", class: "found"});
  const panel = el("div", {id: "answer", class: "answer"});
  const input = el("input", {type: "search", id: "query", autocomplete: "off", spellcheck: "false", autocapitalize: "off",
                             "aria-describedby": "query-help", input: () => find()});
  function find() {
    const found = search(ready(), input.value.trim());
    status.textContent = !input.value.trim() ? "" : found.total === 0 ? "No path of the image has this."
      : count(found.total, "path") + (found.total > found.nodes.length ? ", the first " + found.nodes.length + " are shown" : "");
    results.replaceChildren(...found.nodes.map((node) => el("li", {class: two ? STATES[app.tree.state[node]] : null},
      el("button", {class: "link", click: () => app.showWhy(node)}, code(app.tree.path[node])),
      two ? el("span", {class: "state"}, STATES[app.tree.state[node]]) : null)));
  }
  app.showWhy = (node) => {
    panel.replaceChildren(...answer(app, node).filter((c) => c));
    reveal("why");
    panel.querySelector("#answer-title").focus({preventScroll: true});
  };
  setTimeout(ready);
  const form = el("form", {role: "search", submit: (event) => {
    event.preventDefault();
    results.querySelector("button")?.click();
  }}, el("label", {for: "query"}, two ? "Part of a path" : "Part of a path of the image"), input,
    el("p", {id: "query-help", class: "hint"}, "Enter takes the first. Arrow keys go through the list."));
  form.addEventListener("keydown", (event) => moveThrough(event, input, results));
  results.addEventListener("keydown", (event) => moveThrough(event, input, results));
  return section("why", app.verb === "build" || app.verb === "verify" ? "Why is it there, or gone?" : "Find a path", form, status, results, panel);
}

function moveThrough(event, input, results) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp")
    return;
  const all = [input, ...results.querySelectorAll("button")], at = all.indexOf(document.activeElement);
  const next = all[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at >= 0 && next) {
    event.preventDefault();
    next.focus();
  }
}
