#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "layer/writer.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "text/base64.h"
#include "transport/engine/opened.h"

/* An engine of the test's own: this function is in the place of engine.c's, which is not linked. */
struct engine {
	json_t *info;
	bool away;
};

const char *engine_name(const struct engine *e)
{
	return "the test's engine";
}

/* Docker's directory with an image of two layers, and what the engine tells of it. */
struct fixture {
	char dir[64];
	int fd;
	struct engine engine;
	struct engine_source s;
	struct oci_digest ids[2], chains[2];
};

static void put(struct fixture *f, const char *path, const void *data, size_t n)
{
	CLEANUP_FREE char *parent = mem_strdup(path);
	*strrchr(parent, '/') = '\0';
	assert_int_equal(fd_mkdir_p(f->fd, parent, 0755, NULL), 0);
	assert_int_equal(fd_write_file_atomic(f->fd, path, data, n, 0644, NULL), 0);
}

static void put_text(struct fixture *f, const char *path, const char *text)
{
	put(f, path, text, strlen(text));
}

static void bytes_line(struct buf *out, const void *data, size_t n)
{
	buf_str(out, "{\"type\":2,\"payload\":\"");
	base64_encode(data, n, out);
	buf_str(out, "\",\"position\":0}\n");
}

/* Of a tar with the root (its mtime with a fraction or not), a file, a whiteout and an opaque mark. */
static void make_split(struct buf *out, long nanoseconds, const char *xattr)
{
	char path[] = "/var/tmp/slim-unit-XXXXXX";
	CLEANUP_FD int fd = mkostemp(path, O_CLOEXEC);
	unlink(path);
	struct layer_entry root = {
	    .path = mem_strdup(""), .mode = S_IFDIR | 0711, .uid = 3, .gid = 4, .mtime = {5, nanoseconds}};
	if (xattr)
		layer_entry_add_xattr(&root, xattr, "v", 1);
	CLEANUP_LAYER_WRITER struct layer_writer *w = layer_writer_new(fd, OCI_COMPRESSION_NONE, 0);
	struct layer_digests d;
	struct err e = {0};
	assert_int_equal(layer_writer_add(w, &root, -1, &e), 0);
	assert_int_equal(layer_writer_finish(w, &d, &e), 0);
	layer_entry_done(&root);
	CLEANUP_BUF struct buf tar = {0};
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(fd_read_all(fd, 1 << 20, "tar", &tar, NULL), 0);
	bytes_line(out, tar.data, tar.len - 1024); /* without the end */
	buf_str(out, "{\"type\":1,\"name\":\"./\",\"payload\":null,\"position\":1}\n");
	char block[512] = {0};
	bytes_line(out, block, sizeof(block));
	buf_str(out, "{\"type\":1,\"name\":\"./f\\u003c\",\"size\":700,\"payload\":\"AAAA\",\"position\":3}\n");
	bytes_line(out, block, sizeof(block));
	buf_str(out, "{\"type\":1,\"name\":\".wh.gone\",\"payload\":null,\"position\":5}\n");
	buf_str(out, "{\"type\":1,\"name_raw\":\"ZC/D\",\"size\":1,\"payload\":null,\"position\":5}\n");
	buf_str(out, "{\"type\":1,\"name\":\"d/.wh..wh..opq\",\"payload\":null,\"position\":6}\n");
}

