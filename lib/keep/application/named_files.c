#include "keep/application/named_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/file.h"
#include "keep/application/languages.h"
#include "keep/application/tools.h"
#include "keep/build_tools.h"
#include "keep/documentation.h"
#include "keep/tree.h"
#include "keep/words.h"
#include "text/glob.h"

#define USES (TRACE_OPEN | TRACE_EXEC | TRACE_LIST | TRACE_KERNEL)

struct walker {
	const struct keep_set *k;
	const struct image_index *x;
	const struct packages *packages;
	struct keep_named_files *out;
	const struct strset *languages;
	bool *looked; /* by node of a directory: a run used a file below it, listed it, or missed a file in it */
	struct image_files seen; /* one has several names */
	struct buf path;         /* of the directory that is looked at */
};

/* ---- what the runs did ---- */

static void mark_looked(struct walker *w, uint32_t dir)
{
	for (uint32_t at = dir; !w->looked[at]; at = image_index_node(w->x, at)->parent)
		w->looked[at] = true;
}

/* A lookup that failed ends in a directory. */
static void learn_uses(struct walker *w, const struct evidence *e)
{
	for (size_t i = 0; i < e->trace->paths.count; i++) {
		const struct evidence_way *way = evidence_way(e, i, true);
		uint32_t at = way->node == IMAGE_NONE ? way->last : way->node;
		if (at == IMAGE_NONE || (way->node != IMAGE_NONE && !(e->trace->entries[i].kinds & USES)))
			continue;
		bool is_dir = S_ISDIR(image_index_node(w->x, at)->mode);
		mark_looked(w, is_dir ? at : image_index_node(w->x, at)->parent);
		uint32_t owner = is_dir ? PACKAGES_NONE : w->packages->owner[at];
		if (owner != PACKAGES_NONE && e->trace->entries[i].kinds & (TRACE_OPEN | TRACE_EXEC))
			w->out->packages[owner].used = w->out->packages[owner].related = true;
	}
}

static void learn_tools(struct walker *w, const struct packages_relations *relations)
{
	const struct package *items = w->packages->items;
	for (uint32_t i = 0; i < w->packages->count; i++) {
		size_t n;
		const uint32_t *needs = packages_relations_of(relations, i, PACKAGES_NEEDS, &n);
		struct keep_named_use *u = &w->out->packages[i];
		u->in_use = u->used;
		for (size_t j = 0; j < n && !u->in_use && keep_tools_are(&items[i]); j++)
			u->in_use = w->out->packages[needs[j]].used && keep_tools_are(&items[needs[j]]);
	}
}

/* Every program needs libraries and what all systems have. */
static bool tells_nothing(const struct package *p)
{
	static const char *const sections[] = {"libs", "oldlibs"};
	return p->essential || (p->section && KEEP_WORDS_HAVE(sections, p->section));
}

/* Other packages of software that was used, and those that are made for it: they need it. */
static void learn_kin(struct walker *w, const struct packages_relations *relations)
{
	const struct packages *p = w->packages;
	CLEANUP_STRSET struct strset sources = {0};
	for (uint32_t i = 0; i < p->count; i++)
		if (w->out->packages[i].used && !tells_nothing(&p->items[i]))
			(void)strset_add(&sources, packages_source(&p->items[i]));
	for (uint32_t i = 0; i < p->count; i++) {
		size_t n;
		const uint32_t *needs = packages_relations_of(relations, i, PACKAGES_NEEDS, &n);
		bool kin = sources.count && strset_find(&sources, packages_source(&p->items[i])) != STRSET_NONE;
		for (size_t j = 0; j < n && !kin; j++)
			kin = w->out->packages[needs[j]].used && !tells_nothing(&p->items[needs[j]]);
		w->out->packages[i].related |= kin;
	}
}

static void learn_wishes(struct walker *w, const struct packages_relations *relations)
{
	for (uint32_t i = 0; i < w->packages->count; i++) {
		for (int kind = PACKAGES_NEEDS; w->out->packages[i].used && kind <= PACKAGES_WANTS; kind++) {
			size_t n;
			const uint32_t *others = packages_relations_of(relations, i, (enum packages_relation)kind, &n);
			for (size_t j = 0; j < n; j++)
				w->out->packages[others[j]].related = true;
		}
	}
}

/* ---- places ---- */

/* Everybody's files lie there: that a run used one tells nothing of another. */
static bool is_everyones(const char *path)
{
	static const char *const globs[] = {
	    "/*", "/usr/*", "/usr/*/*-linux-*", "/usr/local/*", "/etc/*", "/var/*", "/lib/*-linux-*",
	};
	return !*path || GLOB_MATCH_ANY(globs, path);
}

/* The same with all below it. */
static bool is_shared(const char *path)
{
	static const char *const globs[] = {"/usr/share/icons", "/usr/share/pixmaps", "/usr/share/locale"};
	return GLOB_MATCH_ANY(globs, path);
}

