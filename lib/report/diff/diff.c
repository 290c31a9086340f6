#include "report/diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "image/index_resolve.h"
#include "oci/history.h"
#include "report/diff/sums.h"
#include "report/diff/view.h"

#define GROUP_DEPTH 2 /* components of the directories that are summed up */

struct differ {
	const struct report_diff_side *sides;
	struct report_diff_eye eyes[2];
	struct report_diff *d;
	struct strlist lines[2]; /* by layer: its line of the Dockerfile */
	struct report_diff_group layers, directories, packages, parts;
};

static size_t group_length(const char *path)
{
	size_t n = 0;
	for (unsigned depth = 0; path[n]; n++)
		if (path[n] == '/' && depth++ == GROUP_DEPTH)
			return n;
	const char *slash = strrchr(path, '/');
	return slash == path ? 1 : (size_t)(slash - path);
}

/* ---- one path ---- */

static const char *owner(const struct report_diff_side *s, const char *path)
{
	if (!s->packages->count)
		return NULL;
	const uint32_t node = image_index_resolve(s->index, path, false, NULL, NULL);
	const uint32_t package = node == IMAGE_NONE ? PACKAGES_NONE : s->packages->owner[node];
	return package == PACKAGES_NONE ? NULL : s->packages->items[package].name;
}

static void sum_up(struct differ *r, const struct report_diff_item *item)
{
	const struct report_diff_path *p = item->path;
	const char *package = p->package ? p->package : "";
	CLEANUP_FREE char *layer = mem_printf("%u:%u", p->image, p->layer);
	CLEANUP_FREE char *part = mem_printf("%s:%s", layer, package);
	const char *line = r->lines[p->image].items[p->layer];
	const size_t n = group_length(p->path);
	report_diff_sum_add(&r->d->total, item);
	report_diff_group_add(&r->directories, p->path, n, p->path, n, item);
	report_diff_group_add(&r->layers, layer, strlen(layer), line, strlen(line), item);
	if (item->is_file)
		report_diff_group_add(&r->parts, part, strlen(part), package, strlen(package), item);
	if (p->package)
		report_diff_group_add(&r->packages, package, strlen(package), package, strlen(package), item);
	r->d->unsure += p->unsure;
}

/* Puts the difference down to a layer that the images do not share. */
static void blame(struct differ *r, const struct report_diff_view views[2], struct report_diff_path *p)
{
	const int shown = p->change != REPORT_DIFF_GONE; /* the image that has it now */
	p->image =
	    (uint8_t)(views[shown].state == REPORT_DIFF_SHOWN && views[shown].layer >= r->d->shared ? shown : !shown);
	if (views[p->image].state == REPORT_DIFF_UNREAD)
		p->image = !p->image;
	p->layer = views[p->image].layer;
}

static void add(struct differ *r, const char *path, const struct report_diff_view views[2],
		enum report_diff_change change, uint8_t aspects)
{
	struct report_diff *d = r->d;
	struct report_diff_path p = {.path = mem_strdup(path), .change = (uint8_t)change, .aspects = aspects};
	struct report_diff_item item = {.path = &p};
	for (int i = 0; i < 2; i++) {
		p.unsure |= views[i].state == REPORT_DIFF_UNREAD;
		if (views[i].state != REPORT_DIFF_SHOWN)
			continue;
		const struct inspect_entry *e = views[i].entry;
		item.is_file |= e->kind != INSPECT_DIRECTORY;
		p.bytes[i] = e->bytes;
		item.counted[i] = views[i].is_link ? 0 : e->bytes;
		p.unsure |= e->kind == INSPECT_HARDLINK && d->unread;
	}
	item.is_file |= views[0].state != REPORT_DIFF_SHOWN && views[1].state != REPORT_DIFF_SHOWN;
	blame(r, views, &p);
	const int first = change == REPORT_DIFF_ADDED;
	const char *name = item.is_file ? owner(&r->sides[first], path) : NULL;
	if (!name && item.is_file)
		name = owner(&r->sides[!first], path);
	p.package = name ? mem_strdup(name) : NULL;
	sum_up(r, &item);
	d->paths = mem_grow(d->paths, d->n_paths, &d->cap, sizeof(*d->paths));
	d->paths[d->n_paths++] = p;
}

static bool same_content(const struct report_diff_view views[2])
{
	const struct inspect_entry *a = views[0].entry, *b = views[1].entry;
	if (a == b)
		return true;
	if (S_ISREG(a->mode))
		return a->bytes == b->bytes &&
		       (views[0].sum && views[1].sum
			    ? memcmp(views[0].sum, views[1].sum, SHA256_SIZE) == 0
			    : a->kind == b->kind && a->target && strcmp(a->target, b->target) == 0);
	if (a->target || b->target)
		return a->target && b->target && strcmp(a->target, b->target) == 0;
	return a->kind != INSPECT_SPECIAL || a->crc == b->crc;
}

static void compare(struct differ *r, const char *path, const struct report_diff_view views[2])
{
	const struct inspect_entry *a = views[0].entry, *b = views[1].entry;
	uint8_t aspects = 0;
	if ((a->mode & S_IFMT) != (b->mode & S_IFMT))
		aspects |= REPORT_DIFF_KIND;
	else if (!same_content(views))
		aspects |= REPORT_DIFF_CONTENT;
	if ((a->mode & 07777) != (b->mode & 07777) && !S_ISLNK(a->mode))
		aspects |= REPORT_DIFF_MODE;
	if (a->uid != b->uid || a->gid != b->gid)
		aspects |= REPORT_DIFF_OWNER;
	if (aspects)
		add(r, path, views, REPORT_DIFF_CHANGED, aspects);
}

