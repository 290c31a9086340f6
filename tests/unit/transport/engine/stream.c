#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "transport/engine/opened.h"
#include "transport/file/tar_stream.h"

/* An engine of the test's own: these functions are in the place of engine.c's, which is not linked. */
struct engine {
	struct buf export;
	size_t at;
	bool breaks; /* at the end, as a connection does */
};

const char *engine_name(const struct engine *e)
{
	return "the test's engine";
}

static ssize_t read_export(void *ctx, void *buf, size_t n, struct err *err)
{
	struct engine *e = ctx;
	size_t left = e->export.len - e->at;
	if (!left && e->breaks)
		return err_set(err, ERR_PROTO, "test-failure", "the connection broke");
	n = n < left ? n : left;
	n = n < 1000 ? n : 1000; /* in pieces that fit nothing */
	memcpy(buf, e->export.data + e->at, n);
	e->at += n;
	return (ssize_t)n;
}

int engine_get(struct engine *e, const char *path, struct io_reader *out, struct err *err)
{
	assert_true(strncmp(path, "/images/", 8) == 0 && strlen(path) == 8 + 64 + 4);
	*out = (struct io_reader){.read = read_export, .ctx = e};
	return 0;
}

struct fixture {
	struct engine engine;
	struct engine_source s;
	struct transport_image image;
	struct file_tar_stream *tar;
	struct oci_digest ids[2];
	struct buf layers[2], config;
	struct buf seen; /* "SIZE[=CLAIM] " of each layer */
	bool lazy;       /* leave layers unread */
	int refuse;      /* each's answer */
	struct err err;
};

static void read_tar(struct file_tar_stream *t, struct buf *out)
{
	CLEANUP_IO_READER struct io_reader in = file_tar_stream_reader(t);
	char block[4096];
	for (ssize_t n; (n = in.read(in.ctx, block, sizeof(block), NULL)) > 0;)
		buf_append(out, block, (size_t)n);
}

static void small_tar(const char *name, const char *text, struct buf *out)
{
	CLEANUP_FILE_TAR_STREAM struct file_tar_stream *t = file_tar_stream_new();
	assert_int_equal(file_tar_stream_bytes(t, name, text, strlen(text), NULL), 0);
	read_tar(t, out);
}

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture){0};
	small_tar("a", "one", &f->layers[0]);
	small_tar("b", "two", &f->layers[1]);
	for (size_t i = 0; i < 2; i++)
		oci_digest_of(f->layers[i].data, f->layers[i].len, &f->ids[i]);
	buf_printf(&f->config,
		   "{\"architecture\": \"amd64\", \"os\": \"linux\", \"config\": {\"Cmd\": [\"real\"]}, \"rootfs\": "
		   "{\"type\": \"layers\", \"diff_ids\": [\"%s\", \"%s\"]}}",
		   f->ids[0].text, f->ids[1].text);
	oci_digest_of(f->config.data, f->config.len, &f->s.id);
	f->s.engine = &f->engine;
	f->tar = file_tar_stream_new();
	strcpy(f->image.config.platform.os, "linux");
	strcpy(f->image.config.platform.arch, "amd64");
}

static void member(struct fixture *f, const char *name, const struct buf *content)
{
	assert_int_equal(file_tar_stream_bytes(f->tar, name, content->data, content->len, NULL), 0);
}

static void member_text(struct fixture *f, const char *name, const char *text)
{
	assert_int_equal(file_tar_stream_bytes(f->tar, name, text, strlen(text), NULL), 0);
}

static void blob(struct fixture *f, const struct buf *content)
{
	struct oci_digest d;
	oci_digest_of(content->data, content->len, &d);
	CLEANUP_FREE char *name = mem_printf("blobs/sha256/%s", oci_digest_hex(&d));
	member(f, name, content);
}

