#include "keep/modules/python_path.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/program_lookup.h"
#include "keep/tree.h"
#include "text/path.h"

#define LIMIT_PTH (64u << 10) /* bytes of a .pth file */

static void add_dir(struct keep_python_dirs *d, uint32_t dir)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->items[i] == dir)
			return;
	if (dir != IMAGE_NONE && d->count < KEEP_PYTHON_ROOTS)
		d->items[d->count++] = dir;
}

static uint32_t child(const struct image_index *x, uint32_t dir, const char *name)
{
	return keep_tree_child(x, dir, name, strlen(name));
}

static uint32_t parent(const struct image_index *x, uint32_t node)
{
	return image_index_node(x, node)->parent;
}

static const char *name_of(const struct image_index *x, uint32_t node)
{
	return image_index_node(x, node)->name;
}

static bool is_dir(const struct image_index *x, uint32_t node)
{
	return node != IMAGE_NONE && S_ISDIR(image_index_node(x, node)->mode);
}

static bool is_file(const struct image_index *x, uint32_t node)
{
	return node != IMAGE_NONE && S_ISREG(image_index_node(x, node)->mode);
}

static void find_libraries(struct keep_python *p)
{
	const struct image_index *x = p->k->index;
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		const struct image_node *n = image_index_node(x, id);
		if (!S_ISDIR(n->mode))
			continue;
		if (strcmp(n->name, "site-packages") == 0 || strcmp(n->name, "dist-packages") == 0)
			add_dir(&p->sites, id);
		else if (strncmp(n->name, "python", 6) == 0 && is_file(x, child(x, id, "os.py")))
			add_dir(&p->stdlibs, id);
	}
}

/* The directory that a .pth or .egg-link line names, relative to the site directory. */
static void add_line(struct keep_python *p, uint32_t site, const char *line)
{
	CLEANUP_BUF struct buf base = {0}, path = {0};
	if (!*line || *line == '#' || strncmp(line, "import", 6) == 0)
		return;
	image_index_path(p->k->index, site, &base);
	path_join(&path, base.data, line);
	uint32_t dir = image_index_resolve(p->k->index, path.data, true, NULL, NULL);
	if (is_dir(p->k->index, dir))
		add_dir(&p->paths, dir);
}

static void read_links(struct keep_python *p, uint32_t site)
{
	const struct image_node *n = image_index_node(p->k->index, site);
	for (uint32_t i = 0; i < n->n_children; i++) {
		const char *name = name_of(p->k->index, n->first_child + i);
		size_t len = strlen(name);
		if (!(len > 4 && strcmp(name + len - 4, ".pth") == 0) &&
		    !(len > 9 && strcmp(name + len - 9, ".egg-link") == 0))
			continue;
		CLEANUP_BUF struct buf path = {0}, text = {0};
		image_index_path(p->k->index, n->first_child + i, &path);
		if (!image_index_text(p->k->index, path.data, LIMIT_PTH, &text) || !text.len)
			continue;
		for (char *rest = text.data, *line; (line = strsep(&rest, "\r\n"));)
			add_line(p, site, line);
	}
}

static void read_environment(struct keep_python *p)
{
	const char *dirs = p->k->config ? strlist_get_env(&p->k->config->env, "PYTHONPATH") : NULL;
	while (dirs && *dirs) {
		size_t n = strcspn(dirs, ":");
		CLEANUP_BUF struct buf path = {0};
		CLEANUP_FREE char *dir = mem_strndup(dirs, n);
		path_join(&path,
			  p->k->config->working_dir && *p->k->config->working_dir ? p->k->config->working_dir : "/",
			  dir);
		uint32_t node = n ? image_index_resolve(p->k->index, path.data, true, NULL, NULL) : IMAGE_NONE;
		if (is_dir(p->k->index, node))
			add_dir(&p->paths, node);
		dirs += n + (dirs[n] == ':');
	}
}

/* A library directory's prefix: what bin/python is below, too. */
static uint32_t prefix_of(const struct image_index *x, uint32_t stdlib)
{
	return parent(x, parent(x, stdlib));
}

