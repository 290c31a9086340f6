#include "keep/modules/node_package.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/program_lookup.h"
#include "keep/tree.h"
#include "keep/words.h"
#include "text/json.h"

/* Of a package that a text names. */
#define NAMED ((struct keep_limit){32u << 20, 8192})

static const struct image_node *info(const struct image_index *x, uint32_t node)
{
	return image_index_node(x, node);
}

static bool is_dir(const struct image_index *x, uint32_t node)
{
	return node != IMAGE_NONE && S_ISDIR(info(x, node)->mode);
}

/* A directory of packages: node_modules, Debian's /usr/share/nodejs and /usr/lib/nodejs. */
static bool is_modules(const struct image_index *x, uint32_t node)
{
	const char *name = info(x, node)->name, *up = info(x, info(x, node)->parent)->name;
	return strcmp(name, "node_modules") == 0 ||
	       (strcmp(name, "nodejs") == 0 && (strcmp(up, "share") == 0 || strcmp(up, "lib") == 0));
}

uint32_t keep_node_package_of(const struct image_index *x, uint32_t node)
{
	uint32_t below = IMAGE_NONE, second = IMAGE_NONE;
	for (uint32_t n = node; n; n = info(x, n)->parent) {
		if (is_modules(x, n) && below != IMAGE_NONE) {
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
		if (is_modules(x, info(x, n)->parent) && KEEP_WORDS_HAVE(managers, info(x, n)->name))
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

/* Returns the package.json of a directory, NULL if it is missing or can't be read. */
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

/* dirs/name of a search path. out: its path. */
static bool package_in(const struct image_index *x, const char *dirs, const char *name, struct buf *out)
{
	for (size_t n; *dirs; dirs += n + (dirs[n] == ':')) {
		n = strcspn(dirs, ":");
		out->len = 0;
		buf_printf(out, "%.*s/%s", (int)n, dirs, name);
		if (*dirs == '/' && is_dir(x, image_index_resolve(x, out->data, true, NULL, NULL)))
			return true;
	}
	return false;
}

/* name in a node_modules of dir or of one above it, in NODE_PATH, where Debian's packages are. out: its path. */
static bool package_path(const struct keep_set *k, uint32_t dir, const char *name, struct buf *out)
{
	static const char debian[] = "/usr/share/nodejs:/usr/lib/nodejs:/usr/lib/x86_64-linux-gnu/nodejs:"
				     "/usr/lib/aarch64-linux-gnu/nodejs";
	const char *search = k->config ? strlist_get_env(&k->config->env, "NODE_PATH") : NULL;
	for (uint32_t d = dir;; d = info(k->index, d)->parent) {
		CLEANUP_BUF struct buf modules = {0};
		if (image_index_child(k->index, d, "node_modules", 12) != IMAGE_NONE) {
			image_index_path(k->index, d, &modules);
			buf_str(&modules, "/node_modules");
			if (package_in(k->index, modules.data, name, out))
				return true;
		}
		if (!d)
			break;
	}
	return (search && package_in(k->index, search, name, out)) || package_in(k->index, debian, name, out);
}

/* A package's directory as opened. Kept: what is crossed, as linked packages are. */
static uint32_t find_package(struct keep_set *k, uint32_t dir, const char *name, uint32_t by)
{
	CLEANUP_BUF struct buf path = {0};
	return package_path(k, dir, name, &path)
		   ? keep_path(k, path.data, true, KEEP_WHY_NOTED(KEEP_PACKAGE, by, keep_note(k, name)))
		   : IMAGE_NONE;
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

static void keep_queued(struct keep_node_packages *p)
{
	while (p->n_queue) {
		uint32_t next = p->queue[--p->n_queue];
		keep_one(p, next, p->by[p->n_queue]);
	}
}

void keep_node_package(struct keep_node_packages *p, uint32_t dir, uint32_t by)
{
	if (keep_node_is_manager(p->k->index, dir))
		return;
	enqueue(p, dir, by);
	keep_queued(p);
}

void keep_node_declared(struct keep_node_packages *p, uint32_t dir, uint32_t by)
{
	static const char *const members[] = {"dependencies", "optionalDependencies", "peerDependencies"};
	json_t *package = read_package(p->k->index, dir);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		dependencies(p, dir, package, members[i], by);
	json_decref(package);
	keep_queued(p);
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

/* Whether the nearest package.json allows it: an application's own must not name it for developers alone, a package's
 * must name it as a peer (its dependencies stay anyway). */
static bool may_be_meant(const struct keep_script_source *s, const char *name)
{
	uint32_t dir = scope_of(s->k->index, s->dir);
	json_t *package = dir == IMAGE_NONE ? NULL : read_package(s->k->index, dir);
	bool meant = s->application ? !json_object_get(json_object_get(package, "devDependencies"), name)
				    : json_object_get(json_object_get(package, "peerDependencies"), name) != NULL;
	json_decref(package);
	return meant;
}

/* "name" or "@scope/name". */
static bool is_package_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-._";
	const char *name = text + (*text == '@');
	size_t n = strspn(name, letters);
	if (*text == '@') {
		if (!n || name[n] != '/')
			return false;
		name += n + 1;
		n = strspn(name, letters);
	}
	return n > 1 && !name[n] && *name != '.' && strlen(text) <= LIMIT_NAME;
}

void keep_node_named(struct keep_node_packages *p, struct keep_script_source *s, const char *name)
{
	CLEANUP_BUF struct buf path = {0};
	if (!is_package_name(name) || !package_path(p->k, s->dir, name, &path))
		return;
	uint32_t dir = image_index_resolve(p->k->index, path.data, true, NULL, NULL);
	if (idmap_find(&p->seen, 0, dir) || !may_be_meant(s, name))
		return;
	if (!keep_tree_fits(p->k->index, dir, NAMED)) {
		keep_leave_out(p->k, dir, NAMED, KEEP_WHY(KEEP_IMPORT, s->node));
	} else {
		(void)find_package(p->k, s->dir, name, s->node);
		keep_node_package(p, dir, s->node);
	}
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
