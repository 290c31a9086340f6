// What speaks for or against the image: gates, findings, unproven files, the lock file and notes.

function checksSection(app) {
  const parts = [gates(app), risk(app), findings(app), lock(app), notes(app)].flat().filter((p) => p);
  const title = app.verb === "inspect" ? "Findings and gates" : "Gates, findings and risk";
  return parts.length ? section("checks", title, parts) : null;
}

function gates(app) {
  const g = app.facts.gates;
  if (!g || !g.list || !g.list.length)
    return null;
  const rows = g.list.map((one) => [one.name, one.limit === null ? "" : String(one.limit), one.figure || "",
    el("span", {class: one.passed ? "good" : "bad"}, one.passed ? "passed" : "failed")]);
  return table("Gates", ["Gate", "Limit", "Found", "Result"], rows);
}

// The risk: removed files that kept files name, and that no run used.
function risk(app) {
  const u = app.facts.unproven;
  if (!u)
    return null;
  if (!u.files)
    return el("p", {}, "No unproven file: all that kept code names is kept.");
  const rows = u.list.map((f) => [linked(app, f.path), bytes(f.bytes), String(f.named_by), code(f.example), f.how]);
  return [el("p", {}, count(u.files, "file") + " (" + bytes(u.bytes)
      + ") were removed although kept code names them: no run used them, so nothing proves that they are not needed."),
    table("Unproven files", ["Path", "#Bytes", "#Named by", "Example", "How"], rows, 20)];
}

// What slim inspect finds on why an image is large, and on what is dangerous in it.
function findings(app) {
  const all = app.facts.findings;
  if (!Array.isArray(all))
    return null;
  if (!all.length)
    return el("p", {}, "No findings.");
  const rows = all.map((f) => [code(f.title || f.id || f.rule), f.kind === "fat" ? "" : f.severity || "", findingPlace(app, f),
    f.bytes ? bytes(f.bytes) : "", f.layer ? String(f.layer) : "", code(f.command || f.created_by || ""), code(f.advice || "")]);
  return table("Findings", ["Finding", "Severity", "Path", "#Bytes", "#Layer", "Command", "Advice"], rows, 50);
}

// A path, with a line of it; or the name of what is not a file, such as a variable.
function findingPlace(app, f) {
  const path = f.path ? linked(app, f.path) : f.name ? code(f.name) : "";
  return f.line ? [path, ", line " + f.line] : path;
}

function lock(app) {
  const l = app.facts.lock;
  if (!l)
    return null;
  return [el("p", {}, "Lock file ", code(l.file), ": " + (l.state || "not compared") + "."),
    l.changes && l.changes.length ? list(l.changes.map((c) => code(c))) : null];
}

function notes(app) {
  const all = app.facts.notes;
  return Array.isArray(all) && all.length ? [el("h3", {}, "Notes"), list(all.map((n) => code(n.text)))] : null;
}