static int each(void *ctx, const struct oci_digest *claimed, struct io_reader *tar, struct err *err)
{
	struct fixture *f = ctx;
	if (f->refuse)
		return err_set(err, (enum err_code)f->refuse, "test-failure", "refused");
	CLEANUP_BUF struct buf b = {0};
	char block[700];
	ssize_t n = 0;
	while (!f->lazy && (n = tar->read(tar->ctx, block, sizeof(block), err)) > 0)
		buf_append(&b, block, (size_t)n);
	if (n < 0)
		return (int)n;
	bool first = b.len == f->layers[0].len && memcmp(b.data, f->layers[0].data, b.len) == 0;
	bool second = b.len == f->layers[1].len && memcmp(b.data, f->layers[1].data, b.len) == 0;
	buf_printf(&f->seen, "%s", first ? "0" : second ? "1" : f->lazy ? "-" : "?");
	if (claimed)
		buf_printf(&f->seen, "=%s",
			   oci_digest_equal(claimed, &f->ids[0])   ? "0"
			   : oci_digest_equal(claimed, &f->ids[1]) ? "1"
								   : "?");
	buf_char(&f->seen, ' ');
	return 0;
}

static int stream(struct fixture *f)
{
	if (!f->engine.export.len)
		read_tar(f->tar, &f->engine.export);
	f->engine.at = 0;
	f->seen.len = 0;
	buf_str(&f->seen, "");
	f->err = (struct err){0};
	return engine_source_stream(&f->s, &f->image, each, f, &f->err);
}

static void check(struct fixture *f, const char *seen)
{
	if (stream(f) < 0)
		fail_msg("%s", f->err.msg);
	assert_string_equal(f->seen.data, seen);
	assert_string_equal(f->image.config.cmd.items[0], "real");
	assert_string_equal(f->image.config_bytes.data, f->config.data);
	assert_int_equal(f->image.manifest.config.size, f->config.len);
	struct oci_digest d;
	oci_digest_of(f->config.data, f->config.len, &d);
	assert_string_equal(f->image.manifest.config.digest.text, d.text);
}

static void refused(struct fixture *f, int code, const char *message)
{
	int r = stream(f);
	if (r != -code || !strstr(f->err.msg, message))
		fail_msg("%d: %s", r, f->err.msg);
}

static void fixture_done(struct fixture *f)
{
	file_tar_stream_free(f->tar);
	buf_done(&f->engine.export);
	buf_done(&f->seen);
	buf_done(&f->config);
	for (size_t i = 0; i < 2; i++)
		buf_done(&f->layers[i]);
	oci_image_config_done(&f->image.config);
	buf_done(&f->image.config_bytes);
}

static void forms_of_exports(void **state)
{
	struct fixture f;
	fixture_init(&f); /* Docker before 25 */
	member_text(&f, "0f/VERSION", "1.0");
	member_text(&f, "0f/json", "{\"id\": \"0f\"}");
	member(&f, "0f/layer.tar", &f.layers[1]);
	member(&f, "1a/layer.tar", &f.layers[0]);
	member(&f, "config.json", &f.config);
	member_text(&f, "manifest.json", "[{\"Layers\": [\"other\"]}]");
	check(&f, "1 0 ");
	f.lazy = true;
	check(&f, "- - ");
	fixture_done(&f);

	fixture_init(&f); /* podman: the config first, diff IDs as names */
	CLEANUP_FREE char *a = mem_printf("%s.tar", oci_digest_hex(&f.ids[0]));
	CLEANUP_FREE char *b = mem_printf("%s.tar", oci_digest_hex(&f.ids[1]));
	member(&f, "config.json", &f.config);
	member(&f, a, &f.layers[0]);
	member(&f, b, &f.layers[1]);
	check(&f, "0=0 1=1 ");
	fixture_done(&f);

	fixture_init(&f); /* containerd's store: the ID is an index's */
	struct oci_descriptor layers[2] = {{.digest = f.ids[0], .size = 3, .media_type = OCI_MEDIA_LAYER},
					   {.digest = f.ids[1], .size = 3, .media_type = OCI_MEDIA_LAYER}};
	struct oci_manifest m = {.family = OCI_FAMILY_OCI, .layers = layers, .n_layers = 2};
	m.config = (struct oci_descriptor){.digest = f.s.id, .size = f.config.len, .media_type = OCI_MEDIA_CONFIG};
	CLEANUP_BUF struct buf manifest = {0}, index = {0};
	oci_manifest_write(&m, &manifest);
	struct oci_digest d;
	oci_digest_of(manifest.data, manifest.len, &d);
	buf_printf(
	    &index,
	    "{\"schemaVersion\": 2, \"mediaType\": \"%s\", \"manifests\": [{\"mediaType\": \"%s\", \"digest\": \"%s\", "
	    "\"size\": %zu, \"platform\": {\"os\": \"linux\", \"architecture\": \"amd64\"}}]}",
	    OCI_MEDIA_INDEX, OCI_MEDIA_MANIFEST, d.text, manifest.len);
	blob(&f, &index);
	blob(&f, &f.layers[0]);
	blob(&f, &manifest);
	blob(&f, &f.config);
	blob(&f, &f.layers[1]);
	oci_digest_of(index.data, index.len, &f.s.id);
	check(&f, "0=0 1=1 ");
	fixture_done(&f);
}

