/* transport/containerd/snapshots.h - snapshots of containerd: layers that it has unpacked, named by their chain ID.
 * Spec: containerd's api/services/snapshots and api/services/diff; image-spec 1.1, config.md (chain IDs).
 * Private to lib/transport/containerd/. */
#pragma once

#include "oci/descriptor.h"
#include "transport/containerd/client.h"

/* 1 = there is a snapshot of that key, 0 = none. */
int containerd_snapshot_exists(struct containerd *c, const char *snapshotter, const char *key,
			       struct err *err) MUST_CHECK;
/* Makes a read-only or a writable snapshot over parent ("" = over nothing). mounts: how to mount it, as
 * containerd_snapshot_apply and _directories take it. ERR_NOTFOUND: there is no such parent. */
int containerd_snapshot_view(struct containerd *c, const char *snapshotter, const char *key, const char *parent,
			     struct buf *mounts, struct err *err) MUST_CHECK;
int containerd_snapshot_prepare(struct containerd *c, const char *snapshotter, const char *key, const char *parent,
				struct buf *mounts, struct err *err) MUST_CHECK;
int containerd_snapshot_commit(struct containerd *c, const char *snapshotter, const char *name, const char *key,
			       struct err *err) MUST_CHECK;
/* A snapshot that cannot be removed is told to the log: its lease ends. */
void containerd_snapshot_remove(struct containerd *c, const char *snapshotter, const char *key);
/* Unpacks the blob of d, which containerd has, into a writable snapshot. diff_id: what it made of it. */
int containerd_snapshot_apply(struct containerd *c, const struct oci_descriptor *d, const struct buf *mounts,
			      struct oci_digest *diff_id, struct err *err) MUST_CHECK;
/* The directories of a view, bottom first. ERR_UNSUPPORTED: it is not made of directories that overlayfs takes. */
int containerd_snapshot_directories(const struct buf *mounts, struct strlist *out, struct err *err) MUST_CHECK;
