/* containerd's records are believed as far as its own directory goes: the layers must lie in it, only root may write
 * there, and their number is that of the config. What each of them holds is said by its chain ID, which names it. */
#include "transport/containerd/in_place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/privilege.h"
#include "transport/containerd/records.h"
#include "transport/containerd/root_entry.h"
#include "transport/containerd/snapshots.h"

#define SNAPSHOTTER "overlayfs" /* the one whose snapshots are a directory for each layer */

struct place {
	const struct containerd_layers *from;
	const char *root; /* the snapshotter's directory, without symlinks */
};

#define UNSUITED(...) err_set(err, ERR_UNSUPPORTED, "in-place-unsuited", __VA_ARGS__)

/* The key of the image's uppermost snapshot. A config blob's labels name those that it was unpacked to. */
static int find_chain(struct containerd *c, const struct containerd_layers *from, struct oci_digest *chain,
		      struct err *err)
{
	const struct oci_image_config *config = from->config;
	CLEANUP_STRLIST struct strlist labels = {0};
	struct oci_digest parent;
	int r = containerd_content_info(c, &from->manifest->config.digest, &labels, err);
	if (r < 0)
		return r;
	if (!config->n_layers || !strlist_get_env(&labels, "containerd.io/gc.ref.snapshot." SNAPSHOTTER))
		return UNSUITED("no snapshot of " SNAPSHOTTER " belongs to the image");
	for (size_t i = 0; i < config->n_layers; i++) {
		parent = *chain;
		oci_chain_id(i ? &parent : NULL, &config->diff_ids[i], chain);
	}
	return 0;
}

static int check_root(const char *root, struct err *err)
{
	struct stat st;
	if (lstat(root, &st) < 0)
		return err_sys(err, errno, "file-open", "%s", root);
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return UNSUITED("users other than root may write to %s", root);
	return 0;
}

/* ROOT/snapshots/NUMBER/fs, without symlinks. */
static bool is_snapshot(const char *root, const char *path)
{
	CLEANUP_FREE char *real = path[0] == '/' ? realpath(path, NULL) : NULL;
	CLEANUP_FREE char *start = mem_printf("%s/snapshots/", root);
	const size_t n = strlen(start);
	if (!real || strcmp(real, path) != 0 || strncmp(real, start, n) != 0)
		return false;
	const size_t digits = strspn(real + n, "0123456789");
	return digits && strcmp(real + n + digits, "/fs") == 0;
}

static int take_layer(const struct place *p, size_t i, const char *path, struct layer_unpacked *u, struct err *err)
{
	struct stat st;
	if (!is_snapshot(p->root, path))
		return UNSUITED("%s is not the directory of a snapshot below %s", path, p->root);
	if (lstat(path, &st) < 0)
		return err_sys(err, errno, "file-open", "%s", path);
	u->path = mem_strdup(path);
	return containerd_root_entry(p->from->blobs, &p->from->manifest->layers[i], u, err);
}

static int take_layers(struct containerd *c, const struct buf *mounts, const struct containerd_layers *from,
		       struct layer_unpacked *layers, struct err *err)
{
	CLEANUP_STRLIST struct strlist paths = {0};
	CLEANUP_FREE char *said = NULL, *root = NULL;
	int r = containerd_snapshot_directories(mounts, &paths, err);
	if (r < 0 || (r = containerd_root(c, SNAPSHOTTER, &said, err)) < 0)
		return r;
	if (paths.count != from->config->n_layers)
		return UNSUITED("it names %zu directories, the config has %zu layers", paths.count,
				from->config->n_layers);
	if (!(root = realpath(said, NULL)))
		return err_sys(err, errno, "file-open", "%s", said);
	const struct place p = {from, root};
	r = check_root(root, err);
	for (size_t i = 0; r == 0 && i < paths.count; i++)
		if ((r = take_layer(&p, i, paths.items[i], &layers[i], err)) < 0)
			return err_wrap(err, "layer %zu", i + 1);
	return r;
}

/* Whatever went wrong: the blobs are there. */
static int unsuited(int r, struct err *err)
{
	if (r == -ERR_CANCELLED)
		return r;
	err->code = ERR_UNSUPPORTED;
	return -ERR_UNSUPPORTED;
}

int containerd_in_place_open(struct containerd *c, const struct containerd_layers *from, struct containerd_in_place *p,
			     struct layer_unpacked **out, struct err *err)
{
	const size_t count = from->config->n_layers;
	CLEANUP_BUF struct buf mounts = {0};
	struct oci_digest chain;
	struct err e = {0};
	if (!err)
		err = &e;
	if (!privilege_is_full())
		return UNSUITED("only root of this machine may read them");
	int r = find_chain(c, from, &chain, err);
	if (r < 0 || (r = containerd_lease_begin(c, &p->lease, err)) < 0)
		return unsuited(r, err);
	CLEANUP_FREE char *key = mem_printf("%s-view", p->lease);
	r = containerd_snapshot_view(c, SNAPSHOTTER, key, chain.text, &mounts, err);
	if (r < 0) {
		containerd_in_place_close(c, p);
		return unsuited(r, err);
	}
	p->key = steal_ptr(&key);
	struct layer_unpacked *layers = mem_calloc(count, sizeof(*layers));
	r = take_layers(c, &mounts, from, layers, err);
	if (r == 0) {
		*out = layers;
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		free(layers[i].path);
	free(layers);
	containerd_in_place_close(c, p);
	return unsuited(r, err);
}

void containerd_in_place_close(struct containerd *c, struct containerd_in_place *p)
{
	containerd_clean_up(c);
	if (p->key)
		containerd_snapshot_remove(c, SNAPSHOTTER, p->key);
	containerd_lease_end(c, p->lease);
	free(p->key);
	free(p->lease);
	*p = (struct containerd_in_place){0};
}
