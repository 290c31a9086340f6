#include "transport/containerd/unpack.h"

#include <string.h>

#include "base/mem.h"
#include "transport/containerd/records.h"
#include "transport/containerd/snapshots.h"

#define LABEL "containerd.io/gc.ref.snapshot."

/* The snapshotter that ctr and nerdctl take, too. */
static const char *snapshotter(void)
{
	const char *said = getenv("CONTAINERD_SNAPSHOTTER");
	return said && *said ? said : "overlayfs";
}

static int unpack_layer(struct containerd *c, const struct oci_descriptor *layer, const struct oci_digest *diff_id,
			const char *parent, const struct oci_digest *chain, struct err *err)
{
	CLEANUP_FREE char *key = mem_printf("extract-slim-%d %s", (int)getpid(), chain->text);
	CLEANUP_BUF struct buf mounts = {0};
	struct oci_digest made;
	int r = containerd_snapshot_exists(c, snapshotter(), chain->text, err);
	if (r != 0)
		return r < 0 ? r : 0;
	if ((r = containerd_snapshot_prepare(c, snapshotter(), key, parent, &mounts, err)) < 0)
		return r;
	r = containerd_snapshot_apply(c, layer, &mounts, &made, err);
	if (r == 0 && !oci_digest_equal(&made, diff_id))
		r = err_set(err, ERR_CORRUPT, "diff-id-mismatch", "containerd unpacked %s instead of %s", made.text,
			    diff_id->text);
	if (r == 0)
		r = containerd_snapshot_commit(c, snapshotter(), chain->text, key, err);
	if (r == 0)
		return 0;
	containerd_snapshot_remove(c, snapshotter(), key);
	return containerd_snapshot_exists(c, snapshotter(), chain->text, NULL) > 0 ? 0 : r; /* another was faster */
}

int containerd_unpack(struct containerd *c, const struct oci_manifest *m, const struct oci_image_config *config,
		      struct err *err)
{
	CLEANUP_FREE char *label = mem_printf(LABEL "%s", snapshotter());
	struct oci_digest chain = {0}, parent = {0};
	for (size_t i = 0; i < m->n_layers; i++) {
		parent = chain;
		oci_chain_id(i ? &parent : NULL, &config->diff_ids[i], &chain);
		int r = unpack_layer(c, &m->layers[i], &config->diff_ids[i], parent.text, &chain, err);
		if (r < 0)
			return err_wrap(err, "--unpack: layer %zu", i + 1);
	}
	return m->n_layers ? containerd_content_set_label(c, &m->config.digest, label, chain.text, err) : 0;
}
