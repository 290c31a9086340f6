/* probe/script/origin.h - for readers of URLs that were collected from a running site: which of them are the service's,
 * and the requests that they stand for. Own is the host of the first URL, with any scheme and port; all names of this
 * machine are one host. Of a URL the path and query are taken, and the Host header unless it is of this machine. */
#pragma once

#include "base/notes.h"
#include "probe/script/script.h"

struct probe_origin {
	char *host; /* the first one's, "localhost" for all of this machine; NULL = none yet */
	size_t taken, left_out;
};

/* Appends a request for an http, https, ws or wss URL: 1; 0 = it is of another host; ERR_INVAL = it is no such URL, or
 * has a user name in it. */
int probe_origin_add(struct probe_origin *o, const char *method, const char *url, struct probe_script *out,
		     struct err *err) MUST_CHECK;
/* Notes how many were left out of the file, if any. */
void probe_origin_tell(const struct probe_origin *o, const char *what, struct notes *notes);
void probe_origin_done(struct probe_origin *o);
#define CLEANUP_PROBE_ORIGIN CLEANUP(probe_origin_done)
