#include "unit.h"

#include "unpack/text_image.h"
#include "image/index.h"
#include "unpack/in_place.h"

/* Layers by hand outside of the store, and an image that says where they are. */
struct foreign {
	struct test_store t;
	struct oci_image_config config;
	struct layer_unpacked unpacked[4];
	struct unpack_blob_source image;
	int fds[4];
};

static void foreign_init(struct foreign *f, size_t n)
{
	test_store_init(&f->t);
	f->config = (struct oci_image_config){.n_layers = n, .diff_ids = mem_calloc(n, sizeof(struct oci_digest))};
	f->image = (struct unpack_blob_source){.config = &f->config, .unpacked = f->unpacked, .n_unpacked = n};
	for (size_t i = 0; i < n; i++) {
		char *path = mem_printf("%s/engine/%zu/diff", f->t.dir, i);
		assert_int_equal(fd_mkdir_p(AT_FDCWD, path, 0755, NULL), 0);
		f->fds[i] = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		f->unpacked[i] = (struct layer_unpacked){.path = path};
		oci_digest_of(&i, sizeof(i), &f->config.diff_ids[i]);
	}
}

static void foreign_done(struct foreign *f)
{
	for (size_t i = 0; i < f->image.n_unpacked; i++) {
		close(f->fds[i]);
		free(f->unpacked[i].path);
	}
	oci_image_config_done(&f->config);
	test_store_done(&f->t);
}

static void take(struct foreign *f, struct image_layers *out)
{
	struct err e = {0};
	if (unpack_image(&f->t.store, &f->t.run, &f->image, NULL, out, &e) < 0)
		fail_msg("%s", e.msg);
}

static void they_are_counted_and_not_copied(void **state)
{
	NEEDS_ROOT();
	struct foreign f;
	struct image_layers out = {0};
	foreign_init(&f, 2);
	f.unpacked[0].entries = 5;
	test_store_put(f.fds[0], "d/ d/one=12345 two=678 d/same&two l->two");
	test_store_put(f.fds[1], "!two d/ d/!! d/more=9");
	take(&f, &out);
	assert_int_equal(out.count, 2);
	assert_int_equal(out.items[0].entries, 5);
	assert_int_equal(out.items[0].files, 2); /* hard links once */
	assert_int_equal(out.items[0].bytes, 8);
	assert_int_equal(out.items[1].files, 1);
	assert_true(out.items[1].in_place && !out.items[1].cached);
	assert_string_equal(out.items[1].path, f.unpacked[1].path);
	assert_string_equal(out.items[1].diff_id.text, f.config.diff_ids[1].text);
	assert_int_equal(out.written, 0);
	assert_int_equal(count_layers(&f.t), 0);
	image_layers_done(&out);
	foreign_done(&f);
}

