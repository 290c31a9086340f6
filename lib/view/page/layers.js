// Layers and waste: what each layer brings, what later layers hide of it, and what is kept; and the packages.

// A build's report counts what stays of each layer; an inspected image has what each layer changes.
function layersSection(app) {
  const f = app.facts, layers = f.layers;
  if (!Array.isArray(layers) || !layers.length)
    return null;
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
  const rows = packages.slice().sort((a, b) => b.dropped_bytes + b.kept_bytes - a.dropped_bytes - a.kept_bytes)
    .map((p) => [code(p.name), code(p.version), p.manager, bytes(p.kept_bytes), bytes(p.dropped_bytes),
      p.kept_files === 0 ? "removed" : p.dropped_files === 0 ? "kept" : "kept in part"]);
  return section("packages", "Packages", table("Packages, the largest first",
    ["Package", "Version", "Manager", "#Kept", "#Removed", "State"], rows, 20));
}