/* For those who boot a machine, sit before it or build software. */
static bool is_of_machine(const char *path)
{
	static const char *const globs[] = {
	    "/usr/share/applications",
	    "/usr/share/bash-completion",
	    "/usr/share/menu",
	    "/usr/share/metainfo",
	    "/usr/share/zsh",
	    "/usr/lib/mime",
	    "/etc/alternatives",
	    "/etc/cron.*",
	    "/etc/init.d",
	    "/etc/default",
	    "/etc/logrotate.d",
	    "/etc/init",
	    "/lib/systemd",
	    "/usr/lib/systemd",
	    "/etc/systemd",
	    "/lib/udev",
	    "/usr/lib/udev",
	    "/usr/lib/tmpfiles.d",
	    "/usr/lib/sysusers.d",
	    "/usr/lib/pkgconfig",
	    "/usr/lib/*/pkgconfig",
	    "/usr/share/pkgconfig",
	    "/usr/share/i18n",
	};
	return GLOB_MATCH_ANY(globs, path);
}

/* The dynamic loader looks there by itself. */
static bool is_of_loader(const char *path)
{
	static const char *const globs[] = {
	    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/lib/*-linux-*", "/usr/lib/*-linux-*", "/usr/local/lib",
	};
	return GLOB_MATCH_ANY(globs, path);
}

/* Interpreters look there for modules. */
static bool is_of_interpreter(const char *path)
{
	static const char *const globs[] = {
	    "/usr/share/perl5",
	    "/usr/lib/*/perl5",
	    "/usr/lib/ruby",
	    "/usr/lib/*/ruby",
	    "/usr/share/rubygems-integration",
	};
	return GLOB_MATCH_ANY(globs, path);
}

/* ---- the walk ---- */

/* The position of the walk. */
struct place {
	bool shared;  /* is_shared, here or above */
	bool related; /* a run looked into this directory or one above that is not everyone's */
	bool loader;
	bool modules;     /* below a directory of a language's packages */
	bool top;         /* right in it */
	bool interpreter; /* is_of_interpreter or holds_modules, here or above */
	bool builds;      /* below a directory that only those who build need */
};

static bool holds_modules(const struct image_node *n)
{
	static const char *const names[] = {"node_modules", "site-packages", "dist-packages"};
	return S_ISDIR(n->mode) && KEEP_WORDS_HAVE(names, n->name);
}

static bool leaves_out(const struct image_node *n, const struct place *p)
{
	if (holds_modules(n))
		return false;
	return p->modules ? keep_tree_is_unwanted(n) && !(p->top && S_ISDIR(n->mode))
			  : keep_tree_leaves_out(n, KEEP_TREE_OWN);
}

static void look_at(struct walker *w, uint32_t id, const struct image_node *n, const struct place *p)
{
	uint32_t owner = w->packages->owner[id];
	if (owner == PACKAGES_NONE)
		return;
	struct keep_named_use *u = &w->out->packages[owner];
	if ((p->builds || leaves_out(n, p)) && !(u->in_use && keep_build_tools_are(&w->packages->items[owner])))
		return;
	const char *so = p->loader ? strstr(n->name, ".so") : NULL;
	bool counts = S_ISREG(n->mode) && !keep_has(w->k, id) && image_files_first(&w->seen, w->x, id) == id;
	uint64_t bytes = counts ? n->size : 0;
	w->out->useful[id] = true;
	u->files++;
	u->modules += p->interpreter;
	u->bytes += bytes;
	u->base |= n->layer == 0;
	u->related |= p->related || (so && (!so[3] || so[3] == '.'));
}

/* As deep as the image's paths are, which LIMIT_PATH bounds. */
static void walk(struct walker *w, uint32_t dir, struct place p)
{
	const struct image_node *d = image_index_node(w->x, dir);
	const char *path = w->path.data;
	if (w->packages->database[dir] || keep_documentation_is(path) || is_of_machine(path) ||
	    keep_languages_is_other(w->languages, path))
		return;
	p.shared |= is_shared(path);
	p.related |= w->looked[dir] && !p.shared && !is_everyones(path);
	p.loader = is_of_loader(path);
	p.top = holds_modules(d);
	p.modules |= p.top;
	p.interpreter |= p.top || is_of_interpreter(path);
	size_t len = w->path.len;
	for (uint32_t i = 0; i < d->n_children; i++) {
		uint32_t id = d->first_child + i;
		const struct image_node *n = image_index_node(w->x, id);
		if (!S_ISDIR(n->mode)) {
			look_at(w, id, n, &p);
			continue;
		}
		struct place below = p;
		below.builds |= leaves_out(n, &p);
		buf_printf(&w->path, "/%s", n->name);
		walk(w, id, below);
		w->path.len = len;
		w->path.data[len] = '\0';
	}
}

void keep_named_files_find(const struct keep_set *k, const struct packages *packages,
			   const struct packages_relations *relations, const struct evidence *e,
			   struct keep_named_files *out)
{
	uint32_t n = image_index_count(k->index);
	CLEANUP_STRSET struct strset languages = {0};
	CLEANUP_FREE bool *looked = mem_calloc(n, sizeof(*looked));
	*out = (struct keep_named_files){mem_calloc(packages->count, sizeof(*out->packages)),
					 mem_calloc(n, sizeof(*out->useful))};
	struct walker w = {k, k->index, packages, out, &languages, looked, {{0}}, {0}};
	keep_languages_of(k->config ? &k->config->env : NULL, &languages);
	learn_uses(&w, e);
	learn_tools(&w, relations);
	learn_wishes(&w, relations);
	learn_kin(&w, relations);
	buf_str(&w.path, "");
	walk(&w, 0, (struct place){0});
	buf_done(&w.path);
	image_files_done(&w.seen);
}

void keep_named_files_done(struct keep_named_files *f)
{
	free(f->packages);
	free(f->useful);
	*f = (struct keep_named_files){0};
}
