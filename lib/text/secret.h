/* text/secret.h - strings, buffers and JSON that must not stay in memory. What a library copies for itself while it
 * works (jansson's reader, libcurl) is out of reach. */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

/* Overwrites the string and frees it. NULL is nothing. */
void secret_free(char *s);
static inline void secret_freep(char **s)
{
	secret_free(*s);
}
#define CLEANUP_SECRET CLEANUP(secret_freep)

/* Overwrites the string where it is, as in a command line that others can read. */
void secret_blank(char *s);

/* As buf_done, but overwrites the bytes first. A buffer that grows leaves its old bytes in memory: buf_reserve it
 * first. */
void secret_buf_done(struct buf *b);
#define CLEANUP_SECRET_BUF CLEANUP(secret_buf_done)

/* json_parse_object whose messages have nothing of the text in them, only the line. */
int secret_json_parse(const char *data, size_t n, size_t max, const char *what, json_t **out,
		      struct err *err) MUST_CHECK;
/* json_decref that overwrites all strings of the value, which must be nobody else's any more. NULL is nothing. */
void secret_json_free(json_t *v);
static inline void secret_json_freep(json_t **v)
{
	secret_json_free(*v);
}
#define CLEANUP_SECRET_JSON CLEANUP(secret_json_freep)
