#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/strset.h"
#include "oci/image_config.h"
#include "oci/name.h"
#include "text/json.h"
#include "transport/engine/backends.h"
#include "transport/engine/containerd_store.h"
#include "transport/engine/find.h"
#include "transport/file/docker_manifest.h"
#include "transport/file/layout_index.h"
#include "transport/file/tar_stream.h"
#include "transport/metered.h"

#define SHOWN_MAX 400 /* bytes of what an engine says */

struct blob {
	struct oci_descriptor d;
	int fd; /* ours; -1: data */
	char *data;
};

struct engine_sink {
	struct engine *engine;
	bool containerd; /* it keeps blobs and manifests as they are */
	const struct progress *progress;
	struct strlist tags; /* repo:tag */
	struct blob *blobs;
	size_t n_blobs, cap;
};

void engine_sink_abandon(void *ctx)
{
	struct engine_sink *s = ctx;
	engine_close(s->engine);
	strlist_done(&s->tags);
	for (size_t i = 0; i < s->n_blobs; i++) {
		if (s->blobs[i].fd >= 0)
			close(s->blobs[i].fd);
		free(s->blobs[i].data);
	}
	free(s->blobs);
	free(s);
}

static int add_tag(struct engine_sink *s, const char *name, struct err *err)
{
	CLEANUP_FREE char *tag = NULL;
	int r = oci_name_with_tag(name, &tag, err);
	if (r == 0 && !strlist_has(&s->tags, tag))
		strlist_add(&s->tags, tag);
	return r;
}

int engine_sink_create(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err)
{
	struct engine_sink *s = mem_alloc(sizeof(*s));
	const struct engine_search search = {.scheme = ref->scheme, .url = ref->engine, .options = options};
	s->progress = options->progress;
	int r = add_tag(s, ref->location, err);
	for (size_t i = 0; r == 0 && options->names && i < options->names->count; i++)
		r = add_tag(s, options->names->items[i], err);
	CLEANUP_BUF struct buf trail = {0};
	if (r == 0 && (r = engine_find(&search, &trail, &s->engine, NULL, err)) > 0)
		r = engine_find_none(&search, &trail, err);
	json_auto_t *info = NULL;
	if (r == 0 && (r = engine_info(s->engine, &info, err)) == 0)
		s->containerd = engine_has_containerd_store(info);
	if (r < 0)
		engine_sink_abandon(s);
	else
		*ctx = s;
	return r;
}

bool engine_sink_keeps_blobs(void *ctx)
{
	return ((struct engine_sink *)ctx)->containerd;
}

int engine_sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	struct engine_sink *s = ctx;
	struct blob b = {.d = *d, .fd = -1};
	if (data)
		b.data = mem_dup(data, (size_t)d->size);
	else if ((b.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
		return err_sys(err, errno, "file-write", "cannot keep a blob");
	s->blobs = mem_grow(s->blobs, s->n_blobs, &s->cap, sizeof(*s->blobs));
	s->blobs[s->n_blobs++] = b;
	return 0;
}

/* ---- the tar ---- */

static int add_member(const struct engine_sink *s, const struct oci_digest *digest, const char *name,
		      struct file_tar_stream *tar, struct err *err)
{
	for (size_t i = 0; i < s->n_blobs; i++) {
		const struct blob *b = &s->blobs[i];
		if (!oci_digest_equal(&b->d.digest, digest))
			continue;
		return b->data ? file_tar_stream_bytes(tar, name, b->data, (size_t)b->d.size, err)
			       : file_tar_stream_file(tar, name, b->fd, b->d.size, err);
	}
	return err_set(err, ERR_INVAL, "blob-not-added", "%s was not added",
		       digest->text); /* never: sink.c has looked */
}

static int make_tar(const struct engine_sink *s, const struct oci_manifest *m, struct file_tar_stream *tar,
		    struct err *err)
{
	CLEANUP_FREE char *config = mem_printf("%s.json", oci_digest_hex(&m->config.digest));
	CLEANUP_STRLIST struct strlist layers = {0};
	CLEANUP_STRSET struct strset seen = {0};
	int r = add_member(s, &m->config.digest, config, tar, err);
	for (size_t i = 0; r == 0 && i < m->n_layers; i++) {
		bool is_new;
		char *name = mem_printf("%s.tar", oci_digest_hex(&m->layers[i].digest));
		strlist_take(&layers, name);
		strset_add_len(&seen, name, strlen(name), &is_new);
		if (is_new)
			r = add_member(s, &m->layers[i].digest, name, tar, err);
	}
	if (r < 0)
		return r;
	CLEANUP_BUF struct buf manifest = {0};
	file_docker_manifest_write(config, &layers, &s->tags, &manifest);
	return file_tar_stream_bytes(tar, "manifest.json", manifest.data, manifest.len, err);
}

/* An OCI layout: all that was added, and the manifest or index under each name. */
static int make_layout(const struct engine_sink *s, const struct oci_descriptor *d, const struct buf *bytes,
		       struct file_tar_stream *tar, struct err *err)
{
	CLEANUP_BUF struct buf index = {0};
	char path[FILE_LAYOUT_BLOB_PATH];
	int r = file_tar_stream_bytes(tar, FILE_LAYOUT_FILE, FILE_LAYOUT_FILE_TEXT, strlen(FILE_LAYOUT_FILE_TEXT), err);
	for (size_t i = 0; r == 0 && i < s->n_blobs; i++)
		r = add_member(s, &s->blobs[i].d.digest, file_layout_blob_path(&s->blobs[i].d.digest, path), tar, err);
	if (r == 0)
		r = file_tar_stream_bytes(tar, file_layout_blob_path(&d->digest, path), bytes->data, bytes->len, err);
	for (size_t i = 0; r == 0 && i < s->tags.count; i++) {
		CLEANUP_BUF struct buf before = index;
		CLEANUP_FREE char *full = oci_name_full(s->tags.items[i]);
		index = (struct buf){0};
		r = file_layout_update(&before, d, full, full, &index, err);
	}
	return r == 0 ? file_tar_stream_bytes(tar, FILE_LAYOUT_INDEX, index.data, index.len, err) : r;
}

/* ---- the engine's answer ---- */

/* A row of JSON objects; one of an error has "errorDetail", of old engines "error" alone. */
static int check_answer(const struct engine_sink *s, const struct buf *answer, struct err *err)
{
	const char *at = answer->data, *end = at + answer->len;
	while (at < end) {
		size_t space = strspn(at, " \t\r\n");
		if ((at += space) >= end)
			break;
		json_error_t e;
		json_auto_t *line = json_loadb(at, (size_t)(end - at), JSON_DISABLE_EOF_CHECK, &e);
		if (!json_is_object(line))
			return err_set(err, ERR_PROTO, "engine-answer-malformed",
				       "%s answered the upload of the image with something that is not JSON",
				       engine_name(s->engine));
		at += e.position;
		const json_t *detail = json_object_get(line, "errorDetail");
		const char *message = json_string_value(json_object_get(detail, "message"));
		if (!message)
			message = json_string_value(json_object_get(line, "error"));
		if (!message && !detail)
			continue;
		CLEANUP_BUF struct buf shown = {0};
		buf_escape(&shown, message ? message : "no reason", message ? strnlen(message, SHOWN_MAX) : 9);
		return err_set(err, ERR_PROTO, "engine-load-failed", "%s did not load the image: %s",
			       engine_name(s->engine), shown.data);
	}
	return 0;
}

/* Gives an image that the engine has every tag. */
static int add_tags(const struct engine_sink *s, const struct oci_digest *id, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < s->tags.count; i++) {
		const char *colon = strrchr(s->tags.items[i], ':'); /* add_tag saw to it */
		CLEANUP_FREE char *name = mem_strndup(s->tags.items[i], (size_t)(colon - s->tags.items[i]));
		CLEANUP_FREE char *repository = engine_escape(name), *tag = engine_escape(colon + 1);
		CLEANUP_FREE char *path =
		    mem_printf("/images/%s/tag?repo=%s&tag=%s", oci_digest_hex(id), repository, tag);
		r = engine_post(s->engine, path, NULL, NULL, 0, LIMIT_ENGINE_SAID, NULL, err);
	}
	return r;
}

