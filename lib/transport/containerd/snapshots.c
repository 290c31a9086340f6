#include "transport/containerd/snapshots.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/protobuf.h"
#include "transport/containerd/records.h"

enum { SNAPSHOTTER = 1, KEY = 2, PARENT = 3 };
enum { COMMIT_NAME = 2, COMMIT_KEY = 3 };
enum { MOUNTS = 1, MOUNT_TYPE = 1, MOUNT_SOURCE = 2, MOUNT_OPTIONS = 4 };
enum { APPLY_DIFF = 1, APPLY_MOUNTS = 2, APPLIED = 1, DESCRIPTOR_DIGEST = 2 };

static int call(struct containerd *c, const char *method, const char *snapshotter, const char *key, const char *parent,
		struct buf *answer, struct err *err)
{
	CLEANUP_BUF struct buf request = {0};
	CLEANUP_FREE char *service = mem_printf("snapshots.v1.Snapshots/%s", method);
	net_protobuf_put_string(&request, SNAPSHOTTER, snapshotter);
	net_protobuf_put_string(&request, KEY, key);
	net_protobuf_put_string(&request, PARENT, parent);
	return containerd_call(c, service, &request, answer, err);
}

int containerd_snapshot_exists(struct containerd *c, const char *snapshotter, const char *key, struct err *err)
{
	struct err e = {0};
	int r = call(c, "Stat", snapshotter, key, NULL, NULL, &e);
	if (r == -ERR_NOTFOUND)
		return 0;
	if (r < 0 && err)
		*err = e;
	return r < 0 ? r : 1;
}

int containerd_snapshot_view(struct containerd *c, const char *snapshotter, const char *key, const char *parent,
			     struct buf *mounts, struct err *err)
{
	return call(c, "View", snapshotter, key, parent, mounts, err);
}

int containerd_snapshot_prepare(struct containerd *c, const char *snapshotter, const char *key, const char *parent,
				struct buf *mounts, struct err *err)
{
	return call(c, "Prepare", snapshotter, key, parent, mounts, err);
}

int containerd_snapshot_commit(struct containerd *c, const char *snapshotter, const char *name, const char *key,
			       struct err *err)
{
	CLEANUP_BUF struct buf request = {0};
	net_protobuf_put_string(&request, SNAPSHOTTER, snapshotter);
	net_protobuf_put_string(&request, COMMIT_NAME, name);
	net_protobuf_put_string(&request, COMMIT_KEY, key);
	return containerd_call(c, "snapshots.v1.Snapshots/Commit", &request, NULL, err);
}

void containerd_snapshot_remove(struct containerd *c, const char *snapshotter, const char *key)
{
	struct err e = {0};
	if (call(c, "Remove", snapshotter, key, NULL, NULL, &e) < 0)
		log_debug("the snapshot %s stays until its lease ends: %s", key, e.msg);
}

int containerd_snapshot_apply(struct containerd *c, const struct oci_descriptor *d, const struct buf *mounts,
			      struct oci_digest *diff_id, struct err *err)
{
	CLEANUP_BUF struct buf request = {0}, answer = {0};
	struct net_protobuf_reader all = {mounts->data, mounts->len};
	struct net_protobuf_field f, applied;
	int found;
	containerd_descriptor_put(&request, APPLY_DIFF, d);
	while ((found = net_protobuf_next(&all, &f, err)) > 0)
		if (f.number == MOUNTS)
			net_protobuf_put_bytes(&request, APPLY_MOUNTS, f.data, f.n);
	if (found < 0 || (found = containerd_call(c, "diff.v1.Diff/Apply", &request, &answer, err)) < 0)
		return found;
	found = net_protobuf_find((struct net_protobuf_reader){answer.data, answer.len}, APPLIED, &applied, err);
	if (found >= 0)
		found = net_protobuf_find(net_protobuf_message(&applied), DESCRIPTOR_DIGEST, &f, err);
	if (found < 0)
		return found;
	CLEANUP_FREE char *text = net_protobuf_text(&f);
	return oci_digest_parse(text, diff_id, err);
}

/* ---- a view's directories ---- */

#define UNSUITED(...) err_set(err, ERR_UNSUPPORTED, "in-place-unsuited", __VA_ARGS__)

/* lowerdir=A:B:C, the top first. */
static int split_lower(const char *lower, struct strlist *out, struct err *err)
{
	CLEANUP_STRLIST struct strlist top_first = {0};
	while (*lower) {
		const size_t n = strcspn(lower, ":");
		if (top_first.count >= LIMIT_LAYERS)
			return UNSUITED("it has more than %d directories", LIMIT_LAYERS);
		strlist_take(&top_first, mem_strndup(lower, n));
		lower += n + (lower[n] == ':');
	}
	for (size_t i = top_first.count; i-- > 0;)
		strlist_add(out, top_first.items[i]);
	return 0;
}

static int read_options(struct net_protobuf_reader mount, struct strlist *out, struct err *err)
{
	static const char lower[] = "lowerdir=";
	struct net_protobuf_field f;
	int r;
	while ((r = net_protobuf_next(&mount, &f, err)) > 0) {
		CLEANUP_FREE char *option = net_protobuf_text(&f);
		if (f.number != MOUNT_OPTIONS)
			continue;
		if (strcmp(option, "userxattr") == 0 || strcmp(option, "metacopy=on") == 0 ||
		    strcmp(option, "redirect_dir=on") == 0)
			return UNSUITED("its snapshots are mounted with %s", option);
		if (strncmp(option, lower, strlen(lower)) == 0 &&
		    (r = split_lower(option + strlen(lower), out, err)) < 0)
			return r;
	}
	return r;
}

int containerd_snapshot_directories(const struct buf *mounts, struct strlist *out, struct err *err)
{
	struct net_protobuf_field mount, type, source;
	int r = net_protobuf_find((struct net_protobuf_reader){mounts->data, mounts->len}, MOUNTS, &mount, err);
	if (r >= 0)
		r = net_protobuf_find(net_protobuf_message(&mount), MOUNT_TYPE, &type, err);
	if (r >= 0)
		r = net_protobuf_find(net_protobuf_message(&mount), MOUNT_SOURCE, &source, err);
	if (r < 0)
		return r;
	CLEANUP_FREE char *kind = net_protobuf_text(&type);
	if (strcmp(kind, "overlay") == 0)
		return read_options(net_protobuf_message(&mount), out, err);
	if (strcmp(kind, "bind") != 0)
		return UNSUITED("its snapshots are not directories, but mounted as %.40s", kind);
	strlist_take(out, net_protobuf_text(&source));
	return 0;
}
