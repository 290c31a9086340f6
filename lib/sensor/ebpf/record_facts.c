#include "sensor/ebpf/record_facts.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/thread.h"
#include "text/path.h"
#include "trace/trace.h"

static const struct ebpf_record_facts *of(const struct sensor_call_facts *f)
{
	return (const struct ebpf_record_facts *)f; /* its first member */
}

void ebpf_record_world_done(struct ebpf_record_world *w)
{
	ebpf_symlinks_done(&w->symlinks);
	sensor_mounts_done(&w->mounts);
	strset_done(&w->renamed);
}

static bool find_mount(const struct ebpf_record_facts *f, const char *path, struct buf *out)
{
	const struct record *r = f->before ? f->before : f->record;
	return sensor_mounts_find(&f->world->mounts, r->mount_ns, r->root_mount, f->world->device, path, out);
}

/* ---- items ---- */

static const struct record_item *next_item(const struct record *r, size_t size, size_t *at)
{
	if (!*at)
		*at = sizeof(*r);
	if (!r || *at + sizeof(struct record_item) > size)
		return NULL;
	const struct record_item *item = (const void *)((const char *)r + *at);
	if (item->size > size - *at - sizeof(*item))
		return NULL;
	*at += (sizeof(*item) + item->size + 7) & ~(size_t)7;
	return item;
}

static const struct record_item *find_item(const struct record *r, size_t size, enum record_item_kind kind, int n,
					   bool named)
{
	const struct record_item *item;
	for (size_t at = 0; (item = next_item(r, size, &at));)
		if (item->kind == kind && item->n == n && !(item->flags & ITEM_NAMED) == !named)
			return item;
	return NULL;
}

static const char *data_of(const struct record_item *item)
{
	return (const char *)(item + 1);
}

/* The components are there from the last to the first. */
static ssize_t item_path(const struct record_item *item, char buf[PATH_MAX])
{
	const char *data = data_of(item);
	size_t end = item->size, used = 0;
	if (item->flags & ITEM_NONE || (end && data[end - 1]))
		return -1;
	while (end) {
		size_t start = end - 1;
		while (start && data[start - 1])
			start--;
		if (used + (end - start) + sizeof(" (deleted)") > PATH_MAX)
			return -1;
		buf[used++] = '/';
		memcpy(buf + used, data + start, end - start - 1);
		used += end - start - 1;
		end = start;
	}
	if (!used)
		buf[used++] = '/';
	buf[used] = '\0';
	if (item->flags & ITEM_DELETED)
		used += (size_t)sprintf(buf + used, " (deleted)");
	return (ssize_t)used;
}

ssize_t ebpf_record_path(const struct record *r, size_t size, enum record_item_kind kind, char buf[PATH_MAX])
{
	const struct record_item *item = find_item(r, size, kind, 0, false);
	return item ? item_path(item, buf) : -1;
}

/* ---- arguments ---- */

static int not_there(const struct ebpf_record_facts *f, uint64_t address)
{
	return address && f->record->result >= 0 ? -2 : -1;
}

static ssize_t record_string(const struct sensor_call_facts *facts, int argument, uint64_t address, char *buf,
			     size_t size)
{
	const struct ebpf_record_facts *f = of(facts);
	const struct record_item *item = find_item(f->record, f->size, ITEM_STRING, argument, false);
	if (!item || !item->size)
		return not_there(f, address);
	if (item->size > size)
		return -1; /* ENAMETOOLONG */
	memcpy(buf, data_of(item), item->size);
	buf[item->size - 1] = '\0';
	return item->size - 1;
}

static int record_bytes(const struct sensor_call_facts *facts, int argument, uint64_t address, void *buf, size_t n)
{
	const struct ebpf_record_facts *f = of(facts);
	const struct record_item *item = find_item(f->record, f->size, ITEM_BYTES, argument, false);
	if (!item || item->size < n)
		return not_there(f, address);
	memcpy(buf, data_of(item), n);
	return 0;
}

/* ---- places ---- */

