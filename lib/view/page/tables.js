// Sections and tables, as all parts of the page have them.

function section(id, title, ...children) {
  return el("section", {id, "aria-labelledby": id + "-title"}, el("h2", {id: id + "-title"}, title), ...children);
}

// Goes to a section of the page.
function reveal(id) {
  document.getElementById(id)?.scrollIntoView({block: "start"});
}

// heads: names of columns; one that begins with "#" is of numbers. rows: arrays of cells, each a text, a node or an
// array of them; the first cell names the row.
function table(caption, heads, rows, shownRows = 100) {
  const body = el("tbody"), numeric = heads.map((h) => h.startsWith("#"));
  const cell = (value, i) => i === 0 ? el("th", {scope: "row"}, value) : el("td", {class: numeric[i] ? "number" : null}, value);
  const add = (from) => body.append(...rows.slice(from, from + shownRows).map((r) => el("tr", {}, r.map(cell))));
  add(0);
  const whole = el("table", {}, el("caption", {}, caption), headRow(heads), body);
  return el("div", {}, el("div", {class: "wide", tabindex: "0", role: "group", "aria-label": caption}, whole),
    moreButton(rows.length, shownRows, add));
}

function headRow(heads) {
  return el("thead", {}, el("tr", {}, heads.map((h) => el("th", {scope: "col", class: h.startsWith("#") ? "number" : null},
    h.replace(/^#/, "")))));
}

function list(items) {
  return el("ul", {}, items.map((item) => el("li", {}, item)));
}

function definitions(pairs) {
  return el("dl", {class: "facts"}, pairs.filter((p) => p[1] !== null && p[1] !== undefined && p[1] !== "")
    .map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]).flat());
}

// A path that leads to its answer, if the image has it.
function linked(app, path) {
  const node = findPath(app.tree, path);
  return node < 0 ? code(path) : pathButton(app, node);
}