static void what_is_a_layer(void **state)
{
	struct fixture f;
	fixture_init(&f);
	static const char zeros[1024];
	CLEANUP_BUF struct buf empty = {0}, gzip = {0}, zstd = {0}, text = {0}, json = {0};
	buf_append(&empty, zeros, sizeof(zeros));
	buf_str(&gzip, "\x1f\x8b\x08 anything");
	buf_str(&zstd, "\x28\xb5\x2f\xfd anything");
	for (int i = 0; i < 1000; i++)
		buf_str(&text, "no tar ");
	buf_printf(&json, "{\"pad\": \"%s\"}", text.data);
	member(&f, "empty.tar", &empty);
	member(&f, "gzip", &gzip);
	member(&f, "zstd", &zstd);
	member(&f, "text.tar", &text);
	member(&f, "long.json", &json);
	member_text(&f, "layer.tar", "{}"); /* its name does not make it one */
	member(&f, "c", &f.config);
	check(&f, "? ? ? ");
	fixture_done(&f);
}

static void hostile_exports(void **state)
{
	struct fixture f;
	fixture_init(&f); /* another config than the ID's */
	member(&f, "layer.tar", &f.layers[0]);
	member_text(&f, "c.json", "{\"architecture\": \"amd64\", \"os\": \"linux\", \"rootfs\": {\"diff_ids\": []}}");
	CLEANUP_FREE char *lacks = mem_printf("the test's engine: the export lacks %s", f.s.id.text);
	refused(&f, ERR_PROTO, lacks);
	fixture_done(&f);

	fixture_init(&f); /* the ID's bytes are no config */
	member_text(&f, "c.json", "{\"a\": 1}");
	oci_digest_of("{\"a\": 1}", 8, &f.s.id);
	refused(&f, ERR_CORRUPT, "config sha256:");
	fixture_done(&f);

	fixture_init(&f); /* more JSON than is kept: the config came first, and counts */
	CLEANUP_BUF struct buf pad = {0};
	buf_reserve(&pad, LIMIT_CONFIG);
	buf_str(&pad, "{");
	memset(pad.data + 1, ' ', LIMIT_CONFIG - 1);
	pad.len = LIMIT_CONFIG;
	member(&f, "c.json", &f.config);
	for (int i = 0; i < 6; i++)
		member(&f, "pad.json", &pad);
	check(&f, "");
	fixture_done(&f);

	fixture_init(&f); /* what reads the layers says no */
	member(&f, "layer.tar", &f.layers[0]);
	f.refuse = ERR_CORRUPT;
	refused(&f, ERR_CORRUPT, "refused");
	fixture_done(&f);

	fixture_init(&f); /* cut inside a layer, by the connection and by the engine */
	member(&f, "layer.tar", &f.layers[0]);
	read_tar(f.tar, &f.engine.export);
	f.engine.export.len = 512 + 700;
	f.engine.breaks = true;
	refused(&f, ERR_PROTO, "the connection broke");
	f.engine.breaks = false;
	refused(&f, ERR_CORRUPT, "the export is damaged");
	fixture_done(&f);

	fixture_init(&f); /* no tar at all */
	buf_str(&f.engine.export, "<html>an error page that is no tar, of more than one block");
	for (int i = 0; i < 100; i++)
		buf_str(&f.engine.export, " and more of it");
	refused(&f, ERR_CORRUPT, "the export is damaged");
	fixture_done(&f);

	fixture_init(&f);
	for (int i = 0; i <= LIMIT_ARCHIVE_MEMBERS; i++)
		member_text(&f, "x", "x");
	refused(&f, ERR_LIMIT, "members");
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms_of_exports),
	    cmocka_unit_test(what_is_a_layer),
	    cmocka_unit_test(hostile_exports),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
