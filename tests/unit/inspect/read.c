#include "unit.h"

#include "inspect/sample.h"

static const char *const layers[] = {"f a 644 0:0 1 one\n", "f b 644 0:0 1 two\n", "f c 644 0:0 1 three\n", NULL};

struct fixture {
	struct test_store t;
	struct text_image img;
	struct transport_source *source;
	struct transport_image image;
	struct pipeline_blobs blobs;
};

static void fixture_init(struct fixture *f)
{
	struct err err = {0};
	const struct oci_platform amd64 = {.os = "linux", .arch = "amd64"};
	*f = (struct fixture){0};
	test_store_init(&f->t);
	text_image_init(&f->img, &f->t, "img", layers);
	CLEANUP_FREE char *name = mem_printf("oci:%s:t", f->img.layout);
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	if (oci_ref_parse(name, &ref, &err) < 0 || transport_source_open(&ref, NULL, &f->source, &err) < 0 ||
	    transport_source_image(f->source, &amd64, &f->image, &err) < 0)
		fail_msg("%s", err.msg);
	pipeline_blobs_init(&f->blobs, f->source, &f->image);
}

static void fixture_done(struct fixture *f)
{
	transport_image_done(&f->image);
	transport_source_close(f->source);
	text_image_done(&f->img);
	test_store_done(&f->t);
}

static void layers_in_their_order(void **state)
{
	struct fixture f;
	struct err err = {0};
	CLEANUP_INSPECT_LISTS struct inspect_lists lists = {0};
	fixture_init(&f);
	if (inspect_read(&f.blobs.source, NULL, NULL, NULL, &lists, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(lists.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(lists.items[i].count, 1);
		assert_int_equal(lists.items[i].items[0].path[1], 'a' + (int)i);
		assert_string_equal(lists.items[i].diff_id.text, f.img.diff_ids[i].text);
	}
	fixture_done(&f);
}

static void a_layer_with_other_bytes_is_an_error(void **state)
{
	struct fixture f;
	struct err err = {0};
	CLEANUP_INSPECT_LISTS struct inspect_lists lists = {0};
	fixture_init(&f);
	f.image.config.diff_ids[1] = f.image.config.diff_ids[0];
	assert_int_equal(inspect_read(&f.blobs.source, NULL, NULL, NULL, &lists, &err), -ERR_CORRUPT);
	assert_string_equal(err.id, "diff-id-mismatch");
	assert_non_null(strstr(err.msg, "layer 2 of 3"));
	assert_null(lists.items);
	fixture_done(&f);
}

/* ---- a stream, in an order of its own ---- */

struct stream {
	int fds[3];
	struct image_state {
		struct oci_manifest manifest;
		struct oci_image_config config;
	} image;
};

static int export_layers(void *ctx, unpack_blob_source_layer *each, void *each_ctx, struct err *err)
{
	const struct stream *s = ctx;
	for (size_t i = 3; i-- > 0;) {
		CLEANUP_IO_READER struct io_reader tar = io_reader_fd(s->fds[i]);
		int r = s->fds[i] < 0 ? 0 : each(each_ctx, NULL, &tar, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void stream_init(struct stream *s, struct unpack_blob_source *source)
{
	*s = (struct stream){0};
	s->image.config.diff_ids = mem_calloc(3, sizeof(struct oci_digest));
	s->image.manifest.layers = mem_calloc(3, sizeof(struct oci_descriptor));
	s->image.config.n_layers = s->image.manifest.n_layers = 3;
	for (size_t i = 0; i < 3; i++) {
		struct layer_digests d;
		s->fds[i] = write_layer(layers[i], OCI_COMPRESSION_NONE, &d);
		assert_int_equal(lseek(s->fds[i], 0, SEEK_SET), 0);
		s->image.config.diff_ids[i] = d.diff_id;
	}
	*source = (struct unpack_blob_source){
	    .manifest = &s->image.manifest, .config = &s->image.config, .stream = export_layers, .ctx = s};
}

static void stream_done(struct stream *s)
{
	free(s->image.config.diff_ids);
	free(s->image.manifest.layers);
}

static void a_stream_comes_in_any_order(void **state)
{
	struct stream s;
	struct unpack_blob_source source;
	struct err err = {0};
	CLEANUP_INSPECT_LISTS struct inspect_lists lists = {0};
	stream_init(&s, &source);
	if (inspect_read(&source, NULL, NULL, NULL, &lists, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(lists.items[i].items[0].path[1], 'a' + (int)i);
		assert_int_equal(lists.items[i].place, 2 - i);
		assert_string_equal(s.image.manifest.layers[i].digest.text, s.image.config.diff_ids[i].text);
		assert_int_equal(s.image.manifest.layers[i].size, lists.items[i].tar_size);
	}
	stream_done(&s);
}

static void a_stream_that_lacks_a_layer_is_an_error(void **state)
{
	struct stream s;
	struct unpack_blob_source source;
	struct err err = {0};
	CLEANUP_INSPECT_LISTS struct inspect_lists lists = {0};
	stream_init(&s, &source);
	close(s.fds[1]);
	s.fds[1] = -1;
	assert_int_equal(inspect_read(&source, NULL, NULL, NULL, &lists, &err), -ERR_CORRUPT);
	assert_string_equal(err.id, "layer-missing");
	assert_null(lists.items);
	stream_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(layers_in_their_order),
	    cmocka_unit_test(a_layer_with_other_bytes_is_an_error),
	    cmocka_unit_test(a_stream_comes_in_any_order),
	    cmocka_unit_test(a_stream_that_lacks_a_layer_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
