#include "keep/modules/node_package.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/program_lookup.h"
#include "keep/tree.h"
#include "keep/words.h"
#include "text/json.h"

static const struct image_node *info(const struct image_index *x, uint32_t node)
{
	return image_index_node(x, node);
}

static bool is_dir(const struct image_index *x, uint32_t node)
{
	return node != IMAGE_NONE && S_ISDIR(info(x, node)->mode);
}

uint32_t keep_node_package_of(const struct image_index *x, uint32_t node)
{
	uint32_t below = IMAGE_NONE, second = IMAGE_NONE;
	for (uint32_t n = node; n; n = info(x, n)->parent) {
		if (strcmp(info(x, n)->name, "node_modules") == 0 && below != IMAGE_NONE) {
			uint32_t package = *info(x, below)->name == '@' ? second : below;
			return is_dir(x, package) ? package : IMAGE_NONE;
		}
		second = below;
		below = n;
	}
	return IMAGE_NONE;
}

bool keep_node_is_manager(const struct image_index *x, uint32_t node)
{
	static const char *const managers[] = {"npm", "corepack", "yarn", "pnpm", "node-gyp"};
	for (uint32_t n = node; n; n = info(x, n)->parent) {
		if (strncmp(info(x, n)->name, "yarn-v", 6) == 0)
			return true;
		if (strcmp(info(x, info(x, n)->parent)->name, "node_modules") == 0 &&
		    KEEP_WORDS_HAVE(managers, info(x, n)->name))
			return true;
	}
	return false;
}

void keep_node_packages_done(struct keep_node_packages *p)
{
	idmap_done(&p->seen);
	free(p->queue);
	free(p->by);
}

static void enqueue(struct keep_node_packages *p, uint32_t dir, uint32_t by)
{
	if (!idmap_add(&p->seen, 0, dir))
		return;
	p->queue = mem_grow(p->queue, p->n_queue, &p->cap_queue, sizeof(*p->queue));
	p->by = mem_grow(p->by, p->n_queue, &p->cap_by, sizeof(*p->by));
	p->by[p->n_queue] = by;
	p->queue[p->n_queue++] = dir;
}

/* The package.json of a directory, NULL if there is none that can be read. */
static json_t *read_package(const struct image_index *x, uint32_t dir)
{
	CLEANUP_BUF struct buf path = {0}, text = {0};
	json_t *root = NULL;
	image_index_path(x, dir, &path);
	buf_str(&path, "/package.json");
	if (!image_index_text(x, path.data, LIMIT_PACKAGE_TEXT, &text) ||
	    json_parse_object(text.data, text.len, LIMIT_PACKAGE_TEXT, "package.json", &root, NULL) < 0)
		return NULL;
	return root;
}

/* dir/name in a node_modules of dir or of one above it, as opened. Kept: what is crossed. */
static uint32_t find_package(struct keep_set *k, uint32_t dir, const char *name, uint32_t by)
{
	CLEANUP_BUF struct buf path = {0};
	for (uint32_t d = dir;; d = info(k->index, d)->parent) {
		if (image_index_child(k->index, d, "node_modules", 12) != IMAGE_NONE) {
			path.len = 0;
			image_index_path(k->index, d, &path);
			buf_printf(&path, "/node_modules/%s", name);
			uint32_t found = image_index_resolve(k->index, path.data, true, NULL, NULL);
			if (is_dir(k->index, found)) /* linked packages: the links stay */
				return keep_path(k, path.data, true,
						 KEEP_WHY_NOTED(KEEP_PACKAGE, by, keep_note(k, name)));
		}
		if (!d)
			break;
	}
	const char *search = k->config ? strlist_get_env(&k->config->env, "NODE_PATH") : NULL;
	while (search && *search) {
		size_t n = strcspn(search, ":");
		path.len = 0;
		buf_printf(&path, "%.*s/%s", (int)n, search, name);
		uint32_t found = image_index_resolve(k->index, path.data, true, NULL, NULL);
		if (*search == '/' && is_dir(k->index, found))
			return keep_path(k, path.data, true, KEEP_WHY_NOTED(KEEP_PACKAGE, by, keep_note(k, name)));
		search += n + (search[n] == ':');
	}
	return IMAGE_NONE;
}

