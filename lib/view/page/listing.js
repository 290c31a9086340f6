// The table beside the treemap: what is in the chosen directory or package, the largest first, with the same zoom.

const LISTED = 60;

function bar(before, after, whole) {
  const width = (n) => whole ? Math.max(0, Math.min(100, 100 * n / whole)) : 0;
  const stays = Math.min(before, after), more = Math.abs(before - after);
  return svg("svg", {class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true"},
    svg("rect", {x: 0, y: 0, width: width(stays), height: 10, class: "kept"}),
    svg("rect", {x: width(stays), y: 0, width: width(more), height: 10, class: before > after ? "removed" : "added"}));
}

// two: there is a before and an after. open(node): a row was chosen.
function listing(view, top, size, two, open) {
  const children = view.children(top).slice().sort((a, b) => size(b) - size(a));
  const whole = children.length ? size(children[0]) : 0;
  const body = el("tbody");
  const head = ["Name", two ? "#Before" : "#Size", two ? "#After" : null, "Share", two ? "State" : null].filter((h) => h);
  const table = el("table", {class: "listing"}, el("caption", {}, "Contents of ", code(view.name(top))),
    headRow(head), body);
  const add = (from) => {
    for (const node of children.slice(from, from + LISTED))
      body.append(row(view, node, whole, two, open));
  };
  add(0);
  if (!children.length)
    return el("p", {}, "Nothing is in it.");
  return el("div", {}, el("div", {class: "wide", tabindex: "0", role: "group", "aria-label": "Contents"}, table),
    moreButton(children.length, LISTED, add));
}

function row(view, node, whole, two, open) {
  const name = view.name(node) + (view.isGroup(node) && view.key === "directory" ? "/" : "");
  return el("tr", {},
    el("th", {scope: "row"}, el("button", {class: "link", click: () => open(node)}, code(name))),
    el("td", {class: "number"}, bytes(view.before(node))),
    two ? el("td", {class: "number"}, bytes(view.after(node))) : null,
    el("td", {}, bar(view.before(node), view.after(node), whole)),
    two ? el("td", {}, stateText(view, node)) : null);
}

function stateText(view, node) {
  const [before, after] = view.isGroup(node) ? view.files(node) : [1, 1];
  if (!view.isGroup(node) || !after || !before)
    return STATES[view.state(node)];
  if (view.compared)
    return before === after ? count(before, "file") : before.toLocaleString("en") + " \u2192 " + count(after, "file");
  return before === after ? "kept" : after.toLocaleString("en") + " of " + count(before, "file") + " kept";
}

// Shows step more each time it is pressed. add(from): shows those from there on.
function moreButton(total, step, add) {
  let from = step;
  const text = () => "Show more (" + (total - from).toLocaleString("en") + " left)";
  const button = el("button", {class: "more", click: () => {
    add(from);
    from += step;
    button.textContent = text();
    button.hidden = from >= total;
  }}, text());
  button.hidden = from >= total;
  return button;
}
