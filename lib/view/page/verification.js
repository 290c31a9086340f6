// The verification: whether the slim image behaves as the original, and what was healed.

function verificationSection(app) {
  const v = app.facts.verify;
  if (!v)
    return null;
  const outcome = v.done ? (v.equal ? "The slim image behaves as the original." : "The slim image does not behave as the original.")
    : v.skipped ? "It was not done: " + v.skipped + "." : "It did not come to a verdict.";
  const parts = [el("p", {}, outcome)];
  if (v.done)
    parts.push(definitions([["Rounds", String(v.rounds)], ["Equal steps", String(v.equal_steps)], ["Equal runs", String(v.equal_runs)],
      ["Repeats to find values that vary", v.repeats ? String(v.repeats) : null]]));
  const add = (title, heads, rows) => rows.length && parts.push(table(title, heads, rows, 50));
  add("Differences", ["Where", "What", "Original", "Slim image"],
    v.differences.map((d) => [code(d.where), d.what, value(d.expected), value(d.got)]));
  add("Healed: added because the slim image missed it", ["Path", "Why", "#Round"],
    v.healed.map((h) => [linked(app, h.path), code(h.why), String(h.round)]));
  add("Looked for by the slim image, and only in the original", ["Path", "Program"],
    v.lookups.map((l) => [linked(app, l.path), l.program ? code(l.program) : ""]));
  for (const [title, items] of [["Looked for, but excluded by the user", v.left_out], ["Not compared, because it varies", v.variable],
                                ["Incomparable, because the original varies", v.incomparable]])
    if (items.length)
      parts.push(el("h3", {}, title), list(items.map((item) => code(item))));
  return section("verification", "Verification", parts);
}

// Several lines as they are.
function value(text) {
  return text ? el("pre", {}, ...text.split("\n").map((line, i) => (i ? [el("br"), shown(line)] : [shown(line)])).flat()) : "(nothing)";
}
