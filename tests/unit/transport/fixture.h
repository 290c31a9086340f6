/* tests/unit/transport/fixture.h - a temporary directory per test (which is the working directory) and small images in
 * it: two uncompressed layers whose bytes are plain words. */
#pragma once

#include "unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "transport/transport.h"

#define FIXTURE_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
#define assert_ok(call, e)                                                                                             \
	do {                                                                                                           \
		if ((call) < 0)                                                                                        \
			fail_msg("%s: %s", #call, (e)->msg);                                                           \
	} while (0)
#define assert_says(e, text)                                                                                           \
	do {                                                                                                           \
		if (!strstr((e)->msg, (text)))                                                                         \
			fail_msg("\"%s\" does not say \"%s\"", (e)->msg, (text));                                      \
	} while (0)

static inline int fixture_setup(void **state)
{
	char path[] = "/tmp/slim-unit-XXXXXX";
	if (!mkdtemp(path) || chdir(path) < 0)
		return -1;
	*state = mem_strdup(path);
	return 0;
}

static inline int fixture_teardown(void **state)
{
	int r = chdir("/");
	if (r == 0)
		r = fd_remove_tree(AT_FDCWD, *state, NULL);
	free(*state);
	return r;
}

static inline void fixture_file(const char *path, const void *data, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, data, n, NULL), 0);
	close(fd);
}

static inline void fixture_read(const char *path, struct buf *out)
{
	out->len = 0;
	assert_int_equal(fd_read_file(AT_FDCWD, path, 1 << 24, out, NULL), 0);
}

/* Entries of a directory, "." and ".." apart; -1 if it is not there. */
static inline int fixture_count(const char *path)
{
	DIR *d = opendir(path);
	int n = -2;
	if (!d)
		return -1;
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

struct fixture_image {
	char *layers[2];
	struct oci_manifest manifest;
	struct buf config, text; /* text: of the manifest */
	struct oci_descriptor d; /* of the manifest */
};

static inline void fixture_describe(struct oci_descriptor *d, const char *media_type, const void *data, size_t n)
{
	*d = (struct oci_descriptor){.size = n};
	snprintf(d->media_type, sizeof(d->media_type), "%s", media_type);
	oci_digest_of(data, n, &d->digest);
}

/* Call again after a change of f->manifest. */
static inline void fixture_finish(struct fixture_image *f)
{
	f->text.len = 0;
	oci_manifest_write(&f->manifest, &f->text);
	fixture_describe(&f->d, oci_manifest_media_type(&f->manifest), f->text.data, f->text.len);
}

static inline void fixture_image_init(struct fixture_image *f, enum oci_family family, const char *arch,
				      const char *word)
{
	*f = (struct fixture_image){.manifest.family = family};
	f->manifest.layers = mem_calloc(2, sizeof(*f->manifest.layers));
	f->manifest.n_layers = 2;
	for (int i = 0; i < 2; i++) {
		f->layers[i] = mem_printf("%s, layer %d", word, i);
		fixture_describe(&f->manifest.layers[i], oci_layer_media_type(family, OCI_COMPRESSION_NONE),
				 f->layers[i], strlen(f->layers[i]));
	}
	buf_printf(&f->config,
		   "{\"os\":\"linux\",\"architecture\":\"%s\",\"config\":{},\"rootfs\":{\"type\":\"layers\","
		   "\"diff_ids\":[\"%s\",\"%s\"]}}",
		   arch, f->manifest.layers[0].digest.text, f->manifest.layers[1].digest.text);
	fixture_describe(&f->manifest.config, family == OCI_FAMILY_DOCKER ? DOCKER_MEDIA_CONFIG : OCI_MEDIA_CONFIG,
			 f->config.data, f->config.len);
	fixture_finish(f);
}

static inline void fixture_image_done(struct fixture_image *f)
{
	free(f->layers[0]);
	free(f->layers[1]);
	oci_manifest_done(&f->manifest);
	buf_done(&f->config);
	buf_done(&f->text);
}
#define CLEANUP_FIXTURE CLEANUP(fixture_image_done)

/* Add all blobs: the first layer from a file, the rest from memory. */
static inline int fixture_add(struct transport_sink *sink, const struct fixture_image *f, struct err *err)
{
	CLEANUP_FD int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, f->layers[0], strlen(f->layers[0]), NULL), 0);
	int r = transport_sink_blob_fd(sink, &f->manifest.layers[0], fd, err);
	if (r == 0)
		r = transport_sink_blob(sink, &f->manifest.layers[1], f->layers[1], err);
	return r == 0 ? transport_sink_blob(sink, &f->manifest.config, f->config.data, err) : r;
}

