/* probe/file/probe_file_parts.h - for probe_file.c: the parts of a request that have a file of their own. Each
 * function appends to the request, or replaces a part of it; ERR_INVAL in the form of probe_fields_fail. */
#pragma once

#include "probe/script/fields.h"
#include "probe/script/script.h"

/* Members that both a request and the defaults of a file may have, other than method and path, body, captures and
 * repetition. */
#define PROBE_FILE_COMMON "scheme", "host", "port", "socket", "protocol", "headers", "auth", "cert", "expect", "timeout"
int probe_file_common(const struct probe_fields *f, const json_t *object, struct probe_request *r,
		      struct err *err) MUST_CHECK;

/* One of them at most; without a header Content-Type the request gets the one of its kind. */
#define PROBE_FILE_BODY "body", "json", "form", "multipart", "body_file", "body_base64", "body_generate"
int probe_file_body(const struct probe_fields *f, const json_t *object, struct probe_request *r,
		    struct err *err) MUST_CHECK;

/* The value of "expect", that of "capture". */
int probe_file_expect(const struct probe_fields *f, const json_t *object, struct probe_request *r,
		      struct err *err) MUST_CHECK;
int probe_file_capture(const struct probe_fields *f, const json_t *object, struct probe_request *r,
		       struct err *err) MUST_CHECK;

/* Appends "NAME=VALUE&..." of the member key, a mapping whose values may be arrays. */
int probe_file_pairs(const struct probe_fields *f, const json_t *object, const char *key, struct buf *out,
		     struct err *err) MUST_CHECK;

/* Appends the request that v, an element of list, is. defaults: an object of PROBE_FILE_COMMON; NULL = none. */
int probe_file_request(const struct probe_fields *f, const json_t *defaults, const json_t *list, const json_t *v,
		       struct probe_script *out, struct err *err) MUST_CHECK;
