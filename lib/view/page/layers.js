// Layers and waste: what each layer brings, what later layers hide of it, and what is kept; and the packages. Of two
// images: which layers and packages brought the differences.

// A build's report counts what stays of each layer; an inspected image has what each layer changes.
function layersSection(app) {
  const f = app.facts, layers = f.layers;
  if (!Array.isArray(layers) || !layers.length)
    return null;
  if (app.verb === "diff")
    return section("layers", "Layers", sharedOf(f), table("Layers that brought the differences, most bytes first",
      ["Layer", "Dockerfile line", "#Gone", "#Added", "#Changed", "Packages"], layers.map(diffRow)));
  const rows = app.verb === "inspect" ? layers.map(inspectRow) : layers.map(buildRow);
  const heads = app.verb === "inspect" ? ["Layer", "Command", "#Compressed", "#Added", "#Changed", "#Removed"]
    : ["Layer", "Command", "#Bytes", "#Hidden by later layers", "#Kept"];
  return section("layers", "Layers and waste", table("Layers, the lowest first", heads, rows), wasteOf(app));
}

function inspectRow(layer, i) {
  const sum = (s) => s && s.paths ? bytes(s.bytes) + ", " + count(s.paths, "path") : "";
  return [String(i + 1), code(layer.created_by || "(not recorded)"), bytes(layer.compressed_bytes), sum(layer.added),
    sum(layer.changed), sum(layer.removed)];
}

function buildRow(layer, i) {
  return [String(i + 1), code(layer.created_by || "(not recorded)"), bytes(layer.bytes),
    bytes(Math.max(0, layer.bytes - layer.shown_bytes)),
    layer.kept_bytes === undefined ? "" : bytes(layer.kept_bytes) + ", " + percent(layer.kept_bytes, layer.bytes)];
}

const PACKAGES = 3; // of one layer

function sharedOf(f) {
  return f.shared.layers ? el("p", {}, "At the bottom " + count(f.shared.layers, "layer is", "layers are") + " the same in both images.") : null;
}

function changesOf(sum) {
  return [sum.gone, sum.added, sum.changed].map((p) => p.files || p.bytes ? bytes(p.bytes) + ", " + count(p.files, "file") : "");
}

function diffRow(layer) {
  return [(layer.image === 1 ? "first" : "second") + " image, " + layer.layer, code(layer.line || "(not recorded)"),
    ...changesOf(layer), packagesOf(layer)];
}

// The packages that have most of a layer's differences, unless no package is known.
function packagesOf(layer) {
  const all = layer.packages, first = all.slice(0, PACKAGES);
  if (!all.some((p) => p.name !== null))
    return "";
  const parts = first.map((p, i) => [i ? ", " : "", p.name === null ? "no package" : code(p.name),
    " " + bytes(p.gone.bytes + p.added.bytes + p.changed.bytes)]).flat();
  return all.length > PACKAGES ? [...parts, ", and " + (all.length - PACKAGES) + " more"] : parts;
}

function wasteOf(app) {
  const f = app.facts, parts = [];
  const rows = (items, more) => items.map((r) => [linked(app, r.path), bytes(r.bytes), String(more(r))]);
  if (f.wasted && f.wasted.length)
    parts.push(table("Paths that several layers have", ["Path", "#Hidden bytes", "#Layers"], rows(f.wasted, (r) => r.layers), 20));
  if (f.duplicates && f.duplicates.length)
    parts.push(table("Files with the same content", ["First path", "#Bytes of the copies", "#Copies"], rows(f.duplicates, (r) => r.copies), 20));
  return parts;
}

function packagesSection(app) {
  const packages = app.facts.packages;
  if (!Array.isArray(packages) || !packages.length)
    return null;
  if (app.verb === "inspect")
    return section("packages", "Packages", table("The largest packages", ["Package", "#Bytes", "#Files"],
      packages.map((p) => [code(p.name), bytes(p.bytes), String(p.files)]), 20));
  if (app.verb === "diff")
    return section("packages", "Packages", table("Packages with differences, most bytes first",
      ["Package", "#Gone", "#Added", "#Changed"], packages.map((p) => [code(p.name), ...changesOf(p)]), 20));
  const rows = packages.slice().sort((a, b) => b.dropped_bytes + b.kept_bytes - a.dropped_bytes - a.kept_bytes)
    .map((p) => [code(p.name), code(p.version), p.manager, bytes(p.kept_bytes), bytes(p.dropped_bytes),
      p.kept_files === 0 ? "removed" : p.dropped_files === 0 ? "kept" : "kept in part"]);
  return section("packages", "Packages", table("Packages, the largest first",
    ["Package", "Version", "Manager", "#Kept", "#Removed", "State"], rows, 20));
}
