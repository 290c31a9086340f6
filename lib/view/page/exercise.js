// The exercise: what was done to the container, how it answered, and which files each step was the first to need.

function allSteps(facts) {
  return (facts.runs || []).flatMap((run) => run.steps);
}

function exerciseSection(app) {
  const runs = app.facts.runs || [];
  if (!runs.length)
    return null;
  const panel = el("div", {id: "needed", "aria-live": "polite"});
  let number = 0;
  const parts = runs.map((run, i) => {
    const rows = run.steps.map((step) => stepRow(app, step, ++number, panel));
    const title = runs.length > 1 ? "Run " + (i + 1) + " of " + runs.length : "The run";
    return [el("h3", {}, title), runFacts(run), rows.length ? table(title + ", step by step",
      ["Step", "Request or command", "Kind", "Result", "#Bytes", "#Time", "Files first needed"], rows, 50)
      : el("p", {}, "Nothing was sent to it.")];
  });
  return section("exercise", "Exercise", parts.flat(), panel);
}

function runFacts(run) {
  const ends = {"itself": "by itself", "stop-signal": "by its stop signal", "kill": "by slim, which killed it"};
  return definitions([["Command", code(run.command || "")], ["Ended", (ends[run.ended_by] || run.ended_by) + ", status " + run.status],
    ["Failure", run.failure], ["Witnesses", run.witnesses.join(", ")]]);
}

function resultOf(step) {
  return step.error || step.unexpected || (step.status === -1 ? "no answer" : step.kind === "signal" ? "sent" : String(step.status));
}

function isBad(step) {
  return Boolean(step.error || step.unexpected) || step.status === -1;
}

function stepRow(app, step, number, panel) {
  const need = step.first_to_need;
  const needed = need && need.files && app.hasSteps
    ? el("button", {class: "link", click: () => showNeeded(app, number, panel)}, count(need.files, "file") + ", " + bytes(need.bytes))
    : need ? count(need.files, "file") : "";
  return [String(number), [code(step.what), step.guessed ? el("span", {class: "hint"}, " guessed") : null],
    step.kind + (step.port ? ", port " + step.port : ""), el("span", {class: isBad(step) ? "bad" : null}, resultOf(step)),
    bytes(step.bytes), milliseconds(step.ms), needed];
}

function showNeeded(app, number, panel) {
  const t = app.tree, nodes = [];
  for (let i = 0; i < t.count; i++)
    if (t.step[i] === number && t.kind[i] === FILE && t.state[i] !== REMOVED)
      nodes.push(i);
  nodes.sort((a, b) => t.after[b] - t.after[a]);
  panel.replaceChildren(el("h3", {tabindex: "-1"}, "Files first needed by step " + number + ", ", code(app.stepName(number))),
    table("Files first needed by step " + number, ["Path", "#Bytes", "Package"],
      nodes.map((n) => [pathButton(app, n), bytes(t.after[n]), t.package[n] < 0 ? "" : code(t.packages[t.package[n]])]), 50));
  panel.firstChild.focus();
}