static void dependencies(struct keep_node_packages *p, uint32_t dir, const json_t *package, const char *member,
			 uint32_t by)
{
	const char *name;
	json_t *version;
	json_object_foreach (json_object_get(package, member), name, version) {
		if (!*name || strncmp(name, "@types/", 7) == 0 || strlen(name) > LIMIT_NAME || strstr(name, ".."))
			continue;
		uint32_t found = find_package(p->k, dir, name, by);
		if (found != IMAGE_NONE)
			enqueue(p, found, by);
	}
}

/* Every file that a value of exports, imports, main or bin names; a pattern's directory is kept with the package. */
static void targets(struct keep_set *k, uint32_t dir, const json_t *value, struct keep_reason why)
{
	const char *key;
	json_t *member;
	size_t i;
	if (json_is_string(value)) {
		CLEANUP_BUF struct buf path = {0};
		image_index_path(k->index, dir, &path);
		buf_printf(&path, "/%s", json_string_value(value));
		uint32_t node = image_index_resolve(k->index, path.data, true, NULL, NULL);
		if (node != IMAGE_NONE && S_ISREG(info(k->index, node)->mode) &&
		    !keep_tree_is_unwanted(info(k->index, node)))
			(void)keep_path(k, path.data, true, why);
	}
	json_object_foreach ((json_t *)value, key, member)
		targets(k, dir, member, why); /* as deep as the parser lets it be */
	json_array_foreach (value, i, member)
		targets(k, dir, member, why);
}

static void keep_one(struct keep_node_packages *p, uint32_t dir, uint32_t by)
{
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_PACKAGE, by, keep_note(p->k, info(p->k->index, dir)->name));
	keep_tree(p->k, dir, KEEP_TREE_CODE, why);
	json_t *package = read_package(p->k->index, dir);
	if (!package)
		return;
	targets(p->k, dir, json_object_get(package, "exports"), why);
	targets(p->k, dir, json_object_get(package, "imports"), why);
	targets(p->k, dir, json_object_get(package, "main"), why);
	dependencies(p, dir, package, "dependencies", by);
	dependencies(p, dir, package, "optionalDependencies", by);
	json_decref(package);
}

void keep_node_package(struct keep_node_packages *p, uint32_t dir, uint32_t by)
{
	if (keep_node_is_manager(p->k->index, dir))
		return;
	enqueue(p, dir, by);
	while (p->n_queue) {
		uint32_t next = p->queue[--p->n_queue];
		keep_one(p, next, p->by[p->n_queue]);
	}
}

/* A path as require completes it: a file, with an ending, a directory's main or index. */
static bool complete(struct keep_node_packages *p, struct keep_script_source *s, uint32_t dir, const char *path,
		     unsigned depth)
{
	static const char *const endings[] = {"",          ".js",       ".json",       ".node",       ".mjs",
					      ".cjs",      "/index.js", "/index.json", "/index.node", "/index.mjs",
					      "/index.cjs"};
	bool found = false;
	if (!*path)
		path = ".";
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		CLEANUP_BUF struct buf full = {0};
		buf_printf(&full, "%s%s", path, endings[i]);
		uint32_t node = keep_script_source_path(s, dir, full.data, false);
		if (node == IMAGE_NONE)
			continue;
		if (!is_dir(p->k->index, node)) {
			found = true;
			break;
		}
		json_t *package = depth ? NULL : read_package(p->k->index, node);
		const char *main = json_string_value(json_object_get(package, "main"));
		CLEANUP_BUF struct buf json = {0};
		buf_printf(&json, "%s/package.json", path);
		if (package)
			(void)keep_script_source_path(s, dir, json.data, false);
		found = main && complete(p, s, node, main, 1);
		json_decref(package);
		if (found)
			break;
	}
	return found;
}

/* The directory of the nearest package.json that is a package's: what "#x" and the package's own name refer to. */
static uint32_t scope_of(const struct image_index *x, uint32_t dir)
{
	for (; dir; dir = info(x, dir)->parent)
		if (image_index_child(x, dir, "package.json", 12) != IMAGE_NONE)
			return dir;
	return IMAGE_NONE;
}