static bool item_named(const char *name, enum record_item_kind *kind, int *n)
{
	*n = 0;
	if (strcmp(name, "root") == 0)
		*kind = ITEM_ROOT;
	else if (strcmp(name, "cwd") == 0)
		*kind = ITEM_CWD;
	else if (strcmp(name, "exe") == 0)
		*kind = ITEM_EXE;
	else if (sscanf(name, "fd/%d", n) == 1)
		*kind = ITEM_FD;
	else
		return false;
	return true;
}

static ssize_t record_link(const struct sensor_call_facts *facts, const char *name, char buf[PATH_MAX])
{
	const struct ebpf_record_facts *f = of(facts);
	enum record_item_kind kind;
	int n;
	if (!item_named(name, &kind, &n))
		return -1;
	const struct record_item *item = find_item(f->before, f->before_size, kind, n, false);
	if (!item)
		item = find_item(f->record, f->size, kind, n, false);
	if (!item && f->record->result >= 0)
		++*f->lost; /* an fd that was closed meanwhile */
	return item ? item_path(item, buf) : -1;
}

/* Whether the call's first string names this link. */
static bool names_link(const struct ebpf_record_facts *f, const char *who, const char *name)
{
	size_t at = 0;
	const struct record_item *item = next_item(f->record, f->size, &at);
	if (!item || item->kind != ITEM_STRING)
		return false;
	const char *s = data_of(item);
	if (strncmp(s, "/dev/", 5) == 0)
		return strcmp(who, "self") == 0; /* the one item is what it means */
	char want[PATH_MAX];
	int n = snprintf(want, sizeof(want), "/proc/%s/%s", who, name);
	return strncmp(s, want, (size_t)n) == 0 && (!s[n] || s[n] == '/');
}

static ssize_t record_proc_link(const struct sensor_call_facts *facts, const char *who, const char *name,
				char buf[PATH_MAX])
{
	const struct ebpf_record_facts *f = of(facts);
	enum record_item_kind kind;
	int n;
	if (!item_named(name, &kind, &n))
		return -1;
	const struct record_item *item = NULL;
	if (f->record->type == RECORD_EXEC && kind == ITEM_FD) /* exec by fd; it may be closed since */
		item = find_item(f->before, f->before_size, kind, n, false);
	if (!item && names_link(f, who, name))
		item = find_item(f->record, f->size, kind, n, true);
	if (!item)
		return sensor_thread_proc_link(f->facts.tid, who, name, buf);
	return item->flags & ITEM_OUTSIDE ? -1 : item_path(item, buf);
}

static bool record_in_rootfs(const struct sensor_call_facts *facts, const char *device, const char *root,
			     const char *path, struct buf *out)
{
	const struct ebpf_record_facts *f = of(facts);
	return find_mount(f, path, out);
}

static void record_mount_ns(const struct sensor_call_facts *facts, char name[64])
{
	snprintf(name, 64, "%u", of(facts)->record->mount_ns);
}

/* ---- walks ---- */

/* Make the name that a path of the namespace has in struct ebpf_symlinks. */
static void symlinks_name(const struct ebpf_record_facts *f, const char *path, struct buf *out)
{
	if (!find_mount(f, path, out))
		buf_printf(out, "%u:%s", f->record->mount_ns, path);
}

/* The symlink of that name, as the call found or left it. */
static bool link_named(const struct ebpf_record_facts *f, const char *name, char target[LIMIT_PATH + 1])
{
	const char *made;
	switch (ebpf_symlinks_find(&f->world->symlinks, name, &made)) {
	case EBPF_SYMLINKS_NONE:
		return false;
	case EBPF_SYMLINKS_LINK:
		snprintf(target, LIMIT_PATH + 1, "%s", made);
		return true;
	default:
		return name[0] == '/' && f->world->rootfs >= 0 && sensor_walk_link_at(&f->world->rootfs, name, target);
	}
}

struct walking {
	const struct ebpf_record_facts *f;
	const char *dir; /* the root of the walk */
};

static bool read_link(void *ctx, const char *path, char target[LIMIT_PATH + 1])
{
	const struct walking *w = ctx;
	CLEANUP_BUF struct buf full = {0}, name = {0};
	path_join(&full, w->dir, path + 1);
	symlinks_name(w->f, full.data, &name);
	return link_named(w->f, name.data, target);
}