static inline int fixture_sink(const char *ref_text, const char *name, struct transport_sink **out, struct err *err)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_STRLIST struct strlist names = {0};
	if (name)
		strlist_add(&names, name);
	const struct transport_options options = {.names = &names};
	int r = oci_ref_parse(ref_text, &ref, err);
	return r == 0 ? transport_sink_open(&ref, &options, out, err) : r;
}

static inline int fixture_write(const char *ref_text, const char *name, const struct fixture_image *f, struct err *err)
{
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	int r = fixture_sink(ref_text, name, &sink, err);
	if (r == 0)
		r = fixture_add(sink, f, err);
	return r == 0 ? transport_sink_commit(sink, &f->d, &f->text, err) : r;
}

#define FIXTURE_WRITERS 6

/* Several processes write f at once, each to prefix and its number. All must succeed. */
static inline void fixture_write_at_once(const char *prefix, const struct fixture_image *f)
{
	pid_t pids[FIXTURE_WRITERS];
	int go[2], status;
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	for (int i = 0; i < FIXTURE_WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			CLEANUP_BUF struct buf ref = {0};
			struct err e = {0};
			char end;
			close(go[1]);
			buf_printf(&ref, "%s%d", prefix, i);
			(void)!read(go[0], &end, 1); /* until all are there */
			int r = fixture_write(ref.data, NULL, f, &e);
			if (r < 0)
				fprintf(stderr, "%s: %s\n", ref.data, e.msg);
			_exit(r < 0);
		}
	}
	close(go[0]);
	close(go[1]);
	int failed = 0;
	for (int i = 0; i < FIXTURE_WRITERS; i++)
		failed += waitpid(pids[i], &status, 0) != pids[i] || status != 0;
	assert_int_equal(failed, 0);
}

/* platform: NULL = linux/amd64, whatever machine runs the test. */
static inline int fixture_open(const char *ref_text, const char *platform, struct transport_source **source,
			       struct transport_image *image, struct err *err)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	struct oci_platform want;
	struct transport_options options = {.tmp_dir = "."};
	int r = oci_platform_parse(platform ? platform : "linux/amd64", &want, err);
	if (r == 0)
		r = oci_ref_parse(ref_text, &ref, err);
	if (r == 0)
		r = transport_source_open(&ref, &options, source, err);
	return r == 0 ? transport_source_image(*source, &want, image, err) : r;
}

static inline int fixture_blob(struct transport_source *source, const struct oci_descriptor *d, struct buf *out,
			       struct err *err)
{
	CLEANUP_IO_READER struct io_reader reader = {0};
	int r = transport_source_blob(source, d, &reader, err);
	char block[7]; /* small, so that there are several reads */
	out->len = 0;
	for (ssize_t n; r == 0 && (n = reader.read(reader.ctx, block, sizeof(block), err)) != 0;) {
		if (n < 0)
			r = (int)n;
		else
			buf_append(out, block, (size_t)n);
	}
	return r;
}

/* The image of ref is f: same config, same layers, in order. */
static inline void fixture_check(const char *ref_text, const struct fixture_image *f, const char *name)
{
	struct err e = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	CLEANUP_BUF struct buf blob = {0};
	assert_ok(fixture_open(ref_text, NULL, &source, &image, &e), &e);
	assert_string_equal(image.name, name);
	assert_string_equal(image.manifest.config.digest.text, f->manifest.config.digest.text);
	assert_int_equal(image.manifest.n_layers, 2);
	assert_int_equal(image.config.n_layers, 2);
	for (int i = 0; i < 2; i++) {
		assert_ok(fixture_blob(source, &image.manifest.layers[i], &blob, &e), &e);
		assert_string_equal(blob.data, f->layers[i]);
	}
}

/* The source of ref_text finds this base of an image with the layers of f and one more. digest NULL = it finds none;
 * name NULL = its base has no tag. */
