#include "unit.h"

#include <dirent.h>

#include "base/strset.h"
#include "image/index.h"
#include "layer/entry.h"
#include "unpack/tree.h"

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

static void build(struct tree *t)
{
	tree_init(t);
	for (size_t i = 0; i < sizeof(layers_of_words) / sizeof(layers_of_words[0]); i++)
		tree_put(tree_layer(t), layers_of_words[i]);
	t->layers.items[3].bare_root = true;
	assert_int_equal(fchmod(t->layers.items[2].fd, 01751), 0);
	assert_int_equal(fchown(t->layers.items[2].fd, 7, 8), 0);
}

static struct image_index *index_of(const struct tree *t)
{
	struct image_index *x = NULL;
	struct err e = {0};
	if (image_index_build(&t->layers, &x, &e) < 0)
		fail_msg("%s", e.msg);
	return x;
}

static int overlay_of(struct tree *t, struct image_overlay *o)
{
	struct err e = {0};
	if (image_overlay_mount(t->run.fd, t->run.path, "test", &t->layers, o, &e) < 0)
		fail_msg("%s", e.msg);
	return o->fd;
}

static void same_node(const struct image_index *x, uint32_t id, int dir, const char *name)
{
	const struct image_node *n = image_index_node(x, id);
	struct stat st;
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, id, &path);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) < 0)
		fail_msg("%s is not in the overlay: %s", path.data, strerror(errno));
	if (n->mode != st.st_mode || n->uid != st.st_uid || n->gid != st.st_gid ||
	    n->mtime.tv_sec != st.st_mtim.tv_sec || n->mtime.tv_nsec != st.st_mtim.tv_nsec ||
	    (!S_ISDIR(st.st_mode) && n->size != (uint64_t)st.st_size))
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

/* The directory of node id and the overlay's have the same names; all below, too. */
static void same_dir(const struct image_index *x, uint32_t id, int fd)
{
	const struct image_node *n = image_index_node(x, id);
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fdopendir(again);
	assert_non_null(d);
	uint32_t seen = 0;
	for (struct dirent *e; (e = readdir(d));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		uint32_t child = image_index_child(x, id, e->d_name, strlen(e->d_name));
		if (child == IMAGE_NONE)
			fail_msg("%s is not in the index", e->d_name);
		assert_int_equal(image_index_node(x, child)->parent, id);
		assert_true(child > id);
		same_node(x, child, again, e->d_name);
		if (S_ISDIR(image_index_node(x, child)->mode)) {
			CLEANUP_FD int next = openat(again, e->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
			same_dir(x, child, next);
		}
		seen++;
	}
	closedir(d);
	assert_int_equal(seen, n->n_children);
	for (uint32_t i = 1; i < n->n_children; i++)
		assert_true(strcmp(image_index_node(x, n->first_child + i - 1)->name,
				   image_index_node(x, n->first_child + i)->name) < 0);
}

static void it_is_what_the_overlay_is(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct tree t;
	build(&t);
	struct image_overlay o;
	int root = overlay_of(&t, &o);
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);
	same_node(x, 0, root, "");
	assert_int_equal(image_index_node(x, 0)->mode, S_IFDIR | 01751);
	assert_int_equal(image_index_node(x, 0)->uid, 7);
	same_dir(x, 0, root);
	image_overlay_done(&o);
	tree_done(&t);
}

static void resolve_one(const struct image_index *x, int root, const char *path, bool follow)
{
	uint32_t id = image_index_resolve(x, path, follow, NULL, NULL);
	CLEANUP_FD int fd = fd_open_in_root(root, path, O_PATH | (follow ? 0 : O_NOFOLLOW), 0, NULL);
	if ((fd >= 0) != (id != IMAGE_NONE))
		fail_msg("\"%s\", %s: the kernel %s it, the index %s", path, follow ? "followed" : "not followed",
			 fd >= 0 ? "finds" : "does not find", id != IMAGE_NONE ? "does" : "does not");
	if (fd >= 0)
		same_node(x, id, fd, "");
}

static void resolution_is_the_kernels(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct tree t;
	build(&t);
	char name[8], target[8];
	for (int i = 0; i < 43; i++) { /* 40 is the most that is followed */
		snprintf(name, sizeof(name), "s%d", i);
		snprintf(target, sizeof(target), "s%d", i + 1);
		assert_int_equal(symlinkat(i == 42 ? "bin" : target, t.layers.items[3].fd, name), 0);
	}
	struct image_overlay o;
	int root = overlay_of(&t, &o);
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);

	static const char *const first[] = {"",       "/",       "l/",     "/etc/",  "etc/deep/../", "l/dir/", "l/up/",
					    "l/abs/", "l/root/", "../../", "l/dot/", "bin/sh/",      "l/file/"};
	static const char *const last[] = {
	    "",          "l",       "etc",        "etc/",      "etc/passwd",  "etc/passwd/", "etc/passwd/.",
	    "bin/sh/..", "l/loop1", "loop1",      "self/",     "l/self",      "dangling",    "l/dangling",
	    "up",        "up/",     "up/deep/c",  "l/up/deep", "abs",         "abs/c",       "file",
	    "file/",     "slash",   "slash/",     "fileslash", "fileslash/",  "dot",         "dot/",
	    "chain",     "chain/",  "chain1",     "dirdir",    "dirdir/a",    "root",        "root/bin",
	    "rootdot",   "deep/",   "deep/a",     "deep/b",    "..",          ".",           "./",
	    "../",       "....",    "../..//.",   "s0",        "s1",          "s2",          "s3",
	    "s2/",       "s3/",     "s3/sh",      "s2/sh",     "s4/../l/s",   "lib/x",       "lib/y",
	    "gone",      "gone/in", "gone/again", "hard1",     "opq/sub/low", "opq/sub",     "nothing",
	    "fifo",      "a//z",    "a",          "a-b",       "/etc//hosts", "//",
	};
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		for (size_t j = 0; j < sizeof(last) / sizeof(last[0]); j++) {
			CLEANUP_FREE char *path = mem_printf("%s%s", first[i], last[j]);
			resolve_one(x, root, path, true);
			resolve_one(x, root, path, false);
		}
	}
	static const size_t lengths[] = {255, 256, 4095, 4096};
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		CLEANUP_FREE char *path = mem_alloc(lengths[i] + 1);
		memset(path, 'x', lengths[i]);
		resolve_one(x, root, path, true);
		memset(path, '/', lengths[i]);
		resolve_one(x, root, path, true);
	}
	image_overlay_done(&o);
	tree_done(&t);
}

