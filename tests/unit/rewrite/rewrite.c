#include "unit.h"

#include <sys/eventfd.h>
#include <sys/mman.h>

#include "image.h"
#include "layer/reader.h"
#include "rewrite/rewrite.h"

#define CONFIG                                                                                                         \
	"{\"created\":\"2020-01-01T00:00:00Z\",\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Cmd\":["      \
	"\"a\"]},"                                                                                                     \
	"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "bin/a", "hello");
	image_hardlink(m, "bin/b", "bin/a");
	image_hardlink(m, "bin/c", "bin/a");
	image_program(m, "bin/run", "#!/bin/a\n");
	image_link(m, "lib", "usr/lib");
	image_dir(m, "tmp");
	assert_int_equal(fchmodat(image_top(m), "tmp", 01777, 0), 0);
	image_file(m, "empty", "");
	image_file(m, "unused", "x");
	image_index(m);
}

static const char *const kept[] = {"/bin/c", "/bin/run", "/lib", "/tmp", "/empty", "/bin/b"};
#define N_KEPT (sizeof(kept) / sizeof(kept[0]))

struct made {
	struct keep_set k;
	struct oci_image_config config;
	struct rewrite_result result;
	int tar, fd; /* fd: of the blob */
};

static void made_done(struct made *d)
{
	rewrite_result_done(&d->result);
	oci_image_config_done(&d->config);
	keep_set_done(&d->k);
	close(d->tar);
	close(d->fd);
}
#define CLEANUP_MADE CLEANUP(made_done)

/* The blob's file, too, if it is the tar itself. */
static int finish(struct made *d, const struct rewrite_options *o, const struct progress *progress, struct err *e)
{
	int r = rewrite_make(&d->k, &d->config, d->tar, o, progress, &d->result, e);
	if (r == 0)
		r = rewrite_finish(d->tar, d->fd, o, progress, &d->result, e);
	if (r == 0 && o->compression == OCI_COMPRESSION_NONE) {
		assert_int_equal(lseek(d->fd, 0, SEEK_END), 0);
		assert_true(dup3(d->tar, d->fd, O_CLOEXEC) >= 0);
	}
	return r;
}

static int start(const struct test_image *m, bool reverse, const struct rewrite_options *o,
		 const struct progress *progress, struct made *d, struct err *e)
{
	*d = (struct made){.tar = memfd_create("tar", MFD_CLOEXEC), .fd = memfd_create("layer", MFD_CLOEXEC)};
	assert_int_equal(oci_image_config_parse(CONFIG, strlen(CONFIG), &d->config, NULL), 0);
	keep_set_init(&d->k, m->index, NULL, KEEP_EXACT);
	keep_node(&d->k, 0, KEEP_WHY(KEEP_ENGINE, IMAGE_NONE));
	for (size_t i = 0; i < N_KEPT; i++)
		keep_node(&d->k, image_node(m, kept[reverse ? N_KEPT - 1 - i : i]), KEEP_WHY(KEEP_TRACE, (uint32_t)i));
	return finish(d, o, progress, e);
}

static void rewrite(const struct test_image *m, bool reverse, const struct rewrite_options *o, struct made *d)
{
	struct err e = {0};
	if (start(m, reverse, o, NULL, d, &e) < 0)
		fail_msg("%s", e.msg);
}

static void add_content(struct layer_reader *r, struct buf *out)
{
	const void *data;
	size_t n;
	uint64_t offset;
	int got;
	while ((got = layer_reader_data(r, &data, &n, &offset, NULL)) > 0)
		buf_append(out, data, n);
	assert_int_equal(got, 0);
}

/* The layer that was written, but for the root and owners, which are the tester's. */
static void read_back(int fd, struct layer_digests *digests, struct buf *out)
{
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	CLEANUP_LAYER_READER struct layer_reader *r = layer_reader_new(io_reader_fd(dup(fd)));
	const struct layer_entry *e;
	struct err err = {0};
	int got;
	while ((got = layer_reader_next(r, &e, &err)) > 0) {
		if (!e->path[0])
			continue;
		buf_printf(out, "%s %o", e->path, e->mode);
		if (e->link)
			buf_printf(out, " %s %s", e->hardlink ? "=" : "->", e->link);
		else if (S_ISREG(e->mode)) {
			buf_char(out, ' ');
			add_content(r, out);
		}
		buf_char(out, '\n');
	}
	if (got < 0 || layer_reader_finish(r, digests, &err) < 0)
		fail_msg("%s", err.msg);
}