static void put_split(struct fixture *f, size_t layer, const struct buf *text)
{
	CLEANUP_FREE char *path =
	    mem_printf("image/overlay2/layerdb/sha256/%s/tar-split.json.gz", oci_digest_hex(&f->chains[layer]));
	put(f, path, text->data ? text->data : "", text->len); /* compressed or not, the decoder tells */
}

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture){0};
	strcpy(f->dir, "/var/tmp/slim-unit-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_BUF struct buf config = {0}, split = {0}, bare = {0};
	make_split(&split, 0, NULL);
	buf_str(&bare, "{\"type\":1,\"name\":\"only\",\"payload\":null,\"position\":1}\n");
	for (size_t i = 0; i < 2; i++) {
		oci_digest_of(&i, sizeof(i), &f->ids[i]);
		oci_chain_id(i ? &f->chains[0] : NULL, &f->ids[i], &f->chains[i]);
		CLEANUP_FREE char *db = mem_printf("image/overlay2/layerdb/sha256/%s", oci_digest_hex(&f->chains[i]));
		CLEANUP_FREE char *diff = mem_printf("%s/diff", db), *cache = mem_printf("%s/cache-id", db);
		CLEANUP_FREE char *file = mem_printf("overlay2/n%zu/diff/f", i);
		put_text(f, diff, f->ids[i].text);
		put_text(f, cache, i ? "n1" : "n0");
		put_text(f, file, "text");
		put_split(f, i, i ? &bare : &split);
	}
	buf_printf(
	    &config,
	    "{\"architecture\": \"amd64\", \"os\": \"linux\", \"config\": {}, \"rootfs\": {\"type\": \"layers\", "
	    "\"diff_ids\": [\"%s\", \"%s\"]}}",
	    f->ids[0].text, f->ids[1].text);
	oci_digest_of(config.data, config.len, &f->s.id);
	CLEANUP_FREE char *content = mem_printf("image/overlay2/imagedb/content/sha256/%s", oci_digest_hex(&f->s.id));
	put(f, content, config.data, config.len);
	f->engine.info = json_pack("{s:s, s:[[s,s],[s,s]], s:[s], s:s}", "Driver", "overlay2", "DriverStatus",
				   "Native Overlay Diff", "true", "Using metacopy", "false", "SecurityOptions",
				   "name=seccomp,profile=default", "DockerRootDir", f->dir);
	CLEANUP_FREE char *upper = mem_printf("%s/overlay2/n1/diff", f->dir);
	CLEANUP_FREE char *lower = mem_printf("%s/overlay2/n0/diff", f->dir);
	f->s.engine = &f->engine;
	f->s.inspect = json_pack("{s:{s:{s:s, s:s}}}", "GraphDriver", "Data", "LowerDir", lower, "UpperDir", upper);
}

static void reset(struct fixture *f)
{
	for (size_t i = 0; i < f->s.n_layers; i++)
		free(f->s.layers[i].path);
	free(f->s.layers);
	buf_done(&f->s.config);
	f->s.layers = NULL;
	f->s.n_layers = 0;
	f->s.in_place = false;
}

static void fixture_done(struct fixture *f)
{
	reset(f);
	json_decref(f->engine.info);
	json_decref(f->s.inspect);
	close(f->fd);
	assert_int_equal(fd_remove_tree(AT_FDCWD, f->dir, NULL), 0);
}

static bool is_in_place(struct fixture *f)
{
	struct err e = {0};
	reset(f);
	f->s.info = f->engine.away ? NULL : f->engine.info;
	assert_int_equal(engine_source_in_place(&f->s, &e), 0); /* what is odd is no error */
	assert_int_equal(f->s.n_layers, f->s.in_place ? 2 : 0);
	assert_int_equal(f->s.config.len > 0, f->s.in_place);
	return f->s.in_place;
}

static void all_is_as_it_should_be(void **state)
{
	if (!privilege_is_full())
		skip();
	struct fixture f;
	fixture_init(&f);
	assert_true(is_in_place(&f));
	const struct layer_unpacked *low = &f.s.layers[0], *high = &f.s.layers[1];
	CLEANUP_FREE char *path = mem_printf("%s/overlay2/n0/diff", f.dir);
	assert_string_equal(low->path, path);
	assert_false(low->bare_root);
	assert_int_equal(low->root.st_mode, S_IFDIR | 0711);
	assert_int_equal(low->root.st_uid, 3);
	assert_int_equal(low->root.st_gid, 4);
	assert_int_equal(low->root.st_mtim.tv_sec, 5);
	assert_int_equal(low->entries, 3); /* neither the root nor the opaque mark */
	assert_int_equal(low->tar_size, 512 + 512 + 700 + 512 + 1);
	assert_true(low->whole_seconds);
	assert_true(high->bare_root);
	assert_int_equal(high->root.st_mode, S_IFDIR | 0755); /* not what the engine's own directory has */
	assert_int_equal(high->entries, 1);

	CLEANUP_BUF struct buf split = {0};
	make_split(&split, 500000000, NULL);
	put_split(&f, 0, &split);
	assert_true(is_in_place(&f));
	assert_false(f.s.layers[0].whole_seconds);
	assert_int_equal(f.s.layers[0].root.st_mtim.tv_nsec, 500000000);
	fixture_done(&f);
}

