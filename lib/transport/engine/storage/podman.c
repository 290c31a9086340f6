/* podman's overlay: ROOT/overlay-images/ID/=BASE64 are the files of an image by their names; the config's name is its
 * digest. ROOT/overlay-layers/layers.json has the diff ID of each layer's name; NAME.tar-split.gz lies beside it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "text/base64.h"
#include "text/json.h"
#include "transport/engine/storage/storage.h"

static int config(int root, const struct oci_digest *id, struct buf *out, struct err *err)
{
	CLEANUP_BUF struct buf path = {0};
	buf_printf(&path, "overlay-images/%s/=", oci_digest_hex(id));
	base64_encode(id->text, strlen(id->text), &path);
	return fd_read_file(root, path.data, LIMIT_CONFIG, out, err);
}

static int check_layer(int root, const char *name, const struct oci_digest *diff_id, struct err *err)
{
	static const char path[] = "overlay-layers/layers.json";
	CLEANUP_BUF struct buf text = {0};
	json_error_t e;
	int r = fd_read_file(root, path, LIMIT_ENGINE_LAYERS, &text, err);
	if (r < 0)
		return r;
	json_auto_t *layers = json_loadb(text.data ? text.data : "", text.len, 0, &e);
	size_t i;
	json_t *layer;
	json_array_foreach (layers, i, layer) {
		const char *id = json_string_value(json_object_get(layer, "id"));
		const char *diff = json_string_value(json_object_get(layer, "diff-digest"));
		if (id && strcmp(id, name) == 0 && diff && strcmp(diff, diff_id->text) == 0)
			return 0;
	}
	return err_set(err, ERR_UNSUPPORTED, "in-place-unsuited", "%s does not say that %s is %s", path, name,
		       diff_id->text);
}

static int tar_split(int root, const char *name, const struct oci_digest *diff_id, const struct oci_digest *chain_id,
		     struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("overlay-layers/%s.tar-split.gz", name);
	int r = check_layer(root, name, diff_id, err);
	if (r < 0)
		return r;
	int fd = openat(root, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "file-open", "%s", path) : fd;
}

const struct engine_storage engine_storage_podman = {
    .driver = "overlay",
    .folder = "overlay",
    .config = config,
    .tar_split = tar_split,
};
