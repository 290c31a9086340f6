#include "store/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"
#include "store/layer_meta.h"
#include "store/layer_store.h"
#include "text/quantity.h"

#define CONFIGS "configs" /* small files beside the layers, made again when they are missed */

/* ---- list ---- */

static bool is_layer_name(const char *name)
{
	return strlen(name) == SHA256_HEX_SIZE - 1 && strspn(name, "0123456789abcdef") == SHA256_HEX_SIZE - 1;
}

/* The exclusive lock on a layer: 1 and *fd (-1 for a broken one, that nobody can have open), 0 when it is in use or
 * gone. */
static int take(const struct store *s, const char *name, int *fd, struct err *err)
{
	CLEANUP_FREE char *fs = mem_printf("%s/fs", name);
	CLEANUP_FD int at = openat(s->layers_fd, fs, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	*fd = -1;
	if (at < 0)
		return 1;
	if (flock(at, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			return 0;
		return err_sys(err, errno, "store-without-locks",
			       "store %s: its file system does not support locks, which slim needs to know which "
			       "layers are in use",
			       s->path);
	}
	if (!store_layer_is(s, fs, at))
		return 0; /* somebody was faster */
	*fd = steal_fd(&at);
	return 1;
}

static void load(const struct store *s, struct store_cached *c)
{
	struct image_layer l = {0};
	struct err e = {0};
	struct stat st;
	bool parents = false;
	CLEANUP_FREE char *fs = mem_printf("%s/fs", c->name);
	if (store_layer_meta_read(s->layers_fd, c->name, &l, &parents, &c->used, &e) < 0)
		c->broken = mem_strdup(e.msg);
	else if (fstatat(s->layers_fd, fs, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
		c->broken = mem_strdup("its directory fs is missing");
	else if (!parents && strcmp(oci_digest_hex(&l.diff_id), c->name) != 0)
		c->broken = mem_printf("its " STORE_LAYER_META " is of another layer");
	if (!l.diff_id.text[0])
		return;
	c->diff_id = l.diff_id;
	c->bytes = l.bytes;
	c->files = l.files;
	memcpy(c->check, l.check, sizeof(c->check));
}

static int by_use(const void *a, const void *b)
{
	const struct store_cached *x = a, *y = b;
	if (!x->broken != !y->broken)
		return x->broken ? -1 : 1;
	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	if (x->used.tv_nsec != y->used.tv_nsec)
		return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int list_names(const struct store *s, struct strlist *out, struct err *err)
{
	int fd = openat(s->layers_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		int e = errno;
		if (fd >= 0)
			close(fd);
		return err_sys(err, e, "store-list", "cannot list store %s", s->path);
	}
	for (struct dirent *e; (e = readdir(d));)
		if (is_layer_name(e->d_name))
			strlist_add(out, e->d_name);
	closedir(d);
	return 0;
}

int store_cache_list(const struct store *s, struct store_cache *out, struct err *err)
{
	CLEANUP_STRLIST struct strlist names = {0};
	CLEANUP_STORE_CACHE struct store_cache c = {0};
	int r = list_names(s, &names, err);
	c.items = mem_calloc(names.count, sizeof(*c.items));
	for (size_t i = 0; r >= 0 && i < names.count; i++) {
		struct store_cached *one = &c.items[c.count++];
		CLEANUP_FD int lock = -1;
		one->name = mem_strdup(names.items[i]);
		load(s, one);
		r = take(s, one->name, &lock, err);
		one->in_use = r == 0;
	}
	if (r < 0)
		return r;
	if (c.count)
		qsort(c.items, c.count, sizeof(*c.items), by_use);
	*out = c;
	c = (struct store_cache){0};
	return 0;
}

void store_cache_done(struct store_cache *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->items[i].name);
		free(c->items[i].broken);
	}
	free(c->items);
	*c = (struct store_cache){0};
}

/* ---- prune ---- */

/* 1 when it is gone, 0 when somebody has it open. */
static int remove_layer(const struct store *s, const struct store_run *run, struct store_cached *c, struct err *err)
{
	CLEANUP_FD int names = store_layer_names_lock(s);
	CLEANUP_FD int lock = -1;
	int r = take(s, c->name, &lock, err);
	c->in_use = r == 0;
	if (r <= 0)
		return r;
	if (renameat2(s->layers_fd, c->name, run->fd, c->name, RENAME_NOREPLACE) < 0)
		return errno == ENOENT ? 0
				       : err_sys(err, errno, "store-remove", "cannot remove layer %s from store %s",
						 c->name, s->path);
	/* No name leads to it any more. Close it before removing it all, so that a waiting process gets the lock now.
	 */
	cleanup_closep(&names);
	names = -1;
	if (lock >= 0)
		flock(lock, LOCK_UN);
	c->removed = true;
	struct err e = {0};
	if (fd_remove_tree(run->fd, c->name, &e) < 0)
		log_debug("layer %s: %s", c->name, e.msg); /* goes with the run */
	return 1;
}

static bool is_older(const struct timespec *used, uint64_t seconds)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t age = now.tv_sec - used->tv_sec - (now.tv_nsec < used->tv_nsec); /* whole seconds */
	return age >= 0 && (uint64_t)age >= seconds;
}

static void prune_configs(const struct store *s, const struct store_cache_limits *l)
{
	int fd = openat(s->fd, CONFIGS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	struct stat st;
	for (struct dirent *e; (e = readdir(d));)
		if (is_layer_name(e->d_name) && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    (l->all || (l->by_age && is_older(&st.st_mtim, l->older_than))))
			(void)unlinkat(dirfd(d), e->d_name, 0); /* costs a few bytes when it stays */
	closedir(d);
}

int store_cache_prune(const struct store *s, const struct store_run *run, const struct store_cache_limits *l,
		      const struct progress *progress, struct store_cache *out, struct err *err)
{
	CLEANUP_STORE_CACHE struct store_cache c = {0};
	uint64_t total = 0;
	int r = store_cache_list(s, &c, err);
	for (size_t i = 0; i < c.count; i++)
		total += c.items[i].bytes;
	for (size_t i = 0; r >= 0 && i < c.count; i++) {
		struct store_cached *one = &c.items[i];
		if (!one->broken && !l->all && !(l->by_age && is_older(&one->used, l->older_than)) &&
		    !(l->by_size && total > l->max_bytes))
			continue;
		if ((r = progress_check(progress, err)) < 0)
			break;
		if (l->dry_run)
			one->removed = !one->in_use;
		else
			r = remove_layer(s, run, one, err);
		if (one->removed)
			total -= one->bytes;
	}
	if (r < 0)
		return r;
	if (!l->dry_run)
		prune_configs(s, l);
	*out = c;
	c = (struct store_cache){0};
	return 0;
}

int store_cache_max(uint64_t *max, struct err *err)
{
	const char *text = getenv("SLIM_CACHE_MAX");
	if (!text || !*text)
		return 0;
	int r = quantity_parse_bytes(text, max, err);
	return r < 0 ? err_wrap(err, "SLIM_CACHE_MAX") : 1;
}

/* ---- verify ---- */

static int may_go_on(void *ctx, struct err *err)
{
	return progress_check(ctx, err);
}

/* 1: it was read, 0: it is gone meanwhile. c->broken says what is wrong with it. */
static int read_layer(const struct store *s, struct store_cached *c, const struct progress *progress, struct err *err)
{
	CLEANUP_FREE char *fs = mem_printf("%s/fs", c->name);
	CLEANUP_FD int fd = openat(s->layers_fd, fs, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct image_tree_measure m = {0};
	struct err e = {0};
	char check[IMAGE_TREE_CHECK_SIZE];
	if (fd < 0 || !store_layer_lock(s, fs, fd))
		return 0;
	int r = image_tree_measure(fd, may_go_on, (void *)progress, &m, &e);
	if (r == -ERR_CANCELLED) {
		if (err)
			*err = e;
		return r;
	}
	image_tree_check_text(&m.check, check);
	if (r < 0)
		c->broken = mem_strdup(e.msg);
	else if (!c->check[0])
		return 1;
	else if (m.files != c->files || m.bytes != c->bytes)
		c->broken = mem_printf("it holds %llu files of %llu bytes, %llu of %llu bytes were unpacked",
				       (unsigned long long)m.files, (unsigned long long)m.bytes,
				       (unsigned long long)c->files, (unsigned long long)c->bytes);
	else if (memcmp(check, c->check, IMAGE_TREE_CHECK_SIZE / 2) != 0)
		c->broken = mem_strdup("its names or directories are not those that were unpacked");
	else if (strcmp(check, c->check) != 0)
		c->broken = mem_strdup("its files differ from the unpacked ones");
	return 1;
}

int store_cache_verify(const struct store *s, const struct store_run *run, const struct progress *progress,
		       struct store_cache *out, struct err *err)
{
	CLEANUP_STORE_CACHE struct store_cache c = {0};
	int r = store_cache_list(s, &c, err);
	for (size_t i = 0; r >= 0 && i < c.count; i++) {
		struct store_cached *one = &c.items[i];
		if ((r = progress_step(progress, "verify", i, c.count, "layers", err)) < 0)
			break;
		if (!one->broken)
			r = read_layer(s, one, progress, err);
		if (r >= 0 && one->broken && run)
			r = remove_layer(s, run, one, err);
	}
	if (r < 0)
		return r;
	*out = c;
	c = (struct store_cache){0};
	return 0;
}