static void the_layer(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_MADE struct made d;
		CLEANUP_BUF struct buf got = {0};
		struct layer_digests read;
		rewrite(&m, false, &(struct rewrite_options){.compression = (enum oci_compression)c}, &d);
		read_back(d.fd, &read, &got);
		assert_string_equal(got.data, "bin 40755\n"
					      "bin/b 100644 hello\n"
					      "bin/c 100644 = bin/b\n"
					      "bin/run 100755 #!/bin/a\n\n"
					      "empty 100644 \n"
					      "lib 120777 -> usr/lib\n"
					      "tmp 41777\n");
		assert_true(oci_digest_equal(&read.blob, &d.result.layer.blob));
		assert_true(oci_digest_equal(&read.diff_id, &d.result.layer.diff_id));
		assert_int_equal(d.result.layer.blob_size, lseek(d.fd, 0, SEEK_END));
		assert_int_equal(d.result.bytes, strlen("hello#!/bin/a\n"));
		assert_int_equal(d.result.files, 3);
		uint64_t root = getuid() == 0 && getgid() == 0 ? 0 : 1;
		assert_int_equal(d.result.entries, 7 + root);
	}
}

static void metadata_is_the_layers(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_program(&m, "su", "x");
	struct timespec times[2] = {{.tv_sec = 7, .tv_nsec = 5}, {.tv_sec = 1234567890, .tv_nsec = 0}};
	assert_int_equal(fchmodat(image_top(&m), "su", 04711, 0), 0);
	assert_int_equal(utimensat(image_top(&m), "su", times, 0), 0);
	image_index(&m);
	CLEANUP_MADE struct made d = {.tar = memfd_create("tar", MFD_CLOEXEC),
				      .fd = memfd_create("layer", MFD_CLOEXEC)};
	assert_int_equal(oci_image_config_parse(CONFIG, strlen(CONFIG), &d.config, NULL), 0);
	keep_set_init(&d.k, m.index, NULL, KEEP_EXACT);
	keep_node(&d.k, image_node(&m, "/su"), KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(finish(&d, &(struct rewrite_options){.compression = OCI_COMPRESSION_NONE}, NULL, NULL), 0);

	assert_int_equal(lseek(d.fd, 0, SEEK_SET), 0);
	CLEANUP_LAYER_READER struct layer_reader *r = layer_reader_new(io_reader_fd(dup(d.fd)));
	const struct layer_entry *e;
	do
		assert_int_equal(layer_reader_next(r, &e, NULL), 1);
	while (!e->path[0]);
	assert_string_equal(e->path, "su");
	assert_int_equal(e->mode, S_IFREG | 04711);
	assert_int_equal(e->uid, geteuid());
	assert_int_equal(e->mtime.tv_sec, 1234567890);
}

static void same_bytes(int a, int b)
{
	CLEANUP_BUF struct buf x = {0}, y = {0};
	assert_int_equal(lseek(a, 0, SEEK_SET), 0);
	assert_int_equal(lseek(b, 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(a, 1 << 20, "a", &x, NULL), 0);
	assert_int_equal(fd_read_all(b, 1 << 20, "b", &y, NULL), 0);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.data, y.data, x.len);
}

static void same_input_same_bytes(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	const struct rewrite_options o = {.compression = OCI_COMPRESSION_GZIP};
	CLEANUP_MADE struct made a, b;
	rewrite(&m, false, &o, &a);
	rewrite(&m, true, &o, &b);
	same_bytes(a.fd, b.fd);
	assert_string_equal(a.result.config_bytes.data, b.result.config_bytes.data);
	assert_string_equal(a.result.manifest_bytes.data, b.result.manifest_bytes.data);
	assert_true(oci_digest_equal(&a.result.manifest_descriptor.digest, &b.result.manifest_descriptor.digest));
}

static void documents(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	struct oci_digest base, digest;
	oci_digest_of("base", 4, &base);
	CLEANUP_MADE struct made d;
	const struct rewrite_options o = {.compression = OCI_COMPRESSION_ZSTD,
					  .family = OCI_FAMILY_OCI,
					  .base_name = "docker.io/library/x:1",
					  .base_digest = &base,
					  .created = "2024-05-06T07:08:09Z"};
	rewrite(&m, false, &o, &d);

	CLEANUP_OCI_MANIFEST struct oci_manifest read = {0};
	const struct rewrite_result *r = &d.result;
	assert_int_equal(oci_manifest_parse(r->manifest_bytes.data, r->manifest_bytes.len, &read, NULL), 0);
	assert_int_equal(read.family, OCI_FAMILY_OCI);
	assert_int_equal(read.n_layers, 1);
	assert_string_equal(read.layers[0].media_type, OCI_MEDIA_LAYER "+zstd");
	assert_true(oci_digest_equal(&read.layers[0].digest, &r->layer.blob));
	assert_int_equal(read.layers[0].size, r->layer.blob_size);
	assert_string_equal(read.config.media_type, OCI_MEDIA_CONFIG);
	oci_digest_of(r->config_bytes.data, r->config_bytes.len, &digest);
	assert_true(oci_digest_equal(&read.config.digest, &digest));
	assert_int_equal(read.config.size, r->config_bytes.len);
	assert_string_equal(json_string_value(json_object_get(read.annotations, "org.opencontainers.image.base.name")),
			    "docker.io/library/x:1");
	assert_string_equal(
	    json_string_value(json_object_get(read.annotations, "org.opencontainers.image.base.digest")), base.text);
	oci_digest_of(r->manifest_bytes.data, r->manifest_bytes.len, &digest);
	assert_true(oci_digest_equal(&r->manifest_descriptor.digest, &digest));
	assert_int_equal(r->manifest_descriptor.size, r->manifest_bytes.len);
	assert_string_equal(r->manifest_descriptor.media_type, OCI_MEDIA_MANIFEST);

	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config config = {0};
	assert_int_equal(oci_image_config_parse(r->config_bytes.data, r->config_bytes.len, &config, NULL), 0);
	assert_int_equal(config.n_layers, 1);
	assert_true(oci_digest_equal(&config.diff_ids[0], &r->layer.diff_id));
	assert_string_equal(json_string_value(json_object_get(config.root, "created")), "2024-05-06T07:08:09Z");
}

static void docker_family(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_MADE struct made d;
	const struct rewrite_options o = {
	    .compression = OCI_COMPRESSION_GZIP, .family = OCI_FAMILY_DOCKER, .base_name = "x"};
	rewrite(&m, false, &o, &d);
	assert_string_equal(d.result.manifest_descriptor.media_type, DOCKER_MEDIA_MANIFEST);
	assert_string_equal(d.result.manifest.config.media_type, DOCKER_MEDIA_CONFIG);
	assert_string_equal(d.result.manifest.layers[0].media_type, DOCKER_MEDIA_LAYER ".gzip");
	assert_null(d.result.manifest.annotations);
	assert_null(strstr(d.result.manifest_bytes.data, "annotations"));
	assert_non_null(strstr(d.result.config_bytes.data, "2020-01-01T00:00:00Z")); /* the source's */
}

static void a_lost_file_is_an_error(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	assert_int_equal(unlinkat(image_top(&m), "empty", 0), 0);
	CLEANUP_MADE struct made d;
	struct err e = {0};
	assert_int_equal(start(&m, false, &(struct rewrite_options){0}, NULL, &d, &e), -ERR_NOTFOUND);
	assert_non_null(strstr(e.msg, "/empty"));
	assert_null(d.result.manifest_bytes.data);
}

/* Files that grew, shrank, or became another kind of file after the index was made: small, and of several blocks. */
static void a_changed_file_is_an_error(void **state)
{
	static const struct {
		size_t size;
		int change;
		const char *want;
	} cases[] = {{10, 1, "longer"},       {10, -1, "shorter"},    {0, 1, "longer"},
		     {32768, 1, "longer"},    {32768, -1, "shorter"}, {32769, 1, "longer"},
		     {300000, -1, "shorter"}, {300000, 1, "longer"},  {1 << 20, -1, "shorter"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		CLEANUP_FREE char *data = mem_alloc(cases[i].size);
		make(&m);
		image_bytes(&m, "bin/first", "1", 1, 0644);
		image_bytes(&m, "bin/grows", data, cases[i].size, 0644);
		image_index_free(m.index);
		image_index(&m);
		CLEANUP_FD int fd = openat(image_top(&m), "bin/grows", O_WRONLY | O_CLOEXEC);
		assert_int_equal(ftruncate(fd, (off_t)cases[i].size + cases[i].change), 0);
		CLEANUP_MADE struct made d = {.fd = -1, .tar = memfd_create("layer", MFD_CLOEXEC)};
		struct err e = {0};
		assert_int_equal(oci_image_config_parse(CONFIG, strlen(CONFIG), &d.config, NULL), 0);
		keep_set_init(&d.k, m.index, NULL, KEEP_EXACT);
		keep_node(&d.k, image_node(&m, "/bin/first"), KEEP_WHY(KEEP_TRACE, 0));
		keep_node(&d.k, image_node(&m, "/bin/grows"), KEEP_WHY(KEEP_TRACE, 1));
		assert_int_equal(
		    rewrite_make(&d.k, &d.config, d.tar, &(struct rewrite_options){0}, NULL, &d.result, &e),
		    -ERR_CORRUPT);
		assert_string_equal(e.id, "file-changed");
		assert_non_null(strstr(e.msg, "bin/grows"));
		assert_non_null(strstr(e.msg, cases[i].want));
	}
}

struct steps {
	uint64_t last, total;
	unsigned n;
};

static void on_step(void *ctx, const char *stage, uint64_t done, uint64_t total, const char *unit)
{
	struct steps *s = ctx;
	assert_string_equal(stage, "pack");
	assert_string_equal(unit, "bytes");
	assert_true(done >= s->last && done <= total);
	*s = (struct steps){done, total, s->n + 1};
}

static void progress_and_cancel(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	struct steps s = {0};
	struct err e = {0};
	CLEANUP_FD int cancel = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	const struct progress p = {.step = on_step, .ctx = &s, .cancel_fd = cancel};
	{
		CLEANUP_MADE struct made d;
		assert_int_equal(start(&m, false, &(struct rewrite_options){0}, &p, &d, &e), 0);
		assert_int_equal(s.total, d.result.bytes);
		assert_int_equal(s.last, s.total);
		assert_true(s.n >= 2);
	}
	assert_int_equal(eventfd_write(cancel, 1), 0);
	CLEANUP_MADE struct made d;
	s = (struct steps){0};
	assert_int_equal(start(&m, false, &(struct rewrite_options){0}, &p, &d, &e), -ERR_CANCELLED);
}

/* Reported now and then, not for each of many files. */
static void progress_of_many_files(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	struct steps s = {0};
	const struct progress p = {.step = on_step, .ctx = &s, .cancel_fd = -1};
	image_init(&m);
	for (int i = 0; i < 1000; i++) {
		CLEANUP_FREE char *path = mem_printf("d%d/f%d", i % 7, i);
		image_file(&m, path, "x");
	}
	image_index(&m);
	CLEANUP_MADE struct made d = {.fd = -1, .tar = memfd_create("layer", MFD_CLOEXEC)};
	CLEANUP_BUF struct buf got = {0};
	struct layer_digests read;
	assert_int_equal(oci_image_config_parse(CONFIG, strlen(CONFIG), &d.config, NULL), 0);
	keep_set_init(&d.k, m.index, NULL, KEEP_EXACT);
	for (uint32_t id = 0; id < image_index_count(m.index); id++)
		keep_node(&d.k, id, KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(rewrite_make(&d.k, &d.config, d.tar, &(struct rewrite_options){0}, &p, &d.result, NULL), 0);
	assert_int_equal(d.result.files, 1000);
	assert_int_equal(s.last, 1000);
	assert_true(s.n > 5 && s.n < 100);
	read_back(d.tar, &read, &got);
	assert_true(oci_digest_equal(&read.diff_id, &d.result.layer.diff_id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_layer),
	    cmocka_unit_test(metadata_is_the_layers),
	    cmocka_unit_test(same_input_same_bytes),
	    cmocka_unit_test(documents),
	    cmocka_unit_test(docker_family),
	    cmocka_unit_test(a_lost_file_is_an_error),
	    cmocka_unit_test(a_changed_file_is_an_error),
	    cmocka_unit_test(progress_and_cancel),
	    cmocka_unit_test(progress_of_many_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