static void an_engine_that_works_otherwise(void **state)
{
	if (!privilege_is_full())
		skip();
	static const struct {
		const char *key, *value; /* JSON */
	} cases[] = {
	    {"Driver", "\"btrfs\""},
	    {"Driver", "null"},
	    {"Driver", "\"overlay\""}, /* the other engine's: its files are not there */
	    {"DriverStatus", "[]"},
	    {"DriverStatus", "[[\"Native Overlay Diff\", \"false\"]]"},
	    {"DriverStatus", "[[\"Native Overlay Diff\", \"true\"], [\"Using metacopy\", \"true\"]]"},
	    {"DriverStatus", "[[\"userxattr\", \"true\"], [\"Native Overlay Diff\", \"true\"]]"},
	    {"DriverStatus", "{\"a\": 1}"},
	    {"DriverStatus", "[1, [], [1, 2]]"},
	    {"SecurityOptions", "[\"name=seccomp\", \"name=userns\"]"},
	    {"SecurityOptions", "[\"name=rootless\"]"},
	    {"DockerRootDir", "\"\""},
	    {"DockerRootDir", "\"relative\""},
	    {"DockerRootDir", "\"/\""},
	    {"DockerRootDir", "\"/nowhere\""},
	    {"DockerRootDir", "7"},
	};
	struct fixture f;
	fixture_init(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *old = json_incref(json_object_get(f.engine.info, cases[i].key));
		json_t *new = json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
		assert_non_null(new);
		json_object_set_new(f.engine.info, cases[i].key, new);
		if (is_in_place(&f))
			fail_msg("%s = %s was taken", cases[i].key, cases[i].value);
		json_object_set_new(f.engine.info, cases[i].key, old);
	}
	f.engine.away = true;
	assert_false(is_in_place(&f));
	f.engine.away = false;
	assert_int_equal(chmod(f.dir, 0777), 0); /* anybody could have made its files */
	assert_false(is_in_place(&f));
	assert_int_equal(chmod(f.dir, 0700), 0);
	assert_int_equal(chown(f.dir, 12345, 0), 0);
	assert_false(is_in_place(&f));
	assert_int_equal(chown(f.dir, 0, 0), 0);
	assert_true(is_in_place(&f));
	fixture_done(&f);
}

static void directories_one(struct fixture *f, const char *lower, const char *upper)
{
	json_t *data = json_object_get(json_object_get(f->s.inspect, "GraphDriver"), "Data");
	json_t *old = json_deep_copy(data);
	json_object_clear(data);
	CLEANUP_FREE char *l = lower && lower[0] != '/' ? mem_printf("%s/%s", f->dir, lower) : mem_strdup(lower);
	CLEANUP_FREE char *u = upper && upper[0] != '/' ? mem_printf("%s/%s", f->dir, upper) : mem_strdup(upper);
	if (l)
		json_object_set_new(data, "LowerDir", json_string(l));
	if (u)
		json_object_set_new(data, "UpperDir", json_string(u));
	if (is_in_place(f))
		fail_msg("%s, %s were taken", lower, upper);
	json_object_update(data, old);
	json_decref(old);
}