static bool is_directory(const struct report_diff_view *v)
{
	return v->state == REPORT_DIFF_SHOWN && v->entry->kind == INSPECT_DIRECTORY;
}

/* Of two views that are not both shown: whether the images differ, as far as that is known. */
static bool differs(const struct report_diff_view *a, const struct report_diff_view *b)
{
	if (a->state == b->state)
		return false;
	if (b->state != REPORT_DIFF_UNREAD)
		return a->state != REPORT_DIFF_UNREAD || differs(b, a);
	return a->state == REPORT_DIFF_SHOWN ? !is_directory(a) : a->is_named;
}

/* A directory that no layer of the image lists, but that has content, or the root. */
static bool is_implied(const struct report_diff_side *s, const struct report_diff_view *v, const char *path)
{
	return v->state == REPORT_DIFF_ABSENT && image_index_resolve(s->index, path, false, NULL, NULL) != IMAGE_NONE;
}

static void judge(struct differ *r, const char *path, const struct report_diff_view views[2])
{
	const struct report_diff_view *a = &views[0], *b = &views[1];
	if (a->state == REPORT_DIFF_SHOWN && b->state == REPORT_DIFF_SHOWN)
		compare(r, path, views);
	else if ((is_directory(a) && is_implied(&r->sides[1], b, path)) ||
		 (is_directory(b) && is_implied(&r->sides[0], a, path)))
		return;
	else if (differs(a, b))
		add(r, path, views,
		    b->state == REPORT_DIFF_SHOWN || a->state == REPORT_DIFF_ABSENT ? REPORT_DIFF_ADDED
										    : REPORT_DIFF_GONE,
		    0);
}

/* ---- all paths ---- */

/* The paths of both histories, which are in the same order, side by side. */
static int walk(struct differ *r, struct err *err)
{
	const struct inspect_history *h[2] = {r->sides[0].history, r->sides[1].history};
	size_t at[2] = {0};
	for (size_t n = 0; at[0] < h[0]->n_paths || at[1] < h[1]->n_paths; n++) {
		const char *p[2];
		struct report_diff_view views[2];
		int stop = n % 1024 == 0 ? stop_check(err) : 0;
		if (stop < 0)
			return stop;
		for (int i = 0; i < 2; i++)
			p[i] = at[i] < h[i]->n_paths ? h[i]->paths[at[i]].path : NULL;
		const int order = !p[0] ? 1 : !p[1] ? -1 : inspect_path_order(p[0], p[1]);
		const char *path = p[order > 0];
		for (int i = 0; i < 2; i++) {
			const bool has = i ? order >= 0 : order <= 0;
			report_diff_look(&r->eyes[i], path, has ? at[i] : SIZE_MAX, &views[i]);
			at[i] += has;
		}
		judge(r, path, views);
	}
	return 0;
}

static void read_lines(const struct report_diff_side *s, struct strlist *out)
{
	for (size_t i = 0; i < s->manifest->n_layers; i++) {
		CLEANUP_BUF struct buf line = {0};
		oci_history_line(oci_image_config_created_by(s->config, i), &line);
		strlist_take(out, buf_steal(&line));
	}
}

static void count(const struct report_diff_side *s, size_t shared, size_t unread, struct report_diff_image *out,
		  uint64_t *shared_blobs)
{
	const struct inspect_history *h = s->history;
	out->layers = s->manifest->n_layers;
	*shared_blobs = 0;
	for (size_t i = 0; i < out->layers; i++) {
		out->blobs += s->manifest->layers[i].size;
		*shared_blobs += i < shared ? s->manifest->layers[i].size : 0;
	}
	if (unread)
		return;
	out->bytes = h->final;
	for (size_t i = 0; i < h->n_paths; i++) {
		const struct inspect_version *v = inspect_history_final(h, i);
		out->files += v && v->entry->kind != INSPECT_DIRECTORY;
	}
}

int report_diff_make(const struct report_diff_side sides[2], size_t shared, size_t unread, struct report_diff *out,
		     struct err *err)
{
	*out = (struct report_diff){.shared = shared, .unread = unread};
	struct differ r = {.sides = sides, .d = out};
	r.layers.sums = &out->layers;
	r.directories.sums = &out->directories;
	r.packages.sums = &out->packages;
	r.parts.sums = &out->parts;
	for (int i = 0; i < 2; i++) {
		report_diff_eye_init(&r.eyes[i], &sides[i], unread);
		read_lines(&sides[i], &r.lines[i]);
		count(&sides[i], shared, unread, &out->images[i], &out->shared_blobs);
	}
	int rc = walk(&r, err);
	report_diff_sums_sort(&out->layers);
	report_diff_sums_sort(&out->directories);
	report_diff_sums_sort(&out->packages);
	report_diff_sums_sort_by_layer(&out->parts);
	for (int i = 0; i < 2; i++) {
		report_diff_eye_done(&r.eyes[i]);
		strlist_done(&r.lines[i]);
	}
	strset_done(&r.layers.keys);
	strset_done(&r.directories.keys);
	strset_done(&r.packages.keys);
	strset_done(&r.parts.keys);
	if (rc < 0)
		report_diff_done(out);
	return rc;
}
