#include "probe/script/url_list.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/script/fields.h"
#include "probe/script/origin.h"
#include "probe/script/seen.h"

#define BLANKS " \t\r"

static int read_line(const char *line, struct probe_origin *origin, struct probe_script *out, struct err *err)
{
	if (*line != '/')
		return probe_origin_add(origin, "GET", line, out, err);
	CLEANUP_BUF struct buf path = {0};
	probe_fields_literal(&path, line, strcspn(line, "#"));
	probe_script_add(out, "GET", path.data);
	return 1;
}

int probe_url_list_parse(const char *data, size_t n, const char *what, struct probe_script *out, struct notes *notes,
			 struct err *err)
{
	CLEANUP_PROBE_ORIGIN struct probe_origin origin = {0};
	CLEANUP_PROBE_SEEN struct probe_seen seen = {0};
	size_t number = 0, first = out->count;
	for (const char *p = data, *end = data + n; p < end;) {
		const char *feed = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((feed ? feed : end) - p);
		CLEANUP_FREE char *copy = mem_strndup(p, len);
		char *line = copy + strspn(copy, BLANKS);
		size_t used = strlen(line);
		while (used && strchr(BLANKS, line[used - 1]))
			line[--used] = '\0';
		p += len + 1;
		number++;
		if (!*line || *line == '#')
			continue;
		if (out->count - first == LIMIT_PROBE_REQUESTS)
			return err_set(err, ERR_LIMIT, "input-too-large", "%.300s has more than %d URLs", what,
				       LIMIT_PROBE_REQUESTS);
		struct err cause = {0};
		int r = read_line(line, &origin, out, &cause);
		if (r > 0 && !probe_seen_is_new(&seen, out))
			probe_script_drop(out);
		if (r < 0)
			return err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s, line %zu: \"%.300s\": %.200s",
				       what, number, line, cause.msg);
	}
	probe_origin_tell(&origin, what, notes);
	if (out->count == first)
		return err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s has no URL", what);
	return probe_script_check(out, first, what, err);
}

int probe_url_list_read(const char *path, struct probe_script *out, struct notes *notes, struct err *err)
{
	CLEANUP_BUF struct buf data = {0};
	int e = fd_read_file(AT_FDCWD, path, LIMIT_POLICY, &data, err);
	return e < 0 ? e : probe_url_list_parse(data.data, data.len, path, out, notes, err);
}
