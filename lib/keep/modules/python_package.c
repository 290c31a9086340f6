#include "keep/modules/python_package.h"

#include <ctype.h>
#include <string.h>

#include "base/idmap.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/strset.h"
#include "keep/program_lookup.h"
#include "keep/tree.h"
#include "keep/words.h"
#include "text/path.h"

struct distribution {
	uint32_t site, info;  /* info: its .dist-info or .egg-info */
	char *name;           /* normalised: pep 503 */
	struct strlist tops;  /* top-level modules and packages */
	char *record;         /* of dist-info: what it installed; "" */
	struct strset groups; /* of its entry points */
	bool kept, required;  /* required: all its top-level names stay, else those that are used */
	uint32_t by;          /* the file that brought it */
};

struct keep_python_package_table {
	struct distribution *items;
	size_t count, cap;
	struct strset groups;              /* of all */
	struct idmap done;                 /* package directories, by id */
	size_t *queue, n_queue, cap_queue; /* kept distributions whose metadata is to be read */
};

bool keep_python_is_seldom(const char *module)
{
	static const char *const names[] = {
	    "pip",        "setuptools", "wheel",  "ensurepip",  "idlelib", "turtledemo",  "lib2to3",  "test",
	    "tkinter",    "turtle",     "pydoc",  "pydoc_data", "doctest", "pdb",         "unittest", "venv",
	    "webbrowser", "_pytest",    "pytest", "distutils",  "curses",  "antigravity", "cProfile", "profile"};
	size_t n = strcspn(module, ".");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == n && memcmp(names[i], module, n) == 0)
			return true;
	return false;
}

static char *normalised(const char *name, size_t n)
{
	struct buf b = {0};
	for (size_t i = 0; i < n; i++) {
		char c = (char)tolower((unsigned char)name[i]);
		if (c == '_' || c == '.')
			c = '-';
		if (c != '-' || (b.len && b.data[b.len - 1] != '-'))
			buf_char(&b, c);
	}
	return buf_steal(&b);
}

/* A file of the distribution's metadata; without a name the metadata itself, when that is one file. */
static bool read_info(const struct image_index *x, const struct distribution *d, const char *file, struct buf *out)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, d->info, &path);
	if (*file)
		buf_printf(&path, "/%s", file);
	return image_index_text(x, path.data, LIMIT_PACKAGE_TEXT, out) && out->len;
}

/* First components of RECORD's paths. */
static void record_tops(struct distribution *d)
{
	const char *last = "";
	size_t last_n = 0;
	for (const char *line = d->record; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t n = strcspn(line, "/,\n");
		if ((n == last_n && memcmp(line, last, n) == 0) || n == 0 || *line == '.')
			continue;
		last = line;
		last_n = n;
		CLEANUP_FREE char *top = mem_strndup(line, n);
		if (line[n] != '/')
			*strchrnul(top, '.') = '\0';
		if (*top && !path_ends_with(top, ".dist-info") && strcmp(top, "__pycache__") != 0 &&
		    !strlist_has(&d->tops, top))
			strlist_add(&d->tops, top);
	}
}

/* The groups of entry points that others ask for by name: not commands, which have programs of their own, and not those
 * of tools that build and test. */
static void read_groups(struct keep_python_package_table *t, const struct image_index *x, struct distribution *d)
{
	static const char *const tools[] = {"console_scripts", "gui_scripts", "pytest11"};
	CLEANUP_BUF struct buf text = {0};
	if (!read_info(x, d, "entry_points.txt", &text))
		return;
	for (char *rest = text.data, *line; (line = strsep(&rest, "\r\n"));) {
		char *end = *line == '[' ? strchr(line, ']') : NULL;
		if (!end)
			continue;
		*end = '\0';
		if (KEEP_WORDS_HAVE(tools, line + 1) || keep_python_is_seldom(line + 1))
			continue;
		(void)strset_add(&d->groups, line + 1);
		(void)strset_add(&t->groups, line + 1);
	}
}

