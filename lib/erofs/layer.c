#include "erofs/layer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "image/overlay.h"
#include "os/fd.h"

#define IMAGE_NAME "layer.erofs"
#define MOUNT_NAME "layer.mount"
#define TRIAL_NAME "layer.trial"

/* Without a name: the space is free again once the image is not mounted any more. */
static int write_image(int dir, const char *path, int tar, const struct oci_digest *diff_id, struct erofs_image *made,
		       struct err *err)
{
	CLEANUP_FD int fd = openat(dir, IMAGE_NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || unlinkat(dir, IMAGE_NAME, 0) < 0)
		return err_sys(err, errno, "file-create", "create %s/%s", path, IMAGE_NAME);
	/* the first of its hexadecimal digits are as good as any bytes */
	int r = erofs_image_write(tar, fd, oci_digest_hex(diff_id), made, err);
	return r < 0 ? r : steal_fd(&fd);
}

/* Whether an overlay can lie on it: file systems may be stacked only so high. */
static int try_overlay(int dir, const char *path, const struct image_layers *layers, struct err *err)
{
	struct image_overlay o = {.fd = -1};
	struct err refused = {0};
	int r = image_overlay_mount(dir, path, TRIAL_NAME, layers, NULL, &o, &refused);
	if (r < 0)
		return err_set(err, ERR_UNSUPPORTED, "erofs-mount", "an overlay on EROFS: %s", refused.msg);
	image_overlay_done(&o);
	return 0;
}

static int open_in(int dir, const char *path, int tar, struct erofs_layer *out, struct err *err)
{
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	struct image_layer *l = out->layers.items;
	CLEANUP_FREE char *place = mem_printf("%s/%s", path, MOUNT_NAME);
	CLEANUP_FD int image = write_image(dir, path, tar, &l->diff_id, &made, err);
	int r = image < 0 ? image : fd_mkdir_p(dir, MOUNT_NAME, 0700, err);
	if (r < 0 || (r = erofs_mount_open(place, image, tar, &made, &out->mount, &l->fd, err)) < 0)
		return r;
	l->path = steal_ptr(&place);
	l->bytes = made.bytes;
	l->entries = made.entries;
	l->files = made.files;
	l->bare_root = made.bare_root;
	return try_overlay(dir, path, &out->layers, err);
}

int erofs_layer_open(int dir, const char *path, int tar, const struct oci_digest *diff_id, uint64_t tar_size,
		     struct erofs_layer *out, struct err *err)
{
	struct erofs_layer l = {.layers = {.items = mem_calloc(1, sizeof(*l.layers.items)), .count = 1}};
	l.layers.items[0] = (struct image_layer){.diff_id = *diff_id, .fd = -1, .tar_size = tar_size, .own_fs = true};
	int r = open_in(dir, path, tar, &l, err);
	if (r < 0)
		erofs_layer_done(&l);
	else
		*out = l;
	return r;
}

void erofs_layer_done(struct erofs_layer *l)
{
	image_layers_done(&l->layers);
	erofs_mount_done(&l->mount);
}
