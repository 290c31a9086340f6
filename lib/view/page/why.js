// Answers why a path is kept or was removed: its reason, then the reason of the path that it names, and so on.

const CHAIN = 64;

function reasonOf(t, node) {
  return t.why[node] < 0 ? "" : t.reasons[t.why[node]];
}

// The sentence of one reason, in parts. %b is a button that leads to the path.
function sentence(app, node) {
  const t = app.tree, parts = reasonOf(t, node).split(/(%[bn%])/);
  const by = t.by ? t.by[node] : -1, note = t.note && t.note[node] >= 0 ? t.notes[t.note[node]] : "";
  if (!t.by)
    return [reasonOf(t, node)];
  return parts.map((part) => part === "%b" ? (by < 0 ? "another path" : pathButton(app, by))
    : part === "%n" ? code(note) : part === "%%" ? "%" : part);
}

function pathButton(app, node) {
  return el("button", {class: "link", click: () => app.showWhy(node)}, code(app.tree.path[node]));
}

// The value that a rare list (node, value, node, value..) has for the node.
function rare(list, node) {
  for (let i = 0; list && i < list.length; i += 2)
    if (list[i] === node)
      return list[i + 1];
  return null;
}

function chain(app, node) {
  const t = app.tree, lines = [];
  for (let at = node, n = 0; at >= 0 && n < CHAIN; n++) {
    const as = rare(t.as, at);
    lines.push(el("li", {}, sentence(app, at), as !== null ? [", as ", code(as)] : null));
    at = t.by && t.state[at] !== REMOVED ? t.by[at] : -1;
  }
  return el("ol", {class: "chain"}, lines);
}

// What the comparison of two running images saw of a path that the slim image lacks.
function lookedFor(app, node) {
  const t = app.tree, v = app.facts.verify;
  if (app.verb !== "verify" || !v || !v.done || t.state[node] !== REMOVED || t.kind[node] === DIRECTORY)
    return null;
  const lookup = v.lookups.find((one) => one.path === t.path[node]);
  return el("p", {}, lookup ? ["The slim image looked for it and did not find it", lookup.program ? [": ", code(lookup.program)] : "."].flat()
    : "The comparison saw no run of the slim image look for it.");
}

// The kept files that name a removed path.
function namers(app, node) {
  const named = rare(app.tree.named, node);
  if (!named)
    return null;
  const more = named.count - named.in.length;
  return [el("p", {}, "But kept files name it, so it is unproven whether it is needed:"),
    el("ul", {}, named.in.map((one) => el("li", {}, code(one.path), ", as " + one.how)),
      more > 0 ? el("li", {}, "and " + count(more, "further file")) : null)];
}

function facts(app, node) {
  const t = app.tree, list = [], add = (name, value) => list.push(el("dt", {}, name), el("dd", {}, value));
  const directory = t.kind[node] === DIRECTORY;
  add("Size", app.two ? bytes(t.before[node]) + " before, " + bytes(t.after[node]) + " after" : bytes(t.before[node]));
  if (directory)
    add("Files", app.two ? t.filesBefore[node].toLocaleString("en") + " before, " + t.filesAfter[node].toLocaleString("en") + " after"
      : t.filesBefore[node].toLocaleString("en"));
  const link = rare(t.link, node);
  if (link !== null)
    add("Hard link of", linked(app, link));
  if (t.package[node] >= 0)
    add("Package", code(t.packages[t.package[node]]));
  if (t.layer[node] >= 0)
    add("Layer", String(t.layer[node] + 1));
  if (t.step[node])
    add("First needed by", app.stepName(t.step[node]));
  if (t.order && t.order[node])
    add("Order of use", "number " + t.order[node].toLocaleString("en"));
  const seen = rare(t.seen, node);
  if (seen)
    add("Used in runs", seen.join(", "));
  return el("dl", {class: "facts"}, list);
}

function verdictOf(app, node) {
  if (!app.two)
    return "is in the image";
  const partly = app.tree.kind[node] === DIRECTORY && app.tree.state[node] === KEPT
    && app.tree.filesAfter[node] < app.tree.filesBefore[node];
  return {0: partly ? "is kept in part" : "is kept", 1: "was removed", 2: "was added", 3: "was changed"}[app.tree.state[node]];
}

// Everything that the page knows of a path.
function answer(app, node) {
  const t = app.tree, children = [el("h3", {id: "answer-title", tabindex: "-1"}, code(t.path[node]), " " + verdictOf(app, node))];
  if (reasonOf(t, node))
    children.push(chain(app, node));
  else if (app.two && t.state[node] === REMOVED && t.kind[node] === DIRECTORY)
    children.push(el("p", {}, "Nothing that is in it is there any more."));
  children.push(lookedFor(app, node), namers(app, node), facts(app, node));
  const directory = t.kind[node] === DIRECTORY ? node : t.parent[node];
  children.push(el("p", {class: "actions"},
    el("button", {click: () => { app.openDirectory(directory); reveal("files"); }}, "Show in the treemap")));
  if (app.verb === "build" && t.state[node] === REMOVED)
    children.push(el("p", {class: "advice"}, "To keep it: ", code("--include " + t.path[node])));
  return children.flat();
}
