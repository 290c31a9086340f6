// Elements, and text for a person. Strings of an image reach the document only here, as text nodes and attribute
// values; markup is never made from a string.

// Characters that would hide or turn what stands beside them: controls, line separators, marks of direction.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/g;

// Returns the text with hidden characters as \uNNNN. Pairs of surrogates stay: they are one character.
function shown(text) {
  const pairs = String(text).split(/([\ud800-\udbff][\udc00-\udfff])/);
  return pairs.map((part, i) => i % 2 ? part
    : part.replace(HIDDEN, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"))).join("");
}

// Makes an element. attributes: name: value; a function is an event's handler; null and false leave it out. Children
// are nodes or texts.
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  decorate(node, attributes);
  node.append(...children.flat().filter((c) => c !== null && c !== undefined)
    .map((c) => c instanceof Node ? c : document.createTextNode(shown(c))));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  decorate(node, attributes);
  node.append(...children.flat().map((c) => c instanceof Node ? c : document.createTextNode(shown(c))));
  return node;
}

function decorate(node, attributes) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false)
      continue;
    if (typeof value === "function")
      node.addEventListener(key, value);
    else
      node.setAttribute(key, value === true ? "" : shown(value));
  }
}

// A path or another string of the image, apart from the text around it.
function code(text) {
  return el("bdi", {class: "code"}, text);
}

// Sizes as slim prints them: 1 kB = 1000 B.
function bytes(n) {
  if (n < 1000)
    return n + " B";
  return n < 1e6 ? (n / 1e3).toFixed(1) + " kB" : n < 1e9 ? (n / 1e6).toFixed(1) + " MB" : (n / 1e9).toFixed(2) + " GB";
}

function count(n, one, many) {
  return n.toLocaleString("en") + " " + (n === 1 ? one : many || one + "s");
}

function percent(part, whole) {
  return whole ? (100 * part / whole).toFixed(1) + " %" : "0 %";
}

function milliseconds(ms) {
  return ms < 1000 ? ms + " ms" : (ms / 1000).toFixed(2) + " s";
}
