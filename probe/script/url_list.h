/* probe/script/url_list.h - reads a plain list of URLs, one a line: http://host/path, or /path. A line that begins with
 * # is a comment. Each is sent as a GET, once; those of another host than the first one's are left out (origin.h). */
#pragma once

#include "base/notes.h"
#include "probe/script/script.h"

int probe_url_list_read(const char *path, struct probe_script *out, struct notes *notes, struct err *err) MUST_CHECK;
/* The same of bytes. what: the file's name in messages. ERR_INVAL names the line. */
int probe_url_list_parse(const char *data, size_t n, const char *what, struct probe_script *out, struct notes *notes,
			 struct err *err) MUST_CHECK;