static void note(void *ctx, uint32_t id, bool symlink)
{
	struct buf *b = ((void **)ctx)[0];
	buf_char(b, ' ');
	image_index_path(((void **)ctx)[1], id, b);
	buf_str(b, symlink ? "@" : "");
}

static void visit_one(struct image_index *x, const char *path, bool follow, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	void *ctx[2] = {&b, x};
	(void)image_index_resolve(x, path, follow, note, ctx); /* what it visits is the question here */
	assert_string_equal(b.data, want);
}

static void every_node_on_the_way_is_visited(void **state)
{
	NEEDS_ROOT();
	struct tree t;
	build(&t);
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);
	visit_one(x, "/bin/sh", true, " / /bin /bin/sh");
	visit_one(x, "/bin/none", true, " / /bin");
	visit_one(x, "/lib/x", true, " / /lib@ /usr /usr/lib /usr/lib/x");
	visit_one(x, "/abs", true, " / /abs@ / /etc /etc/passwd");
	visit_one(x, "/abs", false, " / /abs");
	visit_one(x, "/l/slash", false, " / /l /l/slash");
	visit_one(x, "/l/slash/", false, " / /l /l/slash@ / /etc");
	visit_one(x, "/bin/sh/x", true, " / /bin /bin/sh");
	tree_done(&t);
}

static const char *xattr(const struct layer_entry *e, const char *name)
{
	for (size_t i = 0; i < e->n_xattrs; i++)
		if (strcmp(e->xattrs[i].name, name) == 0)
			return e->xattrs[i].value;
	return NULL;
}

static void entries_carry_what_a_tar_needs(void **state)
{
	NEEDS_ROOT();
	struct tree t;
	tree_init(&t);
	int fd = tree_layer(&t);
	tree_put(fd, "d/ d/f=text d/l->f d/p| d/!!");
	assert_int_equal(image_substitute_mknod(fd, "d/null", S_IFCHR | 0600, makedev(1, 3)), 0);
	char path[64], buf[IMAGE_SUBSTITUTE_NAME];
	static const char *const with_xattr[] = {"d", "d/f", "d/l", "d/p", "d/null"};
	const bool everywhere = privilege_is_full(); /* else not on symlinks and fifos */
	for (size_t i = 0; i < 5; i++) {
		if (!everywhere && (i == 2 || i == 3))
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", fd, with_xattr[i]);
		assert_int_equal(lsetxattr(path, image_substitute_xattr("trusted.x", buf), with_xattr[i],
					   strlen(with_xattr[i]) + 1, 0),
				 0);
	}
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);
	for (size_t i = 0; i < 5; i++) {
		struct layer_entry e;
		struct err err = {0};
		uint32_t id = image_index_resolve(x, with_xattr[i], false, NULL, NULL);
		if (image_index_entry(x, id, &e, &err) < 0)
			fail_msg("%s", err.msg);
		assert_string_equal(e.path, with_xattr[i]);
		assert_int_equal(e.n_xattrs, everywhere || (i != 2 && i != 3)); /* not trusted.overlay.opaque */
		if (e.n_xattrs)
			assert_string_equal(xattr(&e, "trusted.x"), with_xattr[i]);
		assert_int_equal(S_ISCHR(e.mode), i == 4);
		assert_int_equal(e.size, i == 1 ? 4 : 0);
		assert_int_equal(e.rdev, i == 4 ? makedev(1, 3) : 0);
		if (i == 2)
			assert_string_equal(e.link, "f");
		else
			assert_null(e.link);
		assert_int_equal(image_index_open(x, id, &err) >= 0, i == 1);
		layer_entry_done(&e);
	}
	tree_done(&t);
}

static void no_layers_is_an_empty_root(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct tree t;
	tree_init(&t);
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);
	assert_int_equal(image_index_count(x), 1);
	assert_int_equal(image_index_resolve(x, "/..", true, NULL, NULL), 0);
	assert_int_equal(image_index_resolve(x, "/x", true, NULL, NULL), IMAGE_NONE);
	struct layer_entry e;
	assert_int_equal(image_index_entry(x, 0, &e, NULL), 0);
	assert_string_equal(e.path, "");
	layer_entry_done(&e);
	struct image_overlay o;
	int root = overlay_of(&t, &o);
	same_dir(x, 0, root);
	image_overlay_done(&o);
	tree_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_what_the_overlay_is),        cmocka_unit_test(resolution_is_the_kernels),
	    cmocka_unit_test(every_node_on_the_way_is_visited), cmocka_unit_test(entries_carry_what_a_tar_needs),
	    cmocka_unit_test(no_layers_is_an_empty_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
