// The section of the files: treemap and listing of one place, the way to it, and how to look at it.

function filesSection(app) {
  const t = app.tree, compared = app.verb === "diff", views = [directoryView(t, compared), packageView(t, compared)];
  const state = {view: views[0], top: 0, after: false};
  const picture = svg("svg", {class: "treemap", role: "group", "aria-label": "Treemap"});
  const trail = el("nav", {class: "trail", "aria-label": "Place"}), list = el("div", {}), legend = legendOf(app);
  const size = (node) => app.verb === "diff" ? Math.max(state.view.before(node), state.view.after(node))
    : state.after ? state.view.after(node) : state.view.before(node);
  const describe = (node) => shown(state.view.name(node)) + ", " + bytes(state.view.before(node))
    + (app.two ? ", after " + bytes(state.view.after(node)) + ", " + stateText(state.view, node) : "");
  const draw = () => {
    drawTrail(trail, state, go);
    drawTreemap(picture, state.view, state.top, size, go, describe);
    picture.setAttribute("aria-label", "Treemap of " + shown(state.view.name(state.top)));
    list.replaceChildren(listing(state.view, state.top, size, app.two, go));
  };
  // A group is entered; of a file the reason is shown.
  function go(node) {
    if (!state.view.isGroup(node)) {
      app.showWhy(state.view.node(node));
      return;
    }
    const inside = picture.contains(document.activeElement);
    state.top = node;
    draw();
    if (inside)
      picture.querySelector(".node[tabindex='0']")?.focus();
  }
  picture.addEventListener("keydown", (event) => {
    if ((event.key === "Backspace" || event.key === "Escape") && state.top !== state.view.root) {
      event.preventDefault();
      go(state.view.parent(state.top));
    }
  });
  const controls = el("div", {class: "controls"},
    choice("Divide by", ["directory", "package"], (i) => { state.view = views[i]; state.top = views[i].root; draw(); }),
    app.verb === "build" || app.verb === "verify"
      ? choice("Show the size", ["before", "after"], (i) => { state.after = i === 1; draw(); }) : null);
  app.openDirectory = (node) => {
    controls.querySelector("input").click();
    state.top = node;
    draw();
  };
  new ResizeObserver(draw).observe(picture);
  return section("files", "Files", controls, legend, trail, picture, list);
}

function drawTrail(trail, state, go) {
  const way = [];
  for (let node = state.top; ; node = state.view.parent(node)) {
    way.unshift(node);
    if (node === state.view.root)
      break;
  }
  trail.replaceChildren(el("ol", {}, way.map((node) => el("li", {}, node === state.top
    ? el("span", {"aria-current": "location"}, code(state.view.name(node)))
    : el("button", {class: "link", click: () => go(node)}, code(state.view.name(node)))))));
}

function choice(title, names, chosen) {
  const group = "choice-" + title.toLowerCase().replace(/ /g, "-");
  return el("fieldset", {}, el("legend", {}, title), names.map((name, i) => el("label", {},
    el("input", {type: "radio", name: group, checked: i === 0, change: () => chosen(i)}), " " + name)));
}

function legendOf(app) {
  const names = app.verb === "diff" ? STATES : app.two ? STATES.slice(0, 2) : [];
  return names.length ? el("p", {class: "legend"}, names.map((name) => el("span", {},
    svg("svg", {viewBox: "0 0 14 14", "aria-hidden": "true"}, svg("rect", {width: 14, height: 14, class: name})), " " + name))) : null;
}
