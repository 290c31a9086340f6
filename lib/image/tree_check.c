#include "image/tree_check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <isa-l/crc64.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/idmap.h"
#include "base/limits.h"
#include "base/mem.h"
#include "image/substitute.h"
#include "os/fd.h"
#include "os/walk.h"

#define BLOCK (256u << 10)

/* splitmix64's finalizer: sums of what it gives tell apart what sums of CRCs do not, which are linear. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static uint64_t mix_all(const uint64_t *values, size_t n)
{
	uint64_t x = 0;
	for (size_t i = 0; i < n; i++)
		x = mix(x ^ values[i]);
	return x;
}

static uint64_t time_of(struct image_tree_check *c, const struct stat *st)
{
	c->lost |= st->st_mtim.tv_sec < 0 || st->st_mtim.tv_sec > INT32_MAX;
	return (uint64_t)st->st_mtim.tv_sec;
}

uint64_t image_tree_check_crc(uint64_t crc, const void *data, size_t n)
{
	return crc64_ecma_refl(crc, data, n);
}

void image_tree_check_file(struct image_tree_check *c, uint64_t crc, uint64_t size, const struct stat *st)
{
	const uint64_t v[] = {crc, size, st->st_mode & 07777, (uint64_t)st->st_uid << 32 | st->st_gid, time_of(c, st)};
	c->contents += mix_all(v, sizeof(v) / sizeof(v[0]));
}

void image_tree_check_name(struct image_tree_check *c, const char *path, const char *target, const struct stat *st)
{
	uint64_t v[] = {image_tree_check_crc(0, path, strlen(path) + 1), st->st_mode & S_IFMT, 0, 0, 0};
	if (target)
		v[0] = image_tree_check_crc(v[0], target, strlen(target) + 1);
	if (S_ISDIR(st->st_mode)) {
		v[2] = st->st_mode & 07777;
		v[3] = (uint64_t)st->st_uid << 32 | st->st_gid;
		v[4] = time_of(c, st);
	}
	c->names += mix_all(v, sizeof(v) / sizeof(v[0]));
}

void image_tree_check_text(const struct image_tree_check *c, char out[static IMAGE_TREE_CHECK_SIZE])
{
	out[0] = '\0';
	if (!c->lost)
		snprintf(out, IMAGE_TREE_CHECK_SIZE, "%016" PRIx64 "%016" PRIx64, c->names, c->contents);
}

struct measuring {
	struct image_tree_measure m;
	struct idmap seen; /* inodes of more than one name */
	char *block;
	int (*stop)(void *ctx, struct err *err);
	void *ctx;
};

static int read_file(struct measuring *m, const struct walk_entry *e, uint64_t *crc, struct err *err)
{
	CLEANUP_FD int fd = openat(e->dir, e->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "layer-entry-read", "cannot open");
	for (;;) {
		ssize_t n = read(fd, m->block, BLOCK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "file-read", "cannot read");
		if (n == 0)
			return 0;
		*crc = image_tree_check_crc(*crc, m->block, (size_t)n);
		int r = m->stop ? m->stop(m->ctx, err) : 0;
		if (r < 0)
			return r;
	}
}

static int measure(struct measuring *m, const struct walk_entry *e, struct err *err)
{
	struct stat st = e->st;
	char target[LIMIT_PATH + 2];
	image_substitute_stat(e->dir, e->name, &st);
	ssize_t n = S_ISLNK(st.st_mode) ? readlinkat(e->dir, e->name, target, sizeof(target) - 1) : 0;
	if (n < 0)
		return err_sys(err, errno, "layer-entry-read", "cannot read the symlink");
	target[n] = '\0';
	image_tree_check_name(&m->m.check, e->path, S_ISLNK(st.st_mode) ? target : NULL, &st);
	if (!S_ISREG(st.st_mode))
		return 0;
	bool added = st.st_nlink < 2 || idmap_add(&m->seen, 0, st.st_ino);
	uint64_t crc = 0;
	int r = added ? read_file(m, e, &crc, err) : 0;
	if (!added || r < 0)
		return r;
	image_tree_check_file(&m->m.check, crc, (uint64_t)st.st_size, &st);
	m->m.files++;
	m->m.bytes += (uint64_t)st.st_size;
	return 0;
}

static int measure_entry(void *ctx, const struct walk_entry *e, struct err *err)
{
	int r = measure(ctx, e, err);
	if (r >= 0 || r == -ERR_CANCELLED)
		return r;
	CLEANUP_BUF struct buf shown = {0};
	buf_escape(&shown, e->path, strnlen(e->path, 512));
	return err_wrap(err, "\"/%s\"", shown.data);
}

int image_tree_measure(int root, int (*stop)(void *ctx, struct err *err), void *ctx, struct image_tree_measure *out,
		       struct err *err)
{
	struct measuring m = {.block = mem_alloc(BLOCK), .stop = stop, .ctx = ctx};
	struct stat st;
	int r = fstat(root, &st) < 0 ? err_sys(err, errno, "layer-open", "the layer's root") : 0;
	if (r == 0) {
		image_tree_check_name(&m.m.check, "", NULL, &st);
		r = walk_tree(root, measure_entry, &m, err);
	}
	if (r == 0)
		*out = m.m;
	idmap_done(&m.seen);
	free(m.block);
	return r;
}
