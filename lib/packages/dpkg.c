/* dpkg's database: /var/lib/dpkg/status, a record per package, and info/NAME[:ARCH].list with its paths; or, in
 * distroless images, a record each in status.d/NAME beside status.d/NAME.md5sums.
 * Format: deb822(5), dpkg-query(1), deb-md5sums(5). */
#include "packages/admin_dir.h"
#include "text/path.h"

#define DIRECTORY "/var/lib/dpkg"

static const struct packages_admin_dir admin_dir = {
    .directory = DIRECTORY, .manager = PACKAGES_DPKG, .list = PACKAGES_LIST, .sums = true};

/* ---- distroless: a file per package ---- */

/* Calls with each file of status.d that is not a list of sums, and with its list. */
static void each_single(const struct image_index *x,
			void (*one)(void *ctx, uint32_t node, const struct buf *text, uint32_t sums_node,
				    const struct buf *sums),
			void *ctx)
{
	uint32_t dir = image_index_resolve(x, DIRECTORY "/status.d", true, NULL, NULL);
	if (dir == IMAGE_NONE)
		return;
	const struct image_node *d = image_index_node(x, dir);
	for (uint32_t i = 0; i < d->n_children; i++) {
		const char *name = image_index_node(x, d->first_child + i)->name;
		CLEANUP_BUF struct buf path = {0}, text = {0}, sums = {0};
		buf_printf(&path, DIRECTORY "/status.d/%s", name);
		if (path_ends_with(name, ".md5sums") || !image_index_text(x, path.data, PACKAGES_FILE_MAX, &text))
			continue;
		buf_str(&path, ".md5sums");
		uint32_t sums_node = IMAGE_NONE;
		if (image_index_text(x, path.data, PACKAGES_FILE_MAX, &sums))
			sums_node = image_index_resolve(x, path.data, true, NULL, NULL);
		one(ctx, d->first_child + i, &text, sums_node, &sums);
	}
}

struct reading {
	const struct image_index *x;
	struct packages *p;
};

static void read_single(void *ctx, uint32_t node, const struct buf *text, uint32_t sums_node, const struct buf *sums)
{
	struct reading *r = ctx;
	const char *rest = text->data;
	struct packages_stanza s;
	if (!text->len || !packages_stanza_next(&rest, rest + text->len, &s))
		return;
	uint32_t package = packages_stanza_add(r->p, PACKAGES_DPKG, &s);
	if (package == PACKAGES_NONE)
		return;
	r->p->items[package].unlisted = sums_node == IMAGE_NONE;
	packages_list_own(r->p, r->x, package, sums, PACKAGES_SUMS);
}

static int read_database(const struct image_index *x, struct packages *p, struct err *err)
{
	packages_admin_dir_read(&admin_dir, x, p);
	struct reading r = {x, p};
	each_single(x, read_single, &r);
	return 0;
}

/* ---- trimming ---- */

static void trim_single(void *ctx, uint32_t node, const struct buf *text, uint32_t sums_node, const struct buf *sums)
{
	struct packages_trimming *t = ctx;
	const char *rest = text->data;
	struct packages_stanza s;
	uint32_t package;
	if (!text->len || !packages_stanza_next(&rest, rest + text->len, &s) || !packages_admin_stays(t, &s, &package))
		return;
	buf_append(packages_edit_add(t->out, node), text->data, text->len);
	if (sums_node != IMAGE_NONE)
		packages_list_keep(t->x, sums, PACKAGES_SUMS, t->kept, packages_edit_add(t->out, sums_node));
}

/* Small files that say how to read the others. */
static void keep_whole(struct packages_trimming *t)
{
	static const char *const names[] = {DIRECTORY "/arch", DIRECTORY "/info/format", DIRECTORY "/diversions",
					    DIRECTORY "/statoverride"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP_BUF struct buf text = {0};
		if (image_index_text(t->x, names[i], PACKAGES_FILE_MAX, &text)) {
			uint32_t node = image_index_resolve(t->x, names[i], true, NULL, NULL);
			buf_append(packages_edit_add(t->out, node), text.data ? text.data : "", text.len);
		}
	}
}

static int trim_database(const struct packages *p, const struct image_index *x, const bool *kept, const bool *remains,
			 struct packages_edits *out, struct err *err)
{
	struct packages_trimming t = {p, x, kept, remains, out, 0}; /* its packages are the first */
	if (packages_admin_dir_trim(&admin_dir, &t))
		keep_whole(&t);
	each_single(x, trim_single, &t);
	return 0;
}

const struct packages_database packages_database_dpkg = {DIRECTORY, read_database, trim_database};
