// The head of the page: which images, how large, and how it ended.

function figure(name, before, after) {
  return el("div", {class: "figure"}, el("dt", {}, name),
    el("dd", {}, after === null ? before.text : [before.text + " \u2192 ", el("strong", {}, after.text),
      before.value ? el("span", {class: "change"}, " " + change(before.value, after.value)) : null]));
}

function change(before, after) {
  const part = 100 * (after - before) / before;
  return (part > 0 ? "+" : "\u2212") + Math.abs(part).toFixed(1) + " %";
}

const sized = (n) => ({value: n, text: bytes(n)});
const counted = (n) => ({value: n, text: n.toLocaleString("en")});

// The result has no size if the build failed before it was made.
function reportFigures(f) {
  const made = f.result && f.result.files > 0, after = (key, show) => made && f.result[key] ? show(f.result[key]) : null;
  return el("dl", {class: "figures"},
    figure("Unpacked", sized(f.source.size_bytes), after("size_bytes", sized)),
    f.source.compressed_bytes ? figure("Compressed", sized(f.source.compressed_bytes), after("compressed_bytes", sized)) : null,
    figure("Files", counted(f.source.files), after("files", counted)),
    figure("Layers", counted(f.source.layers), after("layers", counted)));
}

function verdicts(f) {
  const v = f.verify, badges = [], add = (good, text) => badges.push(el("li", {class: good ? "good" : "bad"}, text));
  if (f.error)
    add(false, f.error.message);
  if (v && v.done)
    add(v.equal, v.equal ? "Verified: " + count(v.equal_steps, "step") + " and " + count(v.equal_runs, "run") + " equal"
      : "Not equal: " + count(v.differences.length, "difference"));
  else if (v && v.skipped)
    add(false, "Not verified: " + v.skipped);
  if (f.gates && f.gates.list && f.gates.list.length)
    add(f.gates.passed !== false, f.gates.list.filter((g) => g.passed).length + " of " + count(f.gates.list.length, "gate") + " passed");
  if (f.unproven)
    add(!f.unproven.files, f.unproven.files ? count(f.unproven.files, "unproven file") + " removed, " + bytes(f.unproven.bytes)
      : "No unproven file");
  return badges.length ? el("ul", {class: "verdicts"}, badges) : null;
}

function reportSummary(app) {
  const f = app.facts, to = (f.destinations || []).map((d) => [code(d.reference), d.digest ? [" ", code(d.digest)] : null].flat());
  return [el("p", {class: "images"}, code(f.source.reference || "the image"),
      f.result.reference ? [" \u2192 ", code(f.result.reference)] : null),
    reportFigures(f), verdicts(f), to.length ? el("p", {class: "hint"}, "Published to ", ...to.map((d, i) => i ? [", ", d] : d).flat(2)) : null];
}

function inspectSummary(app) {
  const f = app.facts, base = f.base && (f.base.name || f.base.digest);
  return [el("p", {class: "images"}, code(f.reference)), el("dl", {class: "figures"},
    figure("Unpacked", sized(f.bytes), null), figure("Compressed", sized(f.compressed_bytes), null),
    figure("Layers", counted(f.layers.length), null), figure("Wasted", sized(f.wasted_bytes), null),
    figure("Efficiency", {text: (100 * f.efficiency).toFixed(1) + " %"}, null)),
    f.verdict ? el("ul", {class: "verdicts"}, el("li", {class: f.verdict.minimal ? "good" : "bad"}, f.verdict.minimal ? "Already minimal"
      : count(f.verdict.dangers, "danger") + ", " + bytes(f.verdict.fat_bytes) + " that could go")) : null,
    definitions([["Base image", base ? code(base) : null], ["Digest", f.digest ? code(f.digest) : null], ["Platform", f.platform]])];
}

function diffSummary(app) {
  const t = app.tree, names = app.facts.images.map((i) => i.reference);
  return [el("p", {class: "images"}, code(names[0]), " \u2192 ", code(names[1])),
    el("dl", {class: "figures"}, figure("Unpacked", sized(t.before[0]), sized(t.after[0])),
      figure("Files", counted(t.filesBefore[0]), counted(t.filesAfter[0])))];
}

function summarise(app) {
  const f = app.facts, name = app.verb === "inspect" ? f.reference : app.verb === "diff" ? f.images.map((i) => i.reference).join(", ") : f.source.reference;
  const titles = {build: "A smaller image", verify: "Two images compared by running them", inspect: "An image", diff: "Two images"};
  document.title = "slim " + app.verb + ": " + shown(name || "");
  document.getElementById("title").textContent = titles[app.verb];
  const parts = app.verb === "inspect" ? inspectSummary(app) : app.verb === "diff" ? diffSummary(app) : reportSummary(app);
  document.getElementById("summary").append(...parts.filter((p) => p));
}
