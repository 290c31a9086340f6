#include "unit.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "unpack/text_image.h"
#include "image/index.h"
#include "text/path.h"

struct merged {
	const char *name;
	const char *layers[5];
	const char *want;
	unsigned chained; /* bit i: layer i is stored under its chain ID, not its diff ID */
};

static const struct merged merges[] = {
    {"upper over lower",
     {"d . 750 1:2 3\nd a 755 0:0 1\nf a/x 644 0:0 1 low\nf a/y 644 0:0 1 low\n",
      "d a 700 5:5 2\nf a/.wh.y 0 0:0 1\nf a/x 644 0:0 2 high\n"},
     "d . 750 1:2 3\nd a 700 5:5 2\nf a/x 644 0:0 2 high\n",
     0},
    {"an implied directory is the lower one",
     {"d a 755 0:0 1\nd a/b 1770 3:4 5.000000006\nx user.u=u\nf a/b/x 644 0:0 1 low\n", "d a 711 1:1 7\n",
      "f a/b/y 644 0:0 2 high\n", "f a/b/z 644 0:0 3 higher\n"},
     "d . 755 0:0 0\nd a 711 1:1 7\nd a/b 1770 3:4 5.000000006\nx user.u=u\nf a/b/x 644 0:0 1 low\n"
     "f a/b/y 644 0:0 2 high\nf a/b/z 644 0:0 3 higher\n",
     12},
    {"without becoming opaque, nor staying it",
     {"d a 755 0:0 1\nf a/x 644 0:0 1 low\n", "d a 700 0:0 2\nf a/.wh..wh..opq 0 0:0 1\nf a/y 644 0:0 1 mid\n",
      "f a/z 644 0:0 1 high\n"},
     "d . 755 0:0 0\nd a 700 0:0 2\nf a/y 644 0:0 1 mid\nf a/z 644 0:0 1 high\n",
     4},
    {"an implied directory below one that was replaced is new",
     {"d a 700 1:1 1\nd a/b 700 1:1 1\nf a/b/x 644 0:0 1 low\n",
      "d a 755 0:0 2\nf a/.wh..wh..opq 0 0:0 1\nf a/b/y 644 0:0 1 high\n"},
     "d . 755 0:0 0\nd a 755 0:0 2\nd a/b 755 0:0 0\nf a/b/y 644 0:0 1 high\n",
     2},
    {"an implied directory over a whiteout is new",
     {"d a 700 1:1 1\nf a/x 644 0:0 1 low\n", "f .wh.a 0 0:0 1\nf a/y 644 0:0 1 high\n"},
     "d . 755 0:0 0\nd a 755 0:0 0\nf a/y 644 0:0 1 high\n",
     0},
    {"a hidden directory lends nothing",
     {"d a 700 1:1 1\n", "f .wh.a 0 0:0 1\n", "f a/y 644 0:0 1 high\n"},
     "d . 755 0:0 0\nd a 755 0:0 0\nf a/y 644 0:0 1 high\n",
     4},
    {"a hard link to a lower file",
     {"d a 750 2:2 9\nf a/f 4751 3:4 5.000000006 text\nx user.u=u\nx security.s=s\n",
      "d b 755 0:0 3\nh b/g 4751 3:4 5 a/f\n"},
     "d . 755 0:0 0\nd a 750 2:2 9\nf#2 a/f 4751 3:4 5.000000006 text\nx security.s=s\nx user.u=u\nd b 755 0:0 3\n"
     "f#2 b/g 4751 3:4 5.000000006 text\nx security.s=s\nx user.u=u\n",
     2},
    {"more than one, and to each other",
     {"f f 644 0:0 5 text\n", "h g 644 0:0 5 f\nh h 644 0:0 5 f\nh i 644 0:0 5 g\nf h 600 0:0 6 no\n"},
     "d . 755 0:0 0\nf#3 f 644 0:0 5 text\nf#3 g 644 0:0 5 text\nf h 600 0:0 6 no\nf#3 i 644 0:0 5 text\n",
     2},
    {"a hard link to what this layer removes",
     {"f f 644 0:0 5 text\n", "f .wh.f 0 0:0 1\nh g 644 0:0 5 f\nh h 644 0:0 5 f\n"},
     "d . 755 0:0 0\nf#2 g 644 0:0 5 text\nf#2 h 644 0:0 5 text\n",
     2},
    {"a hard link to what this layer then replaces",
     {"f f 644 0:0 5 text\n", "h g 644 0:0 5 f\nf f 644 0:0 6 new\n"},
     "d . 755 0:0 0\nf f 644 0:0 6 new\nf g 644 0:0 5 text\n",
     2},
    {"a hard link that is replaced is none",
     {"f f 644 0:0 5 text\n", "h g 644 0:0 5 none\nf g 644 0:0 6 new\nh d/g 644 0:0 5 f\nf d 644 0:0 6 new\n"},
     "d . 755 0:0 0\nf d 644 0:0 6 new\nf f 644 0:0 5 text\nf g 644 0:0 6 new\n",
     2},
    {"the third layer links to what the second copied up",
     {"f f 644 0:0 5 text\n", "h g 644 0:0 5 f\n", "h h 644 0:0 5 g\n"},
     "d . 755 0:0 0\nf#2 f 644 0:0 5 text\nf#2 g 644 0:0 5 text\nf#2 h 644 0:0 5 text\n",
     6},
    {"hard links to lower symlinks and devices",
     {"l l 777 1:2 5 target\nc c 640 1:2 5 1:3\n", "h m 777 1:2 5 l\nh d 640 1:2 5 c\n"},
     "d . 755 0:0 0\nc c 640 1:2 5 1:3\nc d 640 1:2 5 1:3\nl l 777 1:2 5 target\nl m 777 1:2 5 target\n",
     2},
    {"the same layer twice",
     {"f a 644 0:0 1 one\n", "f a 644 0:0 2 two\n", "f a 644 0:0 1 one\n"},
     "d . 755 0:0 0\nf a 644 0:0 1 one\n",
     0},
    {"the same layer twice, over other parents",
     {"f d/a 644 0:0 1 one\n", "d d 700 1:1 2\nf d/a 644 0:0 2 two\n", "f d/a 644 0:0 1 one\n"},
     "d . 755 0:0 0\nd d 700 1:1 2\nf d/a 644 0:0 1 one\n",
     4},
    {"the root of the middle layer",
     {"d . 700 1:1 1\n", "d . 711 2:2 2\nf a 644 0:0 1\n", "f b 644 0:0 1\n"},
     "d . 711 2:2 2\nf a 644 0:0 1\nf b 644 0:0 1\n",
     0},
};

