#include "store/config_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"

#define DIR_NAME "configs"
#define REFERENCE "user.slim.reference"
#define REFERENCE_MAX 1024 /* bytes; a longer one is left out */

static char *path_of(const struct oci_digest *digest)
{
	return mem_printf(DIR_NAME "/%s", oci_digest_hex(digest));
}

/* False if there is none, or it is damaged. */
static bool read_config(int store, const struct oci_digest *digest, struct buf *out)
{
	CLEANUP_FREE char *path = path_of(digest);
	struct oci_digest real;
	if (fd_read_file(store, path, LIMIT_CONFIG, out, NULL) < 0)
		return false;
	oci_digest_of(out->data, out->len, &real);
	return oci_digest_equal(&real, digest);
}

bool store_config_find(const struct store *s, const struct oci_digest *digest, struct buf *out)
{
	CLEANUP_FREE char *path = path_of(digest);
	CLEANUP_BUF struct buf bytes = {0};
	if (!read_config(s->fd, digest, &bytes))
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

static void write_config(const struct store *s, const char *path, const struct buf *bytes)
{
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

void store_config_keep(const struct store *s, const struct oci_digest *digest, const struct buf *bytes,
		       const char *reference)
{
	CLEANUP_FREE char *path = path_of(digest);
	CLEANUP_BUF struct buf known = {0};
	if (!store_config_find(s, digest, &known))
		write_config(s, path, bytes);
	CLEANUP_FD int fd = reference ? openat(s->fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (fd >= 0 && fsetxattr(fd, REFERENCE, reference, strlen(reference), 0) < 0)
		log_debug("the config's reference is not kept: %s", strerror(errno)); /* some file systems */
}

static int is_config(const struct dirent *e)
{
	return strlen(e->d_name) == 64;
}

static void read_one(int store, const char *hex, const char *text, store_config_each *each, void *ctx)
{
	CLEANUP_BUF struct buf bytes = {0};
	CLEANUP_FREE char *whole = mem_printf("sha256:%s", hex);
	struct oci_digest digest;
	char reference[REFERENCE_MAX + 1];
	if (oci_digest_parse(whole, &digest, NULL) < 0 || !read_config(store, &digest, &bytes) ||
	    !memmem(bytes.data, bytes.len, text, strlen(text)))
		return;
	CLEANUP_FREE char *path = path_of(&digest);
	CLEANUP_FD int fd = openat(store, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	const ssize_t n = fd < 0 ? -1 : fgetxattr(fd, REFERENCE, reference, REFERENCE_MAX);
	reference[n > 0 ? n : 0] = '\0';
	each(ctx, &digest, &bytes, reference[0] ? reference : NULL);
}

void store_configs_read(int store, const char *text, store_config_each *each, void *ctx)
{
	struct dirent **names;
	const int n = scandirat(store, DIR_NAME, &names, is_config, alphasort);
	for (int i = 0; i < n; i++) {
		if (i < LIMIT_STORE_CONFIGS)
			read_one(store, names[i]->d_name, text, each, ctx);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}
