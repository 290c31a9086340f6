// Puts the page together.

function makeApp(data) {
  const steps = allSteps(data.facts), tree = makeTree(data.tree);
  return {
    verb: data.verb, version: data.version, facts: data.facts, tree,
    two: data.verb !== "inspect",
    hasFiles: tree.count > 1,
    hasSteps: tree.step.some((s) => s > 0),
    stepName: (n) => "step " + n + (steps[n - 1] ? ": " + shown(steps[n - 1].what) : ""),
    showWhy: () => {},
    openDirectory: () => {},
  };
}

function show(data) {
  const app = makeApp(data), main = document.getElementById("main");
  summarise(app);
  const sections = [app.hasFiles ? filesSection(app) : null, app.hasFiles ? whySection(app) : null, layersSection(app),
    packagesSection(app), exerciseSection(app), verificationSection(app), checksSection(app), timelineSection(app)].filter((s) => s);
  main.replaceChildren(...sections);
  document.getElementById("contents").append(el("ul", {}, sections.map((s) =>
    el("li", {}, el("a", {href: "#" + s.id}, s.querySelector("h2").textContent)))));
  document.getElementById("footer").append(el("p", {}, "Made by slim " + app.version + ". This page loads nothing from a network."));
  followHash(app);
  window.addEventListener("hashchange", () => followHash(app));
  document.documentElement.dataset.ready = "yes";
}

// "#/etc/passwd" shows why that path is there.
function followHash(app) {
  let path;
  try {
    path = decodeURIComponent(location.hash.slice(1));
  } catch {
    return;
  }
  const node = path.startsWith("/") ? findPath(app.tree, path) : -1;
  if (node >= 0)
    app.showWhy(node);
}

readData().then(show).catch((error) => {
  document.getElementById("main").replaceChildren(el("p", {role: "alert"}, "The page cannot show its data: " + error.message
    + ". It needs a browser of 2023 or later."));
  throw error;
});