static void directories_that_are_not_the_layers(void **state)
{
	if (!privilege_is_full())
		skip();
	struct fixture f;
	fixture_init(&f);
	directories_one(&f, "overlay2/n0/diff", NULL);
	directories_one(&f, NULL, "overlay2/n1/diff");
	directories_one(&f, "", "overlay2/n1/diff");
	directories_one(&f, "overlay2/n1/diff", "overlay2/n0/diff"); /* the wrong way round */
	directories_one(&f, "overlay2/n0/diff:/etc", "overlay2/n1/diff");
	directories_one(&f, "/etc", "overlay2/n1/diff");
	directories_one(&f, "overlay2/n0/diff/../../../../../etc", "overlay2/n1/diff");
	directories_one(&f, "overlay2/n0", "overlay2/n1/diff");
	directories_one(&f, "overlay2/n0/diff/", "overlay2/none/diff");
	directories_one(&f, "overlay2/n0/diff/sub/diff", "overlay2/n1/diff");
	directories_one(&f, "overlay2//diff", "overlay2/n1/diff");
	assert_int_equal(mkdirat(f.fd, "overlay2/evil", 0755), 0);
	assert_int_equal(symlinkat("/etc", f.fd, "overlay2/evil/diff"), 0);
	directories_one(&f, "overlay2/evil/diff", "overlay2/n1/diff");
	assert_true(is_in_place(&f));

	/* what stands in the engine's own files */
	CLEANUP_FREE char *cache =
	    mem_printf("image/overlay2/layerdb/sha256/%s/cache-id", oci_digest_hex(&f.chains[0]));
	CLEANUP_FREE char *diff = mem_printf("image/overlay2/layerdb/sha256/%s/diff", oci_digest_hex(&f.chains[0]));
	CLEANUP_FREE char *content = mem_printf("image/overlay2/imagedb/content/sha256/%s", oci_digest_hex(&f.s.id));
	put_text(&f, cache, "n1");
	assert_false(is_in_place(&f));
	put_text(&f, cache, "n0");
	put_text(&f, diff, f.ids[1].text);
	assert_false(is_in_place(&f));
	put_text(&f, diff, f.ids[0].text);
	assert_true(is_in_place(&f));
	put_text(&f, content, "{\"architecture\": \"amd64\", \"os\": \"linux\", \"rootfs\": {\"diff_ids\": []}}");
	assert_false(is_in_place(&f));
	assert_int_equal(unlinkat(f.fd, content, 0), 0);
	assert_false(is_in_place(&f));
	fixture_done(&f);
}

static void split_one(struct fixture *f, const char *text, bool taken)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, text);
	put_split(f, 1, &b);
	if (is_in_place(f) != taken)
		fail_msg("%s", text);
}

static void a_record_of_the_tar_that_is_odd(void **state)
{
	if (!privilege_is_full())
		skip();
	struct fixture f;
	fixture_init(&f);
	split_one(&f, "", true); /* an empty layer: no entries are expected */
	assert_int_equal(f.s.layers[1].entries, 0);
	split_one(&f, "{\"type\":1,\"name\":\"x\"}\n", true);
	split_one(&f, "{\"name\":\"x\",\"type\":1}\n", true);
	split_one(&f, "{\"type\":1,\"name\":\"x\"}", false); /* cut off */
	split_one(&f, "\n", false);
	split_one(&f, "garbage\n", false);
	split_one(&f, "{\"type\":1}\n", false);
	split_one(&f, "{\"type\":3,\"name\":\"x\"}\n", false);
	split_one(&f, "{\"type\":1,\"name\":\"x\n", false);
	split_one(&f, "{\"type\":2,\"payload\":\"AAAA\n", false);
	split_one(&f, "{\"type\":1,\"name\":\"x\",\"size\":99999999999999999999}\n", false);
	split_one(&f, "{\"type\":1,\"name\":\"x\",\"size\":-1}\n", true); /* as none: the entries are what counts */
	split_one(&f, "{\"type\":1,\"name\":\"./\"}\n", false);           /* a root without headers */
	split_one(&f, "{\"type\":2,\"payload\":\"AAAA\"}\n{\"type\":1,\"name\":\"./\"}\n", false);
	split_one(&f, "{\"type\":2,\"payload\":\"!!!!\"}\n{\"type\":1,\"name\":\"./\"}\n", false);
	CLEANUP_BUF struct buf b = {0};
	make_split(&b, 0, "user.x"); /* an engine does not set those of the root */
	put_split(&f, 1, &b);
	assert_false(is_in_place(&f));
	b.len = 0;
	buf_str(&b, "\x1f\x8b\x08 broken");
	put_split(&f, 1, &b);
	assert_false(is_in_place(&f));
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_is_as_it_should_be),
	    cmocka_unit_test(an_engine_that_works_otherwise),
	    cmocka_unit_test(directories_that_are_not_the_layers),
	    cmocka_unit_test(a_record_of_the_tar_that_is_odd),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