/* Targets of an imports or exports map for one key: exact, or of a pattern with what its * stands for. */
/* Only an imports map leads to other packages. */
static void mapped(struct keep_node_packages *p, struct keep_script_source *s, uint32_t dir, const json_t *value,
		   const char *star, bool imports)
{
	const char *key;
	json_t *member;
	if (json_is_string(value)) {
		const char *target = json_string_value(value), *at = strchr(target, '*');
		CLEANUP_BUF struct buf path = {0};
		if (at && star)
			buf_printf(&path, "%.*s%s%s", (int)(at - target), target, star, at + 1);
		else
			buf_str(&path, target);
		if (*target == '.')
			(void)complete(p, s, dir, path.data, 1);
		else if (imports && path.len && *target != '#')
			keep_node_module(p, s, path.data);
	}
	json_object_foreach ((json_t *)value, key, member)
		mapped(p, s, dir, member, star, imports);
}

static void map_lookup(struct keep_node_packages *p, struct keep_script_source *s, uint32_t dir, const json_t *map,
		       const char *wanted)
{
	const char *key;
	json_t *member;
	if (!json_is_object(map)) {
		if (strcmp(wanted, ".") == 0)
			mapped(p, s, dir, map, NULL, false);
		return;
	}
	json_object_foreach ((json_t *)map, key, member) {
		const char *at = strchr(key, '*');
		size_t before = at ? (size_t)(at - key) : 0, after = at ? strlen(at + 1) : 0, n = strlen(wanted);
		if (strcmp(key, wanted) == 0 || (*key != '.' && *key != '#' && strcmp(wanted, ".") == 0)) {
			mapped(p, s, dir, member, NULL, *wanted == '#');
		} else if (at && n >= before + after && strncmp(key, wanted, before) == 0 &&
			   strcmp(at + 1, wanted + n - after) == 0) {
			CLEANUP_FREE char *star = mem_strndup(wanted + before, n - before - after);
			mapped(p, s, dir, member, star, *wanted == '#');
		}
	}
}

/* The application's own package under its name, or its imports. */
static void own_package(struct keep_node_packages *p, struct keep_script_source *s, const char *specifier)
{
	uint32_t dir = scope_of(p->k->index, s->dir);
	json_t *package = dir == IMAGE_NONE ? NULL : read_package(p->k->index, dir);
	const char *name = json_string_value(json_object_get(package, "name"));
	size_t n = name ? strlen(name) : 0;
	if (*specifier == '#') {
		map_lookup(p, s, dir, json_object_get(package, "imports"), specifier);
	} else if (n && strncmp(specifier, name, n) == 0 && (!specifier[n] || specifier[n] == '/')) {
		CLEANUP_BUF struct buf wanted = {0};
		buf_printf(&wanted, ".%s", specifier + n);
		map_lookup(p, s, dir, json_object_get(package, "exports"), wanted.data);
	}
	json_decref(package);
}

void keep_node_module(struct keep_node_packages *p, struct keep_script_source *s, const char *specifier)
{
	bool dots = *specifier == '.' && strchr("./", specifier[1]); /* "." "./" ".." "../" */
	if (!*specifier || strlen(specifier) > LIMIT_PATH)
		return;
	if (dots || *specifier == '/') {
		(void)complete(p, s, s->dir, specifier, 0);
		return;
	}
	size_t n = strcspn(specifier, "/");
	if (*specifier == '@' && specifier[n])
		n += 1 + strcspn(specifier + n + 1, "/");
	CLEANUP_FREE char *name = mem_strndup(specifier, n);
	uint32_t dir = *specifier == '#' || strstr(name, "..") || (*name == '@' && !strchr(name, '/'))
			   ? IMAGE_NONE
			   : find_package(p->k, s->dir, name, s->node);
	if (dir == IMAGE_NONE) {
		if (s->application)
			own_package(p, s, specifier);
		return;
	}
	keep_node_package(p, dir, s->node);
	if (specifier[n])
		(void)complete(p, s, dir, specifier + n + 1, 0); /* also where the package is left out in part */
}

void keep_node_siblings(struct keep_script_source *s, uint32_t dir, const char *note)
{
	static const char *const endings[] = {".js", ".json", ".node", ".mjs", ".cjs"};
	const struct image_node *d = info(s->k->index, dir);
	for (uint32_t i = 0; i < d->n_children; i++) {
		const char *end = strrchr(info(s->k->index, d->first_child + i)->name, '.');
		for (size_t j = 0; end && j < sizeof(endings) / sizeof(endings[0]); j++)
			if (strcmp(end, endings[j]) == 0)
				keep_node(s->k, d->first_child + i,
					  KEEP_WHY_NOTED(KEEP_IMPORT, s->node, keep_note(s->k, note)));
	}
}
