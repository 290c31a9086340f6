#include "store/config_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"

#define DIR_NAME "configs"

static char *path_of(const struct oci_digest *digest)
{
	return mem_printf(DIR_NAME "/%s", oci_digest_hex(digest));
}

bool store_config_find(const struct store *s, const struct oci_digest *digest, struct buf *out)
{
	CLEANUP_FREE char *path = path_of(digest);
	CLEANUP_BUF struct buf bytes = {0};
	struct oci_digest real;
	if (fd_read_file(s->fd, path, LIMIT_CONFIG, &bytes, NULL) < 0)
		return false;
	oci_digest_of(bytes.data, bytes.len, &real);
	if (!oci_digest_equal(&real, digest))
		return false;
	(void)utimensat(s->fd, path, NULL, 0); /* mark it as used; fails harmlessly if the store is read-only */
	out->len = 0;
	buf_append(out, bytes.data, bytes.len);
	return true;
}

/* While there are too many, the one that was not used for longest goes. */
static void make_room(int dir)
{
	for (;;) {
		CLEANUP_FREE char *oldest = NULL;
		struct timespec then = {0};
		size_t n = 0;
		int list = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		DIR *d = list < 0 ? NULL : fdopendir(list);
		if (!d) {
			if (list >= 0)
				close(list);
			return;
		}
		for (struct dirent *e; (e = readdir(d));) {
			struct stat st;
			if (e->d_name[0] == '.' || fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
				continue;
			n++;
			const struct timespec *t = &st.st_mtim;
			if (oldest &&
			    (t->tv_sec > then.tv_sec || (t->tv_sec == then.tv_sec && t->tv_nsec >= then.tv_nsec)))
				continue;
			free(oldest);
			oldest = mem_strdup(e->d_name);
			then = *t;
		}
		closedir(d);
		if (n <= LIMIT_STORE_CONFIGS || unlinkat(dir, oldest, 0) < 0)
			return;
	}
}

void store_config_keep(const struct store *s, const struct oci_digest *digest, const struct buf *bytes)
{
	CLEANUP_FREE char *path = path_of(digest);
	struct err e = {0};
	if (fd_mkdir_p(s->fd, DIR_NAME, 0700, &e) < 0 ||
	    fd_write_file_atomic(s->fd, path, bytes->data, bytes->len, 0600, &e) < 0) {
		log_debug("the config is not kept: %s", e.msg);
		return;
	}
	CLEANUP_FD int dir = openat(s->fd, DIR_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir >= 0)
		make_room(dir);
}
