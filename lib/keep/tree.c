#include "keep/tree.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "keep/words.h"

/* Of a directory that a symlink in a tree leads to. */
#define LINKED ((struct keep_limit){64u << 20, 20000})

static const char *const folders[] = {"test",        "tests",       "__tests__",     "spec",       "docs",  "doc",
				      "example",     "examples",    "benchmark",     "benchmarks", "man",   "coverage",
				      ".github",     ".git",        ".hg",           ".svn",       ".idea", ".vscode",
				      "__pycache__", ".nyc_output", ".pytest_cache", ".bundle"};
static const char *const endings[] = {".d.ts", ".d.mts", ".d.cts", ".map",         ".md",   ".markdown", ".pyi",
				      ".pyc",  ".h",     ".hpp",   ".hh",          ".c",    ".cc",       ".cpp",
				      ".o",    ".a",     ".flow",  ".gyp",         ".gypi", ".pyx",      ".pxd",
				      ".orig", ".rbi",   ".pod",   ".tsbuildinfo", ".gem"};
static const char *const names[] = {
    "Makefile",    "README",        "README.rst",    "README.txt",        ".npmignore",       ".gitignore",
    ".eslintrc",   ".editorconfig", ".travis.yml",   "CHANGELOG",         "CHANGES",          "HISTORY",
    "CHANGES.rst", "CHANGELOG.rst", "Rakefile",      "Jakefile",          "jakefile.js",      "Gruntfile.js",
    "gulpfile.js", "Gulpfile.js",   "karma.conf.js", "webpack.config.js", "rollup.config.js", "bash_completion.sh"};

bool keep_tree_is_unwanted(const struct image_node *node)
{
	if (S_ISDIR(node->mode))
		return KEEP_WORDS_HAVE(folders, node->name);
	size_t n = strlen(node->name);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t m = strlen(endings[i]);
		if (n > m && strcasecmp(node->name + n - m, endings[i]) == 0)
			return true;
	}
	return KEEP_WORDS_HAVE(names, node->name);
}

bool keep_tree_is_foreign(const struct image_node *node)
{
	static const char *const never[] = {"node_modules", "site-packages", "dist-packages", "__pycache__",
					    ".git",         ".hg",           ".svn",          "lost+found"};
	return S_ISDIR(node->mode) && KEEP_WORDS_HAVE(never, node->name);
}

static bool is_for_developers(const struct image_node *node)
{
	static const char *const dirs[] = {"doc", "docs", "man", "info", "include", "bitcode", "pgxs"};
	static const char *const suffixes[] = {".h", ".hpp", ".hh", ".c", ".cc", ".cpp", ".cxx", ".a", ".o", ".hi"};
	if (S_ISDIR(node->mode))
		return KEEP_WORDS_HAVE(dirs, node->name);
	const char *suffix = strrchr(node->name, '.');
	return suffix && suffix != node->name && KEEP_WORDS_HAVE(suffixes, suffix);
}

bool keep_tree_leaves_out(const struct image_node *node, enum keep_tree_part part)
{
	return keep_tree_is_foreign(node) || (part == KEEP_TREE_CODE && keep_tree_is_unwanted(node)) ||
	       (part == KEEP_TREE_OWN && is_for_developers(node));
}

bool keep_tree_holds(const struct image_index *x, uint32_t dir, uint32_t node)
{
	while (node && node != dir)
		node = image_index_node(x, node)->parent;
	return node == dir;
}

static void tree(struct keep_set *k, uint32_t dir, enum keep_tree_part part, struct keep_reason why, bool linked);

/* Distributions move a package's data to /usr/share and leave a symlink. The links in what a link leads to are not
 * followed to directories. */
static void keep_link(struct keep_set *k, uint32_t link, enum keep_tree_part part, struct keep_reason why, bool linked)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(k->index, link, &path);
	uint32_t to = image_index_resolve(k->index, path.data, true, NULL, NULL);
	bool is_dir = to != IMAGE_NONE && S_ISDIR(image_index_node(k->index, to)->mode);
	keep_node(k, link, why);
	if (to == IMAGE_NONE || (is_dir && (linked || keep_tree_holds(k->index, to, link))))
		return;
	if (is_dir && !keep_tree_fits(k->index, to, LINKED)) {
		keep_leave_out(k, to, LINKED, why);
		return;
	}
	(void)keep_path(k, path.data, true, why);
	if (is_dir)
		tree(k, to, part, why, true);
}

/* The depth is bounded as a path's length is. */
static void tree(struct keep_set *k, uint32_t dir, enum keep_tree_part part, struct keep_reason why, bool linked)
{
	if (k->tells) {
		keep_mention_whole(k, dir, why);
		return;
	}
	keep_node(k, dir, why);
	const struct image_node *n = image_index_node(k->index, dir);
	for (uint32_t i = 0; i < n->n_children; i++) {
		const struct image_node *child = image_index_node(k->index, n->first_child + i);
		if (keep_tree_leaves_out(child, part))
			continue;
		if (S_ISDIR(child->mode))
			tree(k, n->first_child + i, part, why, linked);
		else if (S_ISLNK(child->mode))
			keep_link(k, n->first_child + i, part, why, linked);
		else
			keep_node(k, n->first_child + i, why);
	}
}

void keep_tree(struct keep_set *k, uint32_t dir, enum keep_tree_part part, struct keep_reason why)
{
	tree(k, dir, part, why, false);
}

static bool fits(const struct image_index *x, uint32_t dir, uint64_t *bytes, uint32_t *nodes)
{
	const struct image_node *n = image_index_node(x, dir);
	if (n->n_children > *nodes)
		return false;
	*nodes -= n->n_children;
	for (uint32_t i = 0; i < n->n_children; i++) {
		const struct image_node *child = image_index_node(x, n->first_child + i);
		if (keep_tree_leaves_out(child, KEEP_TREE_DATA))
			continue;
		if (S_ISDIR(child->mode)) {
			if (!fits(x, n->first_child + i, bytes, nodes))
				return false;
		} else if (S_ISREG(child->mode)) {
			if (child->size > *bytes)
				return false;
			*bytes -= child->size;
		}
	}
	return true;
}

bool keep_tree_fits(const struct image_index *x, uint32_t dir, struct keep_limit limit)
{
	return fits(x, dir, &limit.bytes, &limit.entries);
}

bool keep_tree_within(struct keep_set *k, uint32_t dir, enum keep_tree_part part, struct keep_limit limit,
		      struct keep_reason why)
{
	bool whole = keep_tree_fits(k->index, dir, limit);
	if (whole)
		keep_tree(k, dir, part, why);
	else
		keep_leave_out(k, dir, limit, why);
	return whole;
}

uint32_t keep_tree_child(const struct image_index *x, uint32_t dir, const char *name, size_t n)
{
	uint32_t id = image_index_child(x, dir, name, n);
	if (id == IMAGE_NONE || !S_ISLNK(image_index_node(x, id)->mode))
		return id;
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, id, &path);
	return image_index_resolve(x, path.data, true, NULL, NULL);
}
