// Draws a part of a view as nested rectangles, whose area is the size. Below the size of a few pixels nothing is drawn:
// the listing beside the drawing has all.

const HEAD = 18, LEAST = 5, DEEPEST = 5, MOST = 2500;

// Divides a rectangle among sizes, the largest first, into nearly square parts (Bruls, Huizing, van Wijk). Returns
// [x, y, width, height] for each.
function squarify(sizes, x, y, width, height) {
  const total = sizes.reduce((a, b) => a + b, 0), parts = [];
  const scale = total ? width * height / total : 0;
  let at = 0;
  while (at < sizes.length && width > 0 && height > 0) {
    const side = Math.min(width, height);
    let end = at, sum = 0, worst = Infinity;
    for (; end < sizes.length; end++) {
      const next = sum + sizes[end] * scale;
      const ratio = Math.max(side * side * sizes[at] * scale / (next * next), next * next / (side * side * sizes[end] * scale));
      if (ratio > worst)
        break;
      worst = ratio;
      sum = next;
    }
    const thick = sum / side;
    for (let along = 0; at < end; at++) {
      const long = sizes[at] * scale / thick;
      parts.push(width >= height ? [x, y + along, thick, long] : [x + along, y, long, thick]);
      along += long;
    }
    if (width >= height)
      [x, width] = [x + thick, width - thick];
    else
      [y, height] = [y + thick, height - thick];
  }
  return parts;
}

// picture: the svg element. size(node): the bytes that count. choose(node): a rectangle was chosen.
function drawTreemap(picture, view, top, size, choose, describe) {
  const [width, height] = [picture.clientWidth || 640, picture.clientHeight || 400];
  const drawing = {view, size, choose, describe, left: MOST, buttons: []};
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.replaceChildren(patterns());
  drawChildren(drawing, picture, top, [0, 0, width, height], 1);
  drawing.buttons.forEach((b, i) => b.setAttribute("tabindex", i ? "-1" : "0"));
  picture.onkeydown = (event) => moveAmong(drawing.buttons, event);
}

function patterns() {
  return svg("defs", {}, svg("pattern", {id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse",
                                         patternTransform: "rotate(45)"},
    svg("rect", {width: 6, height: 6, class: "hatch-ground"}), svg("rect", {width: 2, height: 6, class: "hatch-line"})));
}

function drawChildren(d, into, node, [x, y, width, height], depth) {
  const children = d.view.children(node).filter((c) => d.size(c) > 0).sort((a, b) => d.size(b) - d.size(a));
  const parts = squarify(children.map(d.size), x, y, width, height);
  parts.forEach((part, i) => {
    if (part[2] >= LEAST && part[3] >= LEAST && d.left-- > 0)
      drawNode(d, into, children[i], part, depth);
  });
}

function drawNode(d, into, node, [x, y, width, height], depth) {
  const group = d.view.isGroup(node), open = group && depth < DEEPEST && width > 60 && height > 50;
  const box = svg("g", {class: "node", role: depth === 1 ? "button" : null,
                        "aria-label": depth === 1 ? d.describe(node) : null,
                        click: (event) => { event.stopPropagation(); d.choose(node); }},
    svg("title", {}, d.describe(node)));
  if (open)
    box.append(svg("rect", {x, y, width, height, class: "group"}));
  else
    box.append(...shares(d, node, x, y, width, height));
  if (width > 34 && height > 15)
    box.append(label(d.view.name(node), x + 3, y + 13, width - 6));
  if (open)
    drawChildren(d, box, node, [x + 2, y + HEAD, width - 4, height - HEAD - 2], depth + 1);
  into.append(box);
  if (depth === 1)
    d.buttons.push(box);
}

// A rectangle whose lower part is what went.
function shares(d, node, x, y, width, height) {
  const before = d.view.before(node), after = d.view.after(node);
  const state = d.view.state(node), whole = Math.max(before, after);
  const rect = (top, tall, name) => svg("rect", {x, y: top, width, height: tall, class: name});
  if (!d.view.isGroup(node) || state === REMOVED || state === ADDED || before <= after)
    return [rect(y, height, STATES[state])];
  const stays = height * after / whole;
  return [rect(y, stays, "kept"), rect(y + stays, height - stays, "removed"), rect(y, height, "frame")];
}

function label(text, x, y, width) {
  const room = Math.floor(width / 6.6), name = shown(text);
  return svg("text", {x, y, "aria-hidden": "true"}, name.length <= room ? name : name.slice(0, Math.max(room - 1, 1)) + "\u2026");
}

// Arrow keys go from rectangle to rectangle, Enter and space choose.
function moveAmong(buttons, event) {
  const at = buttons.indexOf(document.activeElement), last = buttons.length - 1;
  const steps = {ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last};
  if (at < 0)
    return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    buttons[at].dispatchEvent(new MouseEvent("click"));
  } else if (event.key in steps) {
    event.preventDefault();
    const next = buttons[Math.max(0, Math.min(last, steps[event.key]))];
    buttons[at].setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  }
}
