/* probe/script/headers.h - the headers of a request, while a reader fills it. */
#pragma once

#include "probe/script/script.h"

/* The value of the first header of this name, in any case; NULL = none. Borrowed. */
const char *probe_headers_get(const struct probe_request *r, const char *name);
/* Removes all headers of this name. Host is r->host. */
void probe_headers_remove(struct probe_request *r, const char *name);
/* Appends a header; Host becomes r->host. */
void probe_headers_add(struct probe_request *r, const char *name, const char *value);
/* Adds it unless the request has one of this name. */
void probe_headers_default(struct probe_request *r, const char *name, const char *value);
