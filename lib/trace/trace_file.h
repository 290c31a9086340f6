/* trace/trace_file.h - a trace as a file: slim.trace/v1, JSON, described in slim-trace(5).
 * The same trace gives the same bytes: one line per path, sorted by its bytes, no clock, no host name.
 * A path may hold any byte. It is the member "path" if it is UTF-8, else "path_hex", its bytes in hex; the same goes
 * for program and program_hex. A trace file comes from outside: limits.h caps it. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "trace/trace.h"

#define TRACE_SCHEMA "slim.trace/v1"
#define TRACE_CONTENT_NAME "various" /* a content that traces differ in */
#define TRACE_COUNT_MAX (1ull << 53) /* a larger count is written as this: JSON readers take no more */

/* An image that was recorded. */
struct trace_image {
	char *reference; /* as the user wrote it */
	char *digest;    /* of the manifest, else of the config: "sha256:..." */
};

struct trace_file {
	struct trace trace;
	struct trace_image *images; /* one of a recording; several of united ones; each digest once */
	size_t n_images;
};

/* Of an image with several references the first by its bytes counts. */
void trace_file_add_image(struct trace_file *f, const char *reference, const char *digest);
bool trace_file_has_image(const struct trace_file *f, const char *digest);
/* trace_unite, with the images: the order and number of the traces that are united does not matter. */
void trace_file_merge(struct trace_file *into, const struct trace_file *from);
void trace_file_done(struct trace_file *f);
#define CLEANUP_TRACE_FILE CLEANUP(trace_file_done)

/* Whether a text of n bytes is small enough to be parsed: jansson takes many times a value's bytes, so what could be
 * one is counted before anything is allocated. */
int trace_file_check(const char *data, size_t n, struct err *err) MUST_CHECK;

/* Append the text. ERR_LIMIT when it would be more than what trace_file_parse takes. */
int trace_file_write(const struct trace_file *f, struct buf *out, struct err *err) MUST_CHECK;
/* The same, but the text goes to sink in parts, and is never in memory as a whole. With ERR_LIMIT, parts may have been
 * written. */
int trace_file_write_parts(const struct trace_file *f, buf_sink *sink, void *ctx, struct err *err) MUST_CHECK;

/* The bytes of one; *out must be all zero and stays so on failure. Unknown members are ignored, an unknown kind or
 * witness, another schema and a newer version refused. */
int trace_file_parse(const char *data, size_t n, struct trace_file *out, struct err *err) MUST_CHECK;
/* The same of a file; the messages name it. */
int trace_file_load(int dir, const char *path, struct trace_file *out, struct err *err) MUST_CHECK;