/* Whether the engine had the very image, as after a build with the same result, and has it under every tag by now. Its
 * ID is the digest of its config, which names the layers by their content. What can't be told, or done, is loaded. */
static bool had_it(const struct engine_sink *s, const struct oci_digest *id)
{
	json_auto_t *inspect = NULL;
	return engine_inspect(s->engine, oci_digest_hex(id), &inspect, NULL) == 0 && add_tags(s, id, NULL) == 0;
}

/* Check that the tag names the image that was sent, and not one that the engine made of it. */
static int check_loaded(const struct engine_sink *s, const struct oci_digest *wanted, struct err *err)
{
	for (size_t i = 0; i < s->tags.count; i++) {
		json_auto_t *inspect = NULL;
		const char *id;
		int r = engine_inspect(s->engine, s->tags.items[i], &inspect, err);
		if (r == 0)
			r = json_get_string(inspect, "Id", true, &id, err);
		if (r < 0)
			return err_wrap(err, "%s was loaded, but", s->tags.items[i]);
		const char *hex = strncmp(id, "sha256:", 7) == 0 ? id + 7 : id;
		if (strcmp(hex, oci_digest_hex(wanted)) != 0)
			return err_set(err, ERR_CORRUPT, "engine-image-differs",
				       "%s made another image from %s: %.80s instead of %s", engine_name(s->engine),
				       s->tags.items[i], id, wanted->text);
	}
	return 0;
}

int engine_sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
		       const struct oci_manifest *manifest, struct err *err)
{
	struct engine_sink *s = ctx;
	if (!manifest && !s->containerd)
		return err_set(err, ERR_UNSUPPORTED, "destination-takes-no-index",
			       "an engine with a store of its own does not accept an index of several platforms");
	if (!s->containerd && had_it(s, &manifest->config.digest))
		return check_loaded(s, &manifest->config.digest, err);
	CLEANUP_FILE_TAR_STREAM struct file_tar_stream *tar = file_tar_stream_new();
	CLEANUP_BUF struct buf answer = {0};
	int r = s->containerd ? make_layout(s, d, bytes, tar, err) : make_tar(s, manifest, tar, err);
	if (r < 0)
		return r;
	struct transport_metered meter = {
	    .from = file_tar_stream_reader(tar),
	    .progress = s->progress,
	    .stage = "publish",
	    .total = file_tar_stream_size(tar),
	};
	struct io_reader body = transport_metered_reader(&meter);
	r = engine_post(s->engine, "/images/load?quiet=1", "application/x-tar", &body, meter.total, LIMIT_LOAD_ANSWER,
			&answer, err);
	if (r == 0 && answer.len)
		r = check_answer(s, &answer, err);
	return r == 0 ? check_loaded(s, s->containerd ? &d->digest : &manifest->config.digest, err) : r;
}
