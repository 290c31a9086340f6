/* tests/unit/image/words.h - layers written by hand, their index and their overlay: what the tests of the index share.
 */
#pragma once

#include "image/index.h"
#include "test_store.h"

/* Bottom first; what the kernel's overlay makes of them is the expected result of every test here. */
static const char *const layers_of_words[] = {
    /* plain tree, links */
    "bin/ bin/sh=sh etc/ etc/passwd=root etc/hosts=lo etc/deep/ etc/deep/a=1 etc/deep/b=2 usr/ usr/lib/ usr/lib/x=x "
    "lib->usr/lib abs->/etc/passwd gone/ gone/in=1 opq/ opq/low=1 opq/sub/ opq/sub/low=1 fifo| file=low dir/ dir/in=1 "
    "hard1=h hard2&hard1 a-b=1 a.b=2 a/ a/z=1 ab=3",
    /* hides, replaces, merges */
    "etc/ etc/deep/ !etc/deep/a etc/deep/c=3 !gone opq/ opq/!! opq/new=1 file/ file/now=dir dir=file etc/passwd=two "
    "hard1=own !nothing",
    /* comes back over what was hidden */
    "gone/ gone/again=1 opq/ opq/sub/ opq/sub/high=1 dir/ dir/third=3 usr/ usr/lib/ usr/lib/y=y etc/ etc/deep/ "
    "etc/deep/a=9",
    /* links of all kinds */
    "l/ l/loop1->loop2 l/loop2->loop1 l/self->self l/dangling->nowhere l/up->../../../../etc l/abs->/etc/deep "
    "l/file->../bin/sh l/slash->../etc/ l/fileslash->../bin/sh/ l/dot->. l/chain->chain1 l/chain1->chain2 "
    "l/chain2->abs/c l/dir->../etc l/dirdir->dir/deep l/root->/ l/rootdot->/../.. !fifo",
};

static inline void build(struct test_store *t)
{
	test_store_init(t);
	for (size_t i = 0; i < sizeof(layers_of_words) / sizeof(layers_of_words[0]); i++)
		test_store_put(test_store_layer(t), layers_of_words[i]);
	t->layers.items[3].bare_root = true;
	assert_int_equal(fchmod(t->layers.items[2].fd, 01751), 0);
	assert_int_equal(fchown(t->layers.items[2].fd, 7, 8), 0);
}

static inline struct image_index *index_of(const struct test_store *t)
{
	struct image_index *x = NULL;
	struct err e = {0};
	if (image_index_build(&t->layers, &x, &e) < 0)
		fail_msg("%s", e.msg);
	return x;
}

static inline int overlay_of(struct test_store *t, struct image_overlay *o)
{
	struct err e = {0};
	if (image_overlay_mount(t->run.fd, t->run.path, "test", &t->layers, NULL, o, &e) < 0)
		fail_msg("%s", e.msg);
	return o->fd;
}

static inline void same_node(const struct image_index *x, uint32_t id, int dir, const char *name)
{
	const struct image_node *n = image_index_node(x, id);
	struct stat st;
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, id, &path);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) < 0)
		fail_msg("%s is not in the overlay: %s", path.data, strerror(errno));
	if (n->mode != st.st_mode || n->uid != st.st_uid || n->gid != st.st_gid || n->mtime_s != st.st_mtim.tv_sec ||
	    n->mtime_ns != st.st_mtim.tv_nsec || (!S_ISDIR(st.st_mode) && n->size != (uint64_t)st.st_size))
		fail_msg("%s differs", path.data);
	char target[4096] = "";
	if (readlinkat(dir, name, target, sizeof(target) - 1) > 0)
		assert_string_equal(target, n->target);
	if (S_ISREG(st.st_mode) && name[0]) {
		CLEANUP_BUF struct buf a = {0}, b = {0};
		CLEANUP_FD int fd = image_index_open(x, id, NULL);
		assert_true(fd >= 0);
		assert_int_equal(fd_read_all(fd, 1 << 20, "a", &a, NULL), 0);
		assert_int_equal(fd_read_file(dir, name, 1 << 20, &b, NULL), 0);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.data, b.data, a.len + 1);
	}
}