static void add_distribution(struct keep_python_package_table *t, const struct image_index *x, uint32_t site,
			     uint32_t info)
{
	const char *file = image_index_node(x, info)->name;
	if (!path_ends_with(file, ".dist-info") && !path_ends_with(file, ".egg-info"))
		return;
	t->items = mem_grow(t->items, t->count, &t->cap, sizeof(*t->items));
	struct distribution *d = &t->items[t->count++];
	*d = (struct distribution){.site = site, .info = info, .name = normalised(file, strcspn(file, "-"))};
	if (path_ends_with(d->name, "-egg-info")) /* without a version: NAME.egg-info */
		d->name[strlen(d->name) - 9] = '\0';
	CLEANUP_BUF struct buf tops = {0}, record = {0};
	(void)read_info(x, d, "RECORD", &record); /* egg-info has none */
	d->record = buf_steal(&record);
	read_groups(t, x, d);
	if (read_info(x, d, "top_level.txt", &tops))
		for (char *rest = tops.data, *line; (line = strsep(&rest, "\r\n"));)
			if (*line && !strlist_has(&d->tops, line))
				strlist_add(&d->tops, line);
	if (!d->tops.count)
		record_tops(d);
	if (!d->tops.count) {
		CLEANUP_FREE char *top = mem_strdup(d->name);
		for (char *c = top; (c = strchr(c, '-'));)
			*c = '_';
		strlist_add(&d->tops, top);
	}
}

static struct keep_python_package_table *table(struct keep_python *p)
{
	if (p->packages)
		return p->packages;
	p->packages = mem_alloc(sizeof(*p->packages));
	for (size_t i = 0; i < p->sites.count; i++) {
		const struct image_node *n = image_index_node(p->k->index, p->sites.items[i]);
		for (uint32_t j = 0; j < n->n_children; j++)
			add_distribution(p->packages, p->k->index, p->sites.items[i], n->first_child + j);
	}
	return p->packages;
}

void keep_python_package_done(struct keep_python *p)
{
	struct keep_python_package_table *t = p->packages;
	for (size_t i = 0; t && i < t->count; i++) {
		free(t->items[i].name);
		free(t->items[i].record);
		strlist_done(&t->items[i].tops);
		strset_done(&t->items[i].groups);
	}
	if (t) {
		strset_done(&t->groups);
		idmap_done(&t->done);
		free(t->items);
		free(t->queue);
	}
	free(t);
	p->packages = NULL;
}

static bool is_new(struct keep_python_package_table *t, uint32_t node)
{
	return idmap_add(&t->done, 0, node);
}

static bool is_package(const struct image_index *x, uint32_t dir)
{
	return keep_tree_child(x, dir, "__init__.py", 11) != IMAGE_NONE ||
	       keep_tree_child(x, dir, "__init__.pyc", 12) != IMAGE_NONE;
}

/* A top-level name's modules and packages, whole. A namespace package belongs to several distributions: of it
 * those parts that the record has. */
static void keep_top(struct keep_python *p, const struct distribution *d, const char *top, struct keep_reason why)
{
	const struct image_index *x = p->k->index;
	struct keep_python_dirs site = {.items = {d->site}, .count = 1};
	uint32_t dir = keep_tree_child(x, d->site, top, strlen(top));
	if (dir == IMAGE_NONE || !S_ISDIR(image_index_node(x, dir)->mode)) {
		(void)keep_python_import(p, &site, top, why.by, NULL); /* a module; or gone */
	} else if (is_package(x, dir)) {
		keep_tree(p->k, dir, KEEP_TREE_CODE, why);
	} else {
		for (const char *line = d->record; *line; line += strcspn(line, "\n"), line += *line == '\n') {
			size_t n = strlen(top);
			if (strncmp(line, top, n) != 0 || line[n] != '/')
				continue;
			CLEANUP_BUF struct buf path = {0};
			image_index_path(x, d->site, &path);
			buf_printf(&path, "/%.*s", (int)strcspn(line, ",\n"), line);
			uint32_t node = image_index_resolve(x, path.data, false, NULL, NULL);
			if (node != IMAGE_NONE && !keep_tree_is_unwanted(image_index_node(x, node)))
				keep_node(p->k, node, why);
		}
	}
}

static void enqueue(struct keep_python_package_table *t, size_t i, bool required, uint32_t by)
{
	struct distribution *d = &t->items[i];
	if (d->kept && (d->required || !required))
		return;
	d->kept = true;
	d->required = required;
	d->by = by;
	t->queue = mem_grow(t->queue, t->n_queue, &t->cap_queue, sizeof(*t->queue));
	t->queue[t->n_queue++] = i;
}