/* Whatever is done with them, nothing in them changes, and could not. */
static void nothing_is_written_there(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct foreign f;
	struct image_layers out = {0};
	foreign_init(&f, 2);
	test_store_put(f.fds[0], "d/ d/one=12345 two=678");
	test_store_put(f.fds[1], "!two d/ d/more=9");
	const struct timespec old[2] = {{1000, 1}, {2000, 2}};
	struct stat before, after;
	assert_int_equal(utimensat(f.fds[0], "d/one", old, 0), 0);
	assert_int_equal(utimensat(f.fds[0], "d", old, 0), 0);
	assert_int_equal(fstatat(f.fds[0], "d/one", &before, 0), 0);
	take(&f, &out);
	assert_int_equal(openat(out.items[0].fd, "d/one", O_WRONLY | O_CLOEXEC), -1);
	assert_int_equal(errno, EROFS);
	assert_int_equal(mkdirat(out.items[0].fd, "new", 0755), -1);
	CLEANUP_IMAGE_INDEX struct image_index *x = NULL;
	struct err e = {0};
	assert_int_equal(image_index_build(&out, &x, &e), 0);
	CLEANUP_BUF struct buf text = {0};
	assert_true(image_index_text(x, "/d/one", 100, &text));
	assert_string_equal(text.data, "12345");

	struct image_overlay o;
	if (image_overlay_mount(f.t.run.fd, f.t.run.path, "root", &out, NULL, &o, &e) < 0)
		fail_msg("%s", e.msg);
	text.len = 0;
	assert_int_equal(fd_read_file(o.fd, "d/one", 100, &text, NULL), 0);
	CLEANUP_FD int changed = openat(o.fd, "d/one", O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_true(changed >= 0);
	assert_int_equal(unlinkat(o.fd, "d/more", 0), 0);
	image_overlay_done(&o);

	assert_int_equal(fstatat(f.fds[0], "d/one", &after, 0), 0);
	assert_memory_equal(&before, &after, sizeof(before)); /* with its access time and time of change */
	assert_int_equal(fstatat(f.fds[0], "d", &after, 0), 0);
	assert_int_equal(after.st_atim.tv_sec, 1000);
	assert_int_equal(faccessat(f.fds[1], "d/more", F_OK, 0), 0);
	image_layers_done(&out);
	foreign_done(&f);
}

static void refused_one(const char *mark, const char *value, uint64_t entries, const char *message)
{
	struct foreign f;
	struct image_layers out = {0};
	struct err e = {0};
	foreign_init(&f, 2);
	test_store_put(f.fds[0], "low/");
	test_store_put(f.fds[1], "d/ d/below/ d/below/f=text");
	CLEANUP_FD int dir = openat(f.fds[1], "d/below", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FREE char *name = mem_printf("%s%s", image_substitute_overlay_prefix(), mark);
	assert_int_equal(fsetxattr(dir, name, value, strlen(value), 0), 0);
	f.unpacked[1].entries = entries;
	int r = unpack_in_place(&f.t.store, &f.image, NULL, &out, &e);
	if (!message && r < 0)
		fail_msg("%s: %s", mark, e.msg);
	if (message && (r != -ERR_UNSUPPORTED || strncmp(e.msg, "layer 2 of 2: /", 15) != 0 || !strstr(e.msg, message)))
		fail_msg("%s: %d: %s", mark, r, e.msg);
	image_layers_done(&out);
	foreign_done(&f);
}

static void what_overlayfs_would_read_otherwise_is_refused(void **state)
{
	NEEDS_ROOT();
	refused_one("opaque", "y", 3, NULL);
	refused_one("origin", "anything", 0, NULL);
	refused_one("impure", "y", 0, NULL);
	refused_one("redirect", "/elsewhere", 0, "/d/below has the attribute");
	refused_one("metacopy", "", 0, "/d/below has the attribute");
	refused_one("opaque", "x", 0, "/d/below has the attribute"); /* whiteouts that are xattrs */
	refused_one("opaque", "y", 4, "it has 3 entries, but its tar has 4");
}

/* What the tar of one says, or the file system of one that is used in place. */
static void holes_are_counted(void **state)
{
	NEEDS_ROOT();
	struct foreign f;
	struct image_layers out = {0};
	struct err e = {0};
	foreign_init(&f, 2);
	for (int i = 0; i < 2; i++) {
		CLEANUP_FD int fd = openat(f.fds[i], "sparse", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		assert_int_equal(ftruncate(fd, 10 << 20), 0);
		assert_int_equal(pwrite(fd, "x", 1, 5 << 20), 1);
	}
	f.t.store.max_sparse = 20 << 20;
	take(&f, &out);
	image_layers_done(&out);
	f.t.store.max_sparse = 19 << 20;
	assert_int_equal(unpack_image(&f.t.store, &f.t.run, &f.image, NULL, &out, &e), -ERR_LIMIT);
	assert_non_null(strstr(e.msg, "layer 2 of 2"));
	assert_non_null(strstr(e.msg, "entry \"sparse\""));
	foreign_done(&f);
}

static void a_missing_directory_is_told(void **state)
{
	NEEDS_ROOT();
	struct foreign f;
	struct image_layers out = {0};
	struct err e = {0};
	foreign_init(&f, 1);
	free(f.unpacked[0].path);
	f.unpacked[0].path = mem_printf("%s/engine/none", f.t.dir);
	assert_int_equal(unpack_image(&f.t.store, &f.t.run, &f.image, NULL, &out, &e), -ERR_NOTFOUND);
	assert_non_null(strstr(e.msg, "engine/none"));
	foreign_done(&f);
}

/* An engine's directories lack the root's metadata, and may have more of the times than the tar. */
static void what_the_tar_says_counts(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct foreign f;
	struct image_layers out = {0};
	struct err e = {0};
	foreign_init(&f, 2);
	test_store_put(f.fds[0], "exact=1 d/");
	test_store_put(f.fds[1], "whole=1 d/");
	const struct timespec times[2] = {{5, 6}, {7, 8}};
	assert_int_equal(utimensat(f.fds[0], "exact", times, 0), 0);
	assert_int_equal(utimensat(f.fds[1], "whole", times, 0), 0);
	assert_int_equal(utimensat(f.fds[1], "d", times, 0), 0);
	f.unpacked[0].root = (struct stat){.st_mode = S_IFDIR | 01700, .st_uid = 3, .st_gid = 4, .st_mtim = {9, 10}};
	f.unpacked[1].root = (struct stat){.st_mode = S_IFDIR | 0755};
	f.unpacked[1].bare_root = true;
	f.unpacked[1].whole_seconds = true;
	take(&f, &out);
	CLEANUP_IMAGE_INDEX struct image_index *x = NULL;
	assert_int_equal(image_index_build(&out, &x, &e), 0);
	const struct image_node *root = image_index_node(x, 0);
	assert_int_equal(root->mode, S_IFDIR | 01700);
	assert_int_equal(root->uid, 3);
	assert_int_equal(root->gid, 4);
	assert_int_equal(root->mtime_s, 9);
	assert_int_equal(root->mtime_ns, 10);
	const char *const paths[] = {"/exact", "/whole", "/d"};
	for (size_t i = 0; i < 3; i++) {
		uint32_t id = image_index_resolve(x, paths[i], false, NULL, NULL);
		assert_int_equal(image_index_node(x, id)->mtime_s, 7);
		assert_int_equal(image_index_node(x, id)->mtime_ns, i == 0 ? 8 : 0);
	}
	struct image_overlay o;
	assert_int_equal(image_overlay_mount(f.t.run.fd, f.t.run.path, "root", &out, NULL, &o, &e), 0);
	struct stat st;
	assert_int_equal(fstat(o.fd, &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 01700);
	assert_int_equal(st.st_uid, 3);
	image_overlay_done(&o);
	image_layers_done(&out);
	foreign_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(they_are_counted_and_not_copied),
	    cmocka_unit_test(nothing_is_written_there),
	    cmocka_unit_test(what_overlayfs_would_read_otherwise_is_refused),
	    cmocka_unit_test(holes_are_counted),
	    cmocka_unit_test(a_missing_directory_is_told),
	    cmocka_unit_test(what_the_tar_says_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
