/* probe/script/har.h - reads a HAR 1.2 file (http://www.softwareishard.com/blog/har-12-spec/), the recording that a
 * browser's network panel saves: its requests, in their order. Requests to another host than the first one's are left
 * out (origin.h), and so are those of other schemes (data:, blob:).
 * Left out of the headers: those of a connection (RFC 9110, 7.6.1), Host, Content-Length, Accept-Encoding, HTTP/2's
 * :authority and the like; Cookie unless it is asked for, as the session of the recording is over.
 * The recorded status is not expected: a recording of another day has other data behind it. Nothing in the file is a
 * variable. */
#pragma once

#include "base/notes.h"
#include "probe/script/script.h"

struct probe_har_options {
	bool cookies; /* send the recorded ones */
};

int probe_har_read(const char *path, const struct probe_har_options *o, struct probe_script *out, struct notes *notes,
		   struct err *err) MUST_CHECK;
/* The same of bytes. what: the file's name in messages. ERR_INVAL names the entry by its number. */
int probe_har_parse(const char *data, size_t n, const char *what, const struct probe_har_options *o,
		    struct probe_script *out, struct notes *notes, struct err *err) MUST_CHECK;
