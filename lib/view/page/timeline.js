// The start: when the container was ready, and which files the runs used, in their order.

function timelineSection(app) {
  const t = app.tree, run = (app.facts.runs || [])[0], parts = [];
  if (run)
    parts.push(phases(run));
  if (t.order) {
    const used = [];
    for (let i = 0; i < t.count; i++)
      if (t.order[i] && t.kind[i] === FILE)
        used.push(i);
    used.sort((a, b) => t.order[a] - t.order[b]);
    if (used.length)
      parts.push(...usedFiles(app, used));
  }
  return parts.length ? section("timeline", "Start-up timeline", parts) : null;
}

// The times of the first run as one bar, and as a table.
function phases(run) {
  const ends = [["container starts", run.started_ms], ["service gets ready", run.ready_ms], ["exercise", run.exercised_ms],
                ["service ends", run.ms]];
  const shownPhases = [];
  let from = 0;
  for (const [name, to] of ends) {
    if (to > from)
      shownPhases.push({name, from, to});
    from = Math.max(from, to);
  }
  const scale = run.ms ? 100 / run.ms : 0;
  return el("div", {}, svg("svg", {class: "phases", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true"},
    shownPhases.map((p, i) => svg("rect", {x: p.from * scale, y: 0, width: (p.to - p.from) * scale, height: 6, class: "phase" + i % 4}))),
  table("The time of the first run", ["Phase", "#From", "#To", "#Time"],
    shownPhases.map((p, i) => [[svg("svg", {class: "key", viewBox: "0 0 14 14", "aria-hidden": "true"},
      svg("rect", {width: 14, height: 14, class: "phase" + i % 4})), " " + p.name], milliseconds(p.from), milliseconds(p.to),
    milliseconds(p.to - p.from)])));
}

function usedFiles(app, used) {
  const t = app.tree, points = [];
  let sum = 0;
  const rows = used.map((node, i) => {
    sum += t.before[node];
    points.push([i + 1, sum]);
    return [(i + 1).toLocaleString("en"), pathButton(app, node), bytes(t.before[node]), bytes(sum),
      t.step[node] ? app.stepName(t.step[node]) : "start", reasonOf(t, node).replace(/%%/g, "%").replace(/^a run used it: /, "")];
  });
  return [el("h3", {}, "Files in the order of their first use"),
    el("p", {}, count(used.length, "file") + ", " + bytes(sum) + ". The curve is the bytes of the files used so far."), curve(points, sum),
    table("Files in the order of their first use", ["Number", "Path", "#Bytes", "#Sum", "First needed by", "How"], rows, 40)];
}

function curve(points, sum) {
  const x = (i) => 100 * i / points.length, y = (n) => 30 - (sum ? 30 * n / sum : 0);
  const line = points.map(([i, n]) => x(i).toFixed(2) + "," + y(n).toFixed(2)).join(" ");
  return svg("svg", {class: "curve", viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true"},
    svg("polygon", {points: "0,30 " + line + " 100,30"}));
}