static uint32_t find_preferred(const struct keep_python *p)
{
	static const char *const names[] = {"python3", "python"};
	const char *search = p->k->config ? strlist_get_env(&p->k->config->env, "PATH") : NULL;
	for (size_t i = 0; i < 2; i++) {
		CLEANUP_BUF struct buf path = {0};
		if (!keep_lookup_find_program(p->k->index, names[i], search, &path))
			continue;
		uint32_t program = image_index_resolve(p->k->index, path.data, true, NULL, NULL);
		for (size_t j = 0; j < p->stdlibs.count; j++)
			if (prefix_of(p->k->index, p->stdlibs.items[j]) ==
				parent(p->k->index, parent(p->k->index, program)) &&
			    strcmp(name_of(p->k->index, p->stdlibs.items[j]), name_of(p->k->index, program)) == 0)
				return p->stdlibs.items[j];
	}
	return IMAGE_NONE;
}

void keep_python_init(struct keep_python *p, struct keep_set *k)
{
	*p = (struct keep_python){.k = k};
	find_libraries(p);
	read_environment(p);
	for (size_t i = 0; i < p->sites.count; i++)
		read_links(p, p->sites.items[i]);
	p->preferred = find_preferred(p);
}

static uint32_t above_in(const struct keep_python *p, uint32_t node, const struct keep_python_dirs *dirs)
{
	for (; node; node = parent(p->k->index, node))
		for (size_t i = 0; i < dirs->count; i++)
			if (dirs->items[i] == node)
				return node;
	return IMAGE_NONE;
}

uint32_t keep_python_stdlib_of(const struct keep_python *p, uint32_t node)
{
	return keep_python_site_of(p, node) == IMAGE_NONE ? above_in(p, node, &p->stdlibs) : IMAGE_NONE;
}

uint32_t keep_python_site_of(const struct keep_python *p, uint32_t node)
{
	return above_in(p, node, &p->sites);
}

/* Whether a python with that standard library reads a site directory: lib/python3.11/site-packages of any prefix, and
 * Debian's lib/python3/dist-packages. */
static bool is_site_of(const struct keep_python *p, uint32_t site, uint32_t stdlib)
{
	const char *own = name_of(p->k->index, stdlib), *above = name_of(p->k->index, parent(p->k->index, site));
	bool versioned = strncmp(above, "python", 6) == 0 && strchr(above, '.');
	return !versioned || strcmp(above, own) == 0;
}

static void add_stdlib(const struct keep_python *p, uint32_t stdlib, struct keep_python_dirs *out)
{
	add_dir(out, stdlib);
	add_dir(out, child(p->k->index, stdlib, "lib-dynload"));
	for (size_t i = 0; i < p->sites.count; i++)
		if (is_site_of(p, p->sites.items[i], stdlib))
			add_dir(out, p->sites.items[i]);
}

static void add_roots(const struct keep_python *p, const struct keep_script_source *s, bool is_package,
		      struct keep_python_dirs *out)
{
	const struct image_index *x = p->k->index;
	uint32_t site = keep_python_site_of(p, s->dir), stdlib = keep_python_stdlib_of(p, s->dir);
	if (site == IMAGE_NONE && stdlib == IMAGE_NONE) {
		if (!is_package)
			add_dir(out, s->dir);
		for (size_t i = 0; i < s->n_bases; i++)
			if (!is_package || s->bases[i] != s->dir)
				add_dir(out, s->bases[i]);
	}
	for (size_t i = 0; i < p->paths.count; i++)
		add_dir(out, p->paths.items[i]);
	add_dir(out, site);
	if (stdlib != IMAGE_NONE) {
		add_stdlib(p, stdlib, out);
		return;
	}
	bool found = false; /* the python that shares a site directory's prefix; else the one of the PATH; else all */
	for (size_t i = 0; site != IMAGE_NONE && i < p->stdlibs.count; i++) {
		uint32_t lib = parent(x, p->stdlibs.items[i]);
		if ((parent(x, parent(x, site)) == lib) && is_site_of(p, site, p->stdlibs.items[i])) {
			add_stdlib(p, p->stdlibs.items[i], out);
			found = true;
		}
	}
	if (!found && p->preferred != IMAGE_NONE)
		add_stdlib(p, p->preferred, out);
	for (size_t i = 0; !found && p->preferred == IMAGE_NONE && i < p->stdlibs.count; i++)
		add_stdlib(p, p->stdlibs.items[i], out);
}

