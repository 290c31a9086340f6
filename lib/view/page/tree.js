// The files of the image. A node is a number; the nodes below a directory follow it. A "view" is a way to divide the
// files: by directory, or by package. Every view has: key, root, compared (two images that were not made of each other),
// name, parent, children, isGroup, before, after, files, state, node.

const FILE = 0, DIRECTORY = 1, SYMLINK = 2;
const KEPT = 0, REMOVED = 1, ADDED = 2, CHANGED = 3;
const STATES = ["kept", "removed", "added", "changed"];

// Fills in what the data leave out: parents, ends, sums and paths.
function makeTree(t) {
  const n = t.name.length;
  t.count = n;
  t.parent = new Int32Array(n);
  t.end = new Int32Array(n);
  t.after = new Float64Array(n);
  t.before = Float64Array.from(t.before);
  t.filesBefore = new Int32Array(n);
  t.filesAfter = new Int32Array(n);
  const above = [0];
  t.path = new Array(n);
  t.path[0] = "/";
  for (let i = 1; i < n; i++) {
    const parent = above[t.depth[i] - 1];
    above[t.depth[i]] = i;
    t.parent[i] = parent;
    t.path[i] = (parent ? t.path[parent] : "") + "/" + t.name[i];
  }
  for (let i = 0; i < n; i++) {
    t.after[i] = t.state[i] === REMOVED ? 0 : t.before[i];
    t.end[i] = i + 1;
  }
  for (let i = 0; i < t.changed.length; i += 2)
    t.after[t.changed[i]] = t.changed[i + 1];
  for (let i = n - 1; i > 0; i--)
    addUp(t, i);
  return t;
}

function addUp(t, i) {
  const p = t.parent[i], file = t.kind[i] !== DIRECTORY;
  t.before[p] += t.before[i];
  t.after[p] += t.after[i];
  t.filesBefore[p] += file ? t.state[i] !== ADDED : t.filesBefore[i];
  t.filesAfter[p] += file ? t.state[i] !== REMOVED : t.filesAfter[i];
  t.end[p] = Math.max(t.end[p], t.end[i]);
}

function childrenOf(t, node) {
  const found = [];
  for (let i = node + 1; i < t.end[node]; i = t.end[i])
    found.push(i);
  return found;
}

// Returns the node of a path, -1 if there is none.
function findPath(t, path) {
  t.nodes = t.nodes || new Map(t.path.map((each, i) => [each, i])); // made when it is first asked for
  const node = t.nodes.get("/" + path.split("/").filter((part) => part !== "").join("/"));
  return node === undefined ? -1 : node;
}

function directoryView(t, compared) {
  return {
    key: "directory", root: 0, compared,
    name: (i) => i ? t.name[i] : "/",
    parent: (i) => t.parent[i],
    children: (i) => childrenOf(t, i),
    isGroup: (i) => t.kind[i] === DIRECTORY,
    before: (i) => t.before[i], after: (i) => t.after[i],
    files: (i) => [t.filesBefore[i], t.filesAfter[i]],
    state: (i) => t.state[i],
    node: (i) => i,
  };
}

// Packages are numbers behind the nodes; the root is -1. Each package has its files, without directories.
function packageView(t, compared) {
  const names = t.packages.concat(["(no package)"]), first = t.count, groups = names.map(() => newGroup());
  const all = newGroup();
  for (let i = 0; i < t.count; i++) {
    if (t.kind[i] === DIRECTORY)
      continue;
    addTo(t, groups[t.package[i] < 0 ? names.length - 1 : t.package[i]], i);
    addTo(t, all, i);
  }
  const group = (i) => i < 0 ? all : groups[i - first];
  const used = names.map((_, k) => first + k).filter((i) => group(i).nodes.length);
  return {
    key: "package", root: -1, compared,
    name: (i) => i < 0 ? "all packages" : i < first ? t.path[i] : names[i - first],
    parent: (i) => i >= first ? -1 : first + (t.package[i] < 0 ? names.length - 1 : t.package[i]),
    children: (i) => i < 0 ? used : group(i).nodes,
    isGroup: (i) => i < 0 || i >= first,
    before: (i) => i >= 0 && i < first ? t.before[i] : group(i).before,
    after: (i) => i >= 0 && i < first ? t.after[i] : group(i).after,
    files: (i) => group(i).files,
    state: (i) => i >= 0 && i < first ? t.state[i] : group(i).files[1] ? KEPT : REMOVED,
    node: (i) => i >= 0 && i < first ? i : -1,
  };
}

function newGroup() {
  return {nodes: [], before: 0, after: 0, files: [0, 0]};
}

function addTo(t, group, i) {
  group.nodes.push(i);
  group.before += t.before[i];
  group.after += t.after[i];
  group.files[0] += t.state[i] !== ADDED;
  group.files[1] += t.state[i] !== REMOVED;
}