static void check_names(const struct merged *m, const struct text_image *img, const struct image_layers *l)
{
	struct oci_digest chain = {0};
	for (size_t i = 0; i < l->count; i++) {
		struct oci_digest parent = chain;
		oci_chain_id(i ? &parent : NULL, &img->diff_ids[i], &chain);
		bool chained = m->chained & 1u << i;
		CLEANUP_FREE char *end =
		    mem_printf("/layers/%s/fs", oci_digest_hex(chained ? &chain : &img->diff_ids[i]));
		if (!path_ends_with(l->items[i].path, end))
			fail_msg("%s: layer %zu has the wrong name", m->name, i);
	}
}

static void merge_one(const struct merged *m)
{
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	text_image_init(&img, &t, "image", m->layers);
	for (int cached = 0; cached < 2; cached++) {
		struct image_layers out = {0};
		struct image_overlay o;
		struct err e = {0};
		unpack_ok(&img, &t, &out);
		if (image_overlay_mount(t.run.fd, t.run.path, "root", &out, NULL, &o, &e) < 0)
			fail_msg("%s", e.msg);
		CLEANUP_FD int root = openat(o.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		CLEANUP_FREE char *got = render(root);
		if (strcmp(got, m->want) != 0)
			fail_msg("%s:\n%s\nexpected:\n%s", m->name, got, m->want);
		check_names(m, &img, &out);
		for (size_t i = 0; i < out.count; i++)
			if (out.items[i].cached != cached)
				fail_msg("%s: layer %zu is %s", m->name, i, cached ? "not cached" : "cached");
		image_overlay_done(&o);
		image_layers_done(&out);
	}
	text_image_done(&img);
	test_store_done(&t);
}

static void layers_together_are_the_image(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	mode_t old = umask(077);
	for (size_t i = 0; i < sizeof(merges) / sizeof(merges[0]); i++)
		merge_one(&merges[i]);
	umask(old);
}

static const char *const plain[] = {"f a 644 0:0 1 text of a\n",
				    "d d 755 0:0 1\nf d/b 644 0:0 1 text of b\nh d/c 644 0:0 1 d/b\n",
				    "f c 644 0:0 1 text of c\n", NULL};

static void it_counts(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	text_image_init(&img, &t, "image", plain);
	for (int i = 0; i < 2; i++) { /* measured, and then read from meta.json */
		struct image_layers out = {0};
		unpack_ok(&img, &t, &out);
		assert_int_equal(out.count, 3);
		assert_int_equal(out.items[1].bytes, 9);
		assert_int_equal(out.items[1].files, 1);
		assert_int_equal(out.items[1].entries, 3);
		assert_true(out.items[1].bare_root);
		assert_true(out.items[1].tar_size > 0 && out.items[1].tar_size % 512 == 0);
		assert_string_equal(out.items[1].diff_id.text, img.diff_ids[1].text);
		image_layers_done(&out);
	}
	text_image_done(&img);
	test_store_done(&t);
}

static char *blob_path(const struct text_image *img, size_t layer)
{
	return mem_printf("%s/blobs/sha256/%s", img->layout, oci_digest_hex(&img->manifest.layers[layer].digest));
}

enum damage { FLIP, CUT, GROW, WRONG_DIFF_ID, OTHER_BLOB, FOREIGN };

static void damage_one(enum damage kind, int code, const char *message)
{
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	text_image_init(&img, &t, "image", plain);
	CLEANUP_FREE char *path = blob_path(&img, 1), *other = blob_path(&img, 2);
	int none[3] = {scratch_file(), scratch_file(), scratch_file()};
	CLEANUP_BUF struct buf blob = {0};
	assert_int_equal(fd_read_file(AT_FDCWD, kind == OTHER_BLOB ? other : path, 1 << 20, &blob, NULL), 0);
	switch (kind) {
	case FLIP:
		blob.data[1030] ^= 1; /* in the content of d/b */
		break;
	case CUT:
		blob.len -= 1024;
		break;
	case GROW:
		buf_append(&blob, "0123456789", 10);
		break;
	case WRONG_DIFF_ID:
	case OTHER_BLOB:
		oci_digest_of("other", 5, &img.diff_ids[1]);
		break;
	case FOREIGN:
		strcpy(img.manifest.layers[1].media_type, "application/vnd.oci.image.layer.nondistributable.v1.tar");
		break;
	}
	if (kind == WRONG_DIFF_ID || kind == FOREIGN) { /* a manifest of its own for it */
		for (size_t i = 0; i < 3; i++) {
			CLEANUP_FREE char *p = blob_path(&img, i);
			CLEANUP_BUF struct buf b = {0};
			assert_int_equal(fd_read_file(AT_FDCWD, p, 1 << 20, &b, NULL), 0);
			assert_int_equal(fd_write_all(none[i], b.data, b.len, NULL), 0);
			lseek(none[i], 0, SEEK_SET);
		}
		text_image_write(&img, none);
	} else {
		assert_int_equal(fd_write_file_atomic(AT_FDCWD, path, blob.data, blob.len, 0644, NULL), 0);
	}
	struct image_layers out = {0};
	struct err e = {0};
	int rc = text_image_unpack(&img, &t.store, &t.run, NULL, &out, &e);
	CLEANUP_FREE char *prefix = mem_printf("layer 2 of 3 (%s): ", img.manifest.layers[1].digest.text);
	if (rc != -code || strncmp(e.msg, prefix, strlen(prefix)) != 0 || !strstr(e.msg, message))
		fail_msg("%d: %d: %s", kind, rc, e.msg);
	assert_int_not_equal(faccessat(t.store.layers_fd, oci_digest_hex(&img.diff_ids[1]), F_OK, 0), 0);
	for (size_t i = 0; i < 3; i++)
		close(none[i]);
	text_image_done(&img);
	test_store_done(&t);
}

static void a_layer_that_is_not_what_was_promised(void **state)
{
	NEEDS_ROOT();
	damage_one(FLIP, ERR_CORRUPT, "digest");
	damage_one(CUT, ERR_CORRUPT, "");
	damage_one(GROW, ERR_CORRUPT, "");
	damage_one(WRONG_DIFF_ID, ERR_CORRUPT, "but its diff ID in the config is");
	damage_one(OTHER_BLOB, ERR_CORRUPT, "");
	damage_one(FOREIGN, ERR_UNSUPPORTED, "");
}

static void the_store_saves_reading(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	struct image_layers out = {0};
	text_image_init(&img, &t, "image", plain);
	unpack_ok(&img, &t, &out);
	image_layers_done(&out);

	/* a damaged one is made anew, the others are not asked for */
	CLEANUP_FREE char *meta = mem_printf("%s/meta.json", oci_digest_hex(&img.diff_ids[1]));
	assert_int_equal(unlinkat(t.store.layers_fd, meta, 0), 0);
	for (size_t i = 0; i < 3; i += 2) {
		CLEANUP_FREE char *path = blob_path(&img, i);
		assert_int_equal(unlink(path), 0);
	}
	unpack_ok(&img, &t, &out);
	assert_true(out.items[0].cached && !out.items[1].cached && out.items[2].cached);
	assert_int_equal(faccessat(t.store.layers_fd, meta, F_OK, 0), 0);
	assert_int_equal(faccessat(out.items[1].fd, "d/b", F_OK, 0), 0);
	image_layers_done(&out);
	text_image_done(&img);
	test_store_done(&t);
}

/* A layer that is at the bottom of one image, where it got nothing from below, means another thing in
 * the middle of another image. */
static void a_bottom_layer_elsewhere(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	struct image_layers out = {0};
	const char *const bottom[] = {"f d/f 644 0:0 1 x\n", NULL};
	const char *const middle[] = {"d d 700 7:7 7\n", "f d/f 644 0:0 1 x\n", NULL};
	text_image_init(&img, &t, "bottom", bottom);
	unpack_ok(&img, &t, &out);
	CLEANUP_FREE char *a = render(out.items[0].fd);
	assert_string_equal(a, "d . 755 0:0 0\nd d 755 0:0 0\nf d/f 644 0:0 1 x\n");
	image_layers_done(&out);
	text_image_done(&img);
	text_image_init(&img, &t, "middle", middle);
	unpack_ok(&img, &t, &out);
	assert_false(out.items[1].cached);
	CLEANUP_FREE char *b = render(out.items[1].fd);
	assert_string_equal(b, "d . 755 0:0 0\nd d 700 7:7 7\nf d/f 644 0:0 1 x\n");
	image_layers_done(&out);
	text_image_done(&img);
	test_store_done(&t);
}

struct watch {
	uint64_t last, total;
	unsigned calls;
	int cancel_pipe; /* written to at the first call; -1 = not */
	bool die;
};

static void watch_step(void *ctx, const char *stage, uint64_t done, uint64_t total, const char *unit)
{
	struct watch *w = ctx;
	assert_string_equal(stage, "unpack");
	assert_string_equal(unit, "bytes");
	assert_true(done >= w->last && done <= total);
	w->last = done;
	w->total = total;
	w->calls++;
	if (w->cancel_pipe >= 0)
		assert_int_equal(write(w->cancel_pipe, "x", 1), 1);
	if (w->die)
		kill(getpid(), SIGKILL);
}

/* Blobs that are read in many pieces: files of random text. */
static void big_image(struct text_image *img, const struct test_store *t)
{
	const char *layers[4] = {0};
	struct buf b[3] = {{0}};
	unsigned seed = 1;
	for (int i = 0; i < 3; i++) {
		for (int f = 0; f < 40; f++) {
			buf_printf(&b[i], "f f%d-%d 644 0:0 1 ", i, f);
			for (int n = 0; n < 20000; n++)
				buf_char(&b[i], (char)('a' + rand_r(&seed) % 26));
			buf_char(&b[i], '\n');
		}
		layers[i] = b[i].data;
	}
	text_image_init(img, t, "big", layers);
	for (int i = 0; i < 3; i++)
		buf_done(&b[i]);
}

static void progress_is_told_and_cancel_heard(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	big_image(&img, &t);
	int fds[2];
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	struct watch w = {.cancel_pipe = fds[1]};
	struct progress p = {.step = watch_step, .ctx = &w, .cancel_fd = fds[0]};
	struct image_layers out = {0};
	struct err e = {0};
	assert_int_equal(text_image_unpack(&img, &t.store, &t.run, &p, &out, &e), -ERR_CANCELLED);
	assert_null(out.items);
	char c;
	for (unsigned i = 0; i < w.calls; i++)
		assert_int_equal(read(fds[0], &c, 1), 1);
	w = (struct watch){.cancel_pipe = -1};
	if (text_image_unpack(&img, &t.store, &t.run, &p, &out, &e) < 0)
		fail_msg("%s", e.msg);
	assert_true(w.calls > 1);
	assert_int_equal(w.last, w.total);
	close(fds[0]);
	close(fds[1]);
	image_layers_done(&out);
	text_image_done(&img);
	test_store_done(&t);
}

static void a_killed_unpack_leaves_nothing(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	big_image(&img, &t);
	pid_t pid = fork();
	if (pid == 0) {
		struct store s;
		struct store_run r;
		struct watch w = {.cancel_pipe = -1, .die = true};
		struct progress p = {.step = watch_step, .ctx = &w, .cancel_fd = -1};
		struct image_layers out = {0};
		struct err e = {0};
		if (store_open(t.store.path, &s, NULL) < 0 || store_run_new(&s, &r, NULL) < 0)
			_exit(1);
		text_image_unpack(&img, &s, &r, &p, &out, &e);
		_exit(2);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(count_layers(&t), 0);
	store_reap(&t.store);
	struct dirent **list;
	CLEANUP_FREE char *runs = mem_printf("%s/runs", t.store.path);
	int n = scandir(runs, &list, no_dots, NULL);
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	assert_int_equal(n, 1); /* ours */
	text_image_done(&img);
	test_store_done(&t);
}

static void two_processes_at_once(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	big_image(&img, &t);
	pid_t pids[3];
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		struct store s;
		struct store_run r;
		struct image_layers out = {0};
		struct err e = {0};
		if (store_open(t.store.path, &s, NULL) < 0 || store_run_new(&s, &r, NULL) < 0 ||
		    text_image_unpack(&img, &s, &r, NULL, &out, &e) < 0)
			_exit(1);
		for (size_t l = 0; l < 3; l++) {
			CLEANUP_FREE char *name = mem_printf("f%zu-39", l);
			struct stat st;
			if (fstatat(out.items[l].fd, name, &st, 0) < 0 || st.st_size != 20000 || st.st_mtim.tv_sec != 1)
				_exit(2);
		}
		image_layers_done(&out);
		store_run_done(&r);
		store_done(&s);
		_exit(0);
	}
	for (int i = 0; i < 3; i++) {
		int status;
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_layers(&t), 3);
	text_image_done(&img);
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(layers_together_are_the_image),
	    cmocka_unit_test(it_counts),
	    cmocka_unit_test(a_layer_that_is_not_what_was_promised),
	    cmocka_unit_test(the_store_saves_reading),
	    cmocka_unit_test(a_bottom_layer_elsewhere),
	    cmocka_unit_test(progress_is_told_and_cancel_heard),
	    cmocka_unit_test(a_killed_unpack_leaves_nothing),
	    cmocka_unit_test(two_processes_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
