#include "packages/packages.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "packages/database.h"
#include "text/glob.h"

static const struct packages_database *const databases[] = {
    &packages_database_dpkg, &packages_database_apk,      &packages_database_rpm,    &packages_database_rpm_sysimage,
    &packages_database_opkg, &packages_database_opkg_var, &packages_database_chisel, &packages_database_language,
};
#define N_DATABASES (sizeof(databases) / sizeof(databases[0]))

/* Parents have smaller ids than their children. */
static void mark_databases(const struct image_index *x, struct packages *p)
{
	p->database = mem_calloc(p->n_nodes, sizeof(*p->database));
	for (size_t i = 0; i < N_DATABASES; i++) {
		const char *dir = databases[i]->directory;
		uint32_t node = dir ? image_index_resolve(x, dir, true, NULL, NULL) : IMAGE_NONE;
		if (node == IMAGE_NONE)
			continue;
		p->database[node] = true;
		p->has_database |= image_index_node(x, node)->n_children > 0;
	}
	for (uint32_t id = 1; id < p->n_nodes; id++)
		p->database[id] |= p->database[image_index_node(x, id)->parent];
}

static int read_one(const struct image_index *x, const struct packages_database *d, struct packages *p, struct err *err)
{
	size_t before = p->count;
	int r = d->read ? d->read(x, p, err) : 0;
	uint32_t dir = d->read && d->directory ? image_index_resolve(x, d->directory, true, NULL, NULL) : IMAGE_NONE;
	if (r == 0 && p->count == before && dir != IMAGE_NONE && image_index_node(x, dir)->n_children)
		strlist_add(&p->unread, d->directory);
	return r;
}

int packages_read(const struct image_index *x, struct packages *out, struct err *err)
{
	struct packages p = {.n_nodes = image_index_count(x)};
	p.owner = mem_calloc(p.n_nodes, sizeof(*p.owner));
	memset(p.owner, 0xff, p.n_nodes * sizeof(*p.owner)); /* PACKAGES_NONE */
	int r = 0;
	mark_databases(x, &p);
	for (size_t i = 0; r == 0 && i < N_DATABASES; i++)
		r = read_one(x, databases[i], &p, err);
	packages_requested_read(x, &p);
	if (r < 0)
		packages_done(&p);
	else
		*out = p;
	return r;
}

bool packages_leads_to_directory(const struct image_index *x, uint32_t id)
{
	const struct image_node *n = image_index_node(x, id);
	if (!n->target)
		return S_ISDIR(n->mode);
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, id, &path);
	id = image_index_resolve(x, path.data, true, NULL, NULL);
	return id != IMAGE_NONE && S_ISDIR(image_index_node(x, id)->mode);
}

int packages_trim(const struct packages *p, const struct image_index *x, const bool *kept, struct packages_edits *out,
		  struct err *err)
{
	CLEANUP_FREE bool *remains = mem_calloc(p->count, sizeof(*remains));
	for (size_t i = 0; i < p->count; i++)
		remains[i] = p->items[i].unlisted;
	for (uint32_t id = 0; id < p->n_nodes; id++)
		if (kept[id] && p->owner[id] != PACKAGES_NONE && !packages_leads_to_directory(x, id))
			remains[p->owner[id]] = true;
	struct packages_edits edits = {0};
	int r = 0;
	for (size_t i = 0; r == 0 && i < N_DATABASES; i++)
		if (databases[i]->trim)
			r = databases[i]->trim(p, x, kept, remains, &edits, err);
	if (r < 0) {
		packages_edits_done(&edits);
		return r;
	}
	packages_edits_sort(&edits);
	*out = edits;
	return 0;
}

bool packages_may_read(const char *path)
{
	static const char *const files[] = {
	    "/var/lib/dpkg/status",
	    "/var/lib/dpkg/status.d/*",
	    "/var/lib/dpkg/info/*.list",
	    "/var/lib/dpkg/info/*.md5sums",
	    "/var/lib/dpkg/diversions",
	    "/var/lib/chisel/manifest.wall",
	    "/usr/lib/opkg/status",
	    "/usr/lib/opkg/info/*.list",
	    "/var/lib/opkg/status",
	    "/var/lib/opkg/info/*.list",
	    "/lib/apk/db/installed",
	    "/usr/lib/apk/db/installed",
	    "/etc/apk/world",
	    "/var/lib/apt/extended_states",
	    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
	    "/var/lib/rpm/rpmdb.sqlite",
	    "/**/*.dist-info/RECORD",
	    "/**/*.egg-info/*",
	    "/**/node_modules/*/package.json",
	    "/**/node_modules/*/*/package.json",
	    "/**/specifications/*.gemspec",
	};
	return GLOB_MATCH_ANY(files, path);
}