/* Python searches a script's own directory first, but not that of a package's module: there xml.py does not hide the
 * standard library's xml. It is searched last, for modules that are run as scripts. */
void keep_python_roots(const struct keep_python *p, const struct keep_script_source *s, struct keep_python_dirs *out)
{
	const bool is_package = is_file(p->k->index, child(p->k->index, s->dir, "__init__.py"));
	out->count = 0;
	add_roots(p, s, is_package, out);
	if (is_package)
		add_dir(out, s->dir);
}

/* The first child whose name is not below that one. */
static uint32_t lower_bound(const struct image_index *x, const struct image_node *dir, const char *name)
{
	uint32_t lo = 0, hi = dir->n_children;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (strcmp(name_of(x, dir->first_child + mid), name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct asked {
	const char *name; /* as written */
	uint32_t by;
};

static struct keep_reason why(const struct keep_python *p, const struct asked *a)
{
	return KEEP_WHY_NOTED(KEEP_IMPORT, a->by, keep_note(p->k, a->name));
}

/* name.py, name.so, name.cpython-311-x86_64-linux-gnu.so, name.pyc in a directory: all that are there are kept. */
static bool keep_module(const struct keep_python *p, uint32_t dir, const char *name, const struct asked *a)
{
	const struct image_index *x = p->k->index;
	const struct image_node *d = image_index_node(x, dir);
	CLEANUP_FREE char *start = mem_printf("%s.", name);
	size_t n = strlen(start);
	bool found = false;
	for (uint32_t i = lower_bound(x, d, start); i < d->n_children; i++) {
		const char *file = name_of(x, d->first_child + i);
		if (strncmp(file, start, n) != 0)
			break;
		size_t len = strlen(file);
		if (strcmp(file + n, "py") != 0 && strcmp(file + n, "pyc") != 0 && strcmp(file + len - 3, ".so") != 0)
			continue;
		CLEANUP_BUF struct buf path = {0};
		image_index_path(x, d->first_child + i, &path);
		found = keep_path(p->k, path.data, true, why(p, a)) != IMAGE_NONE || found;
	}
	return found;
}

/* One component of a name. *below: where the next one is. */
static bool keep_component(const struct keep_python *p, const struct keep_python_dirs *dirs, const char *name,
			   struct keep_python_dirs *below, const struct asked *a)
{
	const struct image_index *x = p->k->index;
	struct keep_python_dirs namespaces = {.count = 0};
	below->count = 0;
	for (size_t i = 0; i < dirs->count; i++) {
		uint32_t dir = child(x, dirs->items[i], name);
		if (is_dir(x, dir) && keep_module(p, dir, "__init__", a)) {
			CLEANUP_BUF struct buf path = {0};
			image_index_path(x, dirs->items[i], &path);
			buf_printf(&path, "/%s", name);
			(void)keep_path(p->k, path.data, true, why(p, a)); /* symlinks on the way to it */
			add_dir(below, dir);
			return true;
		}
		if (keep_module(p, dirs->items[i], name, a))
			return true;
		if (is_dir(x, dir))
			add_dir(&namespaces, dir);
	}
	*below = namespaces;
	return namespaces.count > 0;
}

bool keep_python_import(const struct keep_python *p, const struct keep_python_dirs *roots, const char *name,
			uint32_t by, struct keep_python_dirs *below)
{
	struct keep_python_dirs dirs = *roots, next;
	const struct asked a = {name, by};
	while (*name) {
		size_t n = strcspn(name, ".");
		if (!n || n > LIMIT_NAME)
			return false;
		CLEANUP_FREE char *component = mem_strndup(name, n);
		if (!keep_component(p, &dirs, component, &next, &a))
			return false;
		dirs = next;
		name += n + (name[n] == '.');
	}
	if (below)
		*below = dirs;
	return true;
}
