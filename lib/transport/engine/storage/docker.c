/* Docker's overlay2: ROOT/image/overlay2/imagedb/content/sha256/HEX are configs. layerdb/sha256/CHAINHEX/ has three
 * files of a layer: diff (its diff ID), cache-id (the name of its directory in ROOT/overlay2) and tar-split.json.gz. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "transport/engine/storage/storage.h"

#define DATABASE "image/overlay2/"
#define WORD_MAX 256

static int config(int root, const struct oci_digest *id, struct buf *out, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf(DATABASE "imagedb/content/sha256/%s", oci_digest_hex(id));
	return fd_read_file(root, path, LIMIT_CONFIG, out, err);
}

static int check_word(int root, const char *layer, const char *name, const char *expected, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", layer, name);
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(root, path, WORD_MAX, &text, err);
	if (r == 0 && strcmp(text.data ? text.data : "", expected) != 0)
		r = err_set(err, ERR_UNSUPPORTED, "in-place-unsuited", "%s does not say %s", path, expected);
	return r;
}

static int tar_split(int root, const char *name, const struct oci_digest *diff_id, const struct oci_digest *chain_id,
		     struct err *err)
{
	CLEANUP_FREE char *layer = mem_printf(DATABASE "layerdb/sha256/%s", oci_digest_hex(chain_id));
	CLEANUP_FREE char *path = mem_printf("%s/tar-split.json.gz", layer);
	int r = check_word(root, layer, "diff", diff_id->text, err);
	if (r < 0 || (r = check_word(root, layer, "cache-id", name, err)) < 0)
		return r;
	int fd = openat(root, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "file-open", "%s", path) : fd;
}

const struct engine_storage engine_storage_docker = {
    .driver = "overlay2",
    .folder = "overlay2",
    .config = config,
    .tar_split = tar_split,
};