static void require(struct keep_python_package_table *t, const char *line, uint32_t by)
{
	line += strspn(line, " \t");
	size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	const char *marker = strchr(line, ';');
	if (!n || (marker && strstr(marker, "extra")))
		return;
	CLEANUP_FREE char *name = normalised(line, n);
	for (size_t i = 0; i < t->count && !keep_python_is_seldom(name); i++)
		if (strcmp(t->items[i].name, name) == 0)
			enqueue(t, i, true, by);
}

/* The metadata, and what it requires. */
static void keep_distribution(struct keep_python *p, const struct distribution *d)
{
	struct keep_python_package_table *t = p->packages;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_PACKAGE, d->by, keep_note(p->k, d->name));
	keep_tree(p->k, d->info, KEEP_TREE_DATA, why);
	for (size_t i = 0; d->required && i < d->tops.count; i++)
		keep_top(p, d, d->tops.items[i], why);
	CLEANUP_BUF struct buf text = {0}, list = {0};
	bool found = read_info(p->k->index, d, "METADATA", &text) || read_info(p->k->index, d, "PKG-INFO", &text) ||
		     (S_ISREG(image_index_node(p->k->index, d->info)->mode) && read_info(p->k->index, d, "", &text));
	for (char *rest = text.data, *line; found && (line = strsep(&rest, "\n")) && *line;)
		if (strncmp(line, "Requires-Dist:", 14) == 0)
			require(t, line + 14, d->by);
	found = read_info(p->k->index, d, "requires.txt", &list);
	for (char *rest = list.data, *line; found && (line = strsep(&rest, "\n")) && *line != '[';)
		require(t, line, d->by);
}

static bool owns(const struct image_index *x, const struct distribution *d, uint32_t site, uint32_t package,
		 const char *top)
{
	if (d->site != site || !strlist_has(&d->tops, top))
		return false;
	if (!*d->record || image_index_node(x, package)->parent == site)
		return true;
	CLEANUP_BUF struct buf path = {0}, base = {0}, line = {0};
	image_index_path(x, package, &path);
	image_index_path(x, site, &base);
	buf_printf(&line, "%s/", path.data + base.len + 1);
	return strstr(d->record, line.data) != NULL;
}

void keep_python_package(struct keep_python *p, uint32_t site, uint32_t node)
{
	const struct image_index *x = p->k->index;
	struct keep_python_package_table *t = table(p);
	uint32_t package = IMAGE_NONE, top = node;
	for (uint32_t n = node; n != site; n = image_index_node(x, n)->parent) {
		if (S_ISDIR(image_index_node(x, n)->mode) && is_package(x, n))
			package = n;
		top = n;
	}
	CLEANUP_FREE char *name = mem_strdup(image_index_node(x, top)->name);
	if (!S_ISDIR(image_index_node(x, top)->mode))
		*strchrnul(name, '.') = '\0';
	if (package == IMAGE_NONE)
		package = node;
	if (!is_new(t, package) || keep_python_is_seldom(name) || strcmp(name, "_distutils_hack") == 0)
		return;
	if (package != node)
		keep_tree(p->k, package, KEEP_TREE_CODE, KEEP_WHY_NOTED(KEEP_PACKAGE, node, keep_note(p->k, name)));
	for (size_t i = 0; i < t->count; i++)
		if (owns(x, &t->items[i], site, package, name))
			enqueue(t, i, false, node);
	while (t->n_queue)
		keep_distribution(p, &t->items[t->queue[--t->n_queue]]);
}

void keep_python_group(struct keep_python *p, const char *group, size_t n, uint32_t by)
{
	struct keep_python_package_table *t = table(p);
	if (strset_find_len(&t->groups, group, n) == STRSET_NONE)
		return;
	for (size_t i = 0; i < t->count; i++)
		if (strset_find_len(&t->items[i].groups, group, n) != STRSET_NONE)
			enqueue(t, i, true, by);
	while (t->n_queue)
		keep_distribution(p, &t->items[t->queue[--t->n_queue]]);
}
