#include "store/layer_meta.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"
#include "text/json.h"

#define META_MAX 65536

static int parse_check(const json_t *v, struct image_layer *l, struct err *err)
{
	const char *text = NULL;
	int r = json_get_string(v, "check", false, &text, err);
	if (r < 0 || !text)
		return r;
	if (strlen(text) + 1 != sizeof(l->check))
		return err_set(err, ERR_CORRUPT, "layer-meta-malformed", "\"check\" is malformed");
	strcpy(l->check, text);
	return 0;
}

static int parse(const struct buf *text, struct image_layer *l, bool *needs_parents, struct err *err)
{
	json_auto_t *v = NULL;
	const char *diff_id;
	int r = json_parse_object(text->data, text->len, META_MAX, STORE_LAYER_META, &v, err);
	if (r < 0 || (r = json_get_string(v, "diff_id", true, &diff_id, err)) < 0 ||
	    (r = oci_digest_parse(diff_id, &l->diff_id, err)) < 0 ||
	    (r = json_get_uint(v, "bytes", true, &l->bytes, err)) < 0 ||
	    (r = json_get_uint(v, "entries", true, &l->entries, err)) < 0 ||
	    (r = json_get_uint(v, "files", true, &l->files, err)) < 0 ||
	    (r = json_get_uint(v, "tar_size", true, &l->tar_size, err)) < 0 || (r = parse_check(v, l, err)) < 0)
		return r;
	const json_t *bare = json_object_get(v, "bare_root"), *parents = json_object_get(v, "needs_parents");
	if (!json_is_boolean(bare) || !json_is_boolean(parents))
		return err_set(err, ERR_CORRUPT, "layer-meta-malformed", STORE_LAYER_META " lacks a member");
	l->bare_root = json_is_true(bare);
	*needs_parents = json_is_true(parents);
	return 0;
}

int store_layer_meta_read(int layers, const char *name, struct image_layer *l, bool *needs_parents,
			  struct timespec *used, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("%s/" STORE_LAYER_META, name);
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_FD int fd = openat(layers, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, errno, "layer-meta-read", STORE_LAYER_META);
	int r = fd_read_all(fd, META_MAX, STORE_LAYER_META, &text, err);
	if (r == 0)
		r = parse(&text, l, needs_parents, err);
	if (r == 0 && used)
		*used = st.st_mtim;
	return r;
}

int store_layer_meta_write(int dir, const struct image_layer *l, bool needs_parents, struct err *err)
{
	json_auto_t *v =
	    json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:b, s:s*}", "diff_id", l->diff_id.text, "bytes",
		      (json_int_t)l->bytes, "entries", (json_int_t)l->entries, "files", (json_int_t)l->files,
		      "tar_size", (json_int_t)l->tar_size, "bare_root", (int)l->bare_root, "needs_parents",
		      (int)needs_parents, "check", l->check[0] ? l->check : NULL);
	CLEANUP_BUF struct buf text = {0};
	json_write(v, &text);
	return fd_write_file_atomic(dir, STORE_LAYER_META, text.data, text.len, 0600, err);
}

void store_layer_meta_touch(int layers, const char *name)
{
	CLEANUP_FREE char *path = mem_printf("%s/" STORE_LAYER_META, name);
	if (utimensat(layers, path, NULL, AT_SYMLINK_NOFOLLOW) < 0)
		log_debug("layer %s: %s", name, strerror(errno)); /* only for what goes first when room is made */
}