static inline void fixture_base(const char *ref_text, const struct fixture_image *f, const char *name,
				const struct oci_digest *digest)
{
	struct err e = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	struct oci_digest layers[3] = {f->manifest.layers[0].digest, f->manifest.layers[1].digest};
	const struct oci_image_config of = {.platform = {"linux", "amd64", ""}, .diff_ids = layers, .n_layers = 3};
	CLEANUP_OCI_BASE_SEARCH struct oci_base_search search = {.of = &of, .left = 8};
	oci_digest_of("more", 4, &layers[2]);
	assert_ok(fixture_open(ref_text, NULL, &source, &image, &e), &e);
	transport_source_find_base(source, &search);
	assert_int_equal(search.layers, digest ? 2 : 0);
	assert_string_equal(search.digest.text, digest ? digest->text : "");
	if (name)
		assert_string_equal(search.name, name);
	else
		assert_null(search.name);
}

/* Opening ref fails with this code, and says text. */
static inline void fixture_refused(const char *ref_text, const char *platform, enum err_code code, const char *text)
{
	struct err e = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	if (fixture_open(ref_text, platform, &source, &image, &e) == 0)
		fail_msg("%s opens", ref_text);
	assert_says(&e, text);
	assert_int_equal(e.code, code);
}

/* ---- layouts and tars made by hand ---- */

/* layout/blobs/sha256/HEX; d (may be NULL) describes it. */
static inline void fixture_layout_blob(const char *layout, const char *media_type, const void *data, size_t n,
				       struct oci_descriptor *d)
{
	struct oci_descriptor mine;
	d = d ? d : &mine;
	fixture_describe(d, media_type, data, n);
	CLEANUP_FREE char *dir = mem_printf("%s/blobs/sha256", layout);
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, oci_digest_hex(&d->digest));
	assert_int_equal(fd_mkdir_p(AT_FDCWD, dir, 0755, NULL), 0);
	fixture_file(path, data, n);
}

static inline void fixture_layout_index(const char *layout, const char *json)
{
	CLEANUP_FREE char *version = mem_printf("%s/oci-layout", layout), *index = mem_printf("%s/index.json", layout);
	fixture_file(version, "{\"imageLayoutVersion\":\"1.0.0\"}", 30);
	fixture_file(index, json, strlen(json));
}

static inline void fixture_layout_image(const char *layout, const struct fixture_image *f)
{
	for (int i = 0; i < 2; i++)
		fixture_layout_blob(layout, "", f->layers[i], strlen(f->layers[i]), NULL);
	fixture_layout_blob(layout, "", f->config.data, f->config.len, NULL);
	fixture_layout_blob(layout, "", f->text.data, f->text.len, NULL);
}

/* {"schemaVersion":2,"manifests":[ENTRY,...]} of n descriptors. */
static inline char *fixture_index_text(const struct oci_descriptor *entries, size_t n)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "{\"schemaVersion\":2,\"manifests\":[");
	for (size_t i = 0; i < n; i++) {
		json_auto_t *v = oci_descriptor_json(&entries[i]);
		CLEANUP_FREE char *text = json_dumps(v, JSON_COMPACT);
		buf_printf(&b, "%s%s", i ? "," : "", text);
	}
	buf_str(&b, "]}");
	return buf_steal(&b);
}

struct fixture_member {
	const char *name, *data, *link; /* link: a symlink, or after "=" a hard link */
};

/* A tar (format NULL = pax) of members up to one without a name, compressed by libarchive's filter. */
static inline void fixture_tar(const char *path, const struct fixture_member *members, int filter)
{
	struct archive *a = archive_write_new();
	archive_write_set_format_pax_restricted(a);
	if (filter)
		archive_write_add_filter(a, filter);
	archive_write_set_bytes_per_block(a, 512);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	for (; members->name; members++) {
		struct archive_entry *e = archive_entry_new();
		archive_entry_set_pathname(e, members->name);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_filetype(e, AE_IFREG);
		if (members->link && members->link[0] == '=') {
			archive_entry_set_hardlink(e, members->link + 1);
		} else if (members->link) {
			archive_entry_set_filetype(e, AE_IFLNK);
			archive_entry_set_symlink(e, members->link);
		} else if (!members->data) {
			archive_entry_set_filetype(e, AE_IFDIR);
		}
		size_t n = members->data && !members->link ? strlen(members->data) : 0;
		archive_entry_set_size(e, (la_int64_t)n);
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		assert_int_equal(archive_write_data(a, members->data, n), n);
		archive_entry_free(e);
	}
	archive_write_close(a);
	archive_write_free(a);
}