static void record_walk(const struct sensor_call_facts *facts, const char *link, const char *dir, const char *path,
			bool follow, sensor_walk_note *note, void *ctx)
{
	struct walking w = {of(facts), dir};
	sensor_walk_path(read_link, &w, path, follow, note, ctx);
}

static void on_end(void *ctx, const char *path, bool link)
{
	struct buf *end = ctx;
	end->len = 0;
	buf_str(end, path);
}

/* ---- what the run does to symlinks ---- */

/* The name in struct ebpf_symlinks of a path whose last component is not followed. */
static void resolve(const struct ebpf_record_facts *f, const char *path, struct buf *out)
{
	char root[PATH_MAX];
	CLEANUP_BUF struct buf end = {0}, full = {0};
	if (record_link(&f->facts, "root", root) < 0 || strcmp(root, "/") == 0)
		root[0] = '\0';
	size_t n = strncmp(path, root, strlen(root)) == 0 ? strlen(root) : 0;
	record_walk(&f->facts, "root", n ? root : "", path + n, false, on_end, &end);
	path_join(&full, n ? root : "", end.data + 1);
	symlinks_name(f, full.data, out);
}

/* A link that the image had, or a file, is at its new place. */
static void look_again(const struct ebpf_record_facts *f, const char *name)
{
	char target[LIMIT_PATH + 1];
	const char *known;
	if (ebpf_symlinks_find(&f->world->symlinks, name, &known) == EBPF_SYMLINKS_LINK || name[0] != '/' ||
	    f->world->rootfs < 0)
		return;
	ebpf_symlinks_set(&f->world->symlinks, name,
			  sensor_walk_link_at(&f->world->rootfs, name, target) ? target : NULL);
}

static void record_decoded(const struct sensor_call_facts *facts, const struct sensor_syscall *row, const char *first,
			   const char *second)
{
	const struct ebpf_record_facts *f = of(facts);
	struct ebpf_symlinks *symlinks = &f->world->symlinks;
	bool makes = row->detail == SENSOR_DETAIL_SYMLINK, removes = row->kinds & TRACE_REMOVE;
	bool renames = removes && second, copies = !removes && second && (row->kinds2 & TRACE_CREATE);
	if (f->record->result < 0 || !first || !(makes || removes || copies))
		return;
	if (removes && !renames && !symlinks->paths.count)
		return; /* nothing is known of it that could change */
	CLEANUP_BUF struct buf one = {0}, two = {0};
	char target[LIMIT_PATH + 1];
	resolve(f, first, &one);
	if (second)
		resolve(f, second, &two);
	if (renames)
		strset_add(&f->world->renamed, two.data);
	if (makes) {
		if (record_string(facts, 0, 1, target, sizeof(target)) >= 0)
			ebpf_symlinks_set(symlinks, one.data, target);
	} else if (renames && strcmp(row->name, "renameat2") == 0 && (f->record->args[4] & RENAME_EXCHANGE)) {
		ebpf_symlinks_exchange(symlinks, one.data, two.data);
		look_again(f, one.data);
		look_again(f, two.data);
	} else if (renames) {
		ebpf_symlinks_move(symlinks, one.data, two.data);
		look_again(f, two.data);
	} else if (removes) {
		ebpf_symlinks_set(symlinks, one.data, NULL);
	} else if (link_named(f, two.data, target) || link_named(f, one.data, target)) {
		ebpf_symlinks_set(symlinks, two.data, target);
	}
}

struct ebpf_record_facts ebpf_record_facts(const struct record *r, size_t size, struct ebpf_record_world *world,
					   uint64_t *lost)
{
	static const struct sensor_call_facts_ops ops = {
	    .string = record_string,
	    .bytes = record_bytes,
	    .link = record_link,
	    .proc_link = record_proc_link,
	    .in_rootfs = record_in_rootfs,
	    .mount_ns = record_mount_ns,
	    .walk = record_walk,
	    .decoded = record_decoded,
	};
	return (struct ebpf_record_facts){
	    .facts = {&ops, (pid_t)r->tid}, .record = r, .size = size, .world = world, .lost = lost};
}
