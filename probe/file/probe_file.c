#include "probe/file/probe_file.h"

#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/file/probe_file_parts.h"

static int read_root(const struct probe_fields *f, const json_t *root, struct probe_script *out, struct err *err)
{
	static const char *const allowed[] = {"schema", "name", "defaults", "requests", NULL}, *const common[] = {
												   PROBE_FILE_COMMON,
												   NULL};
	json_t *defaults = NULL, *requests, *v;
	size_t i;
	int e;
	if (!json_is_object(root))
		return probe_fields_fail(f, root, NULL, err, "a probe file is a mapping that begins with schema: %s",
					 PROBE_FILE_SCHEMA);
	const char *schema = json_string_value(json_object_get(root, "schema"));
	if (!schema || strcmp(schema, PROBE_FILE_SCHEMA) != 0)
		return probe_fields_fail(f, root, schema ? "schema" : NULL, err, "\"schema\" must be %s",
					 PROBE_FILE_SCHEMA);
	if ((e = probe_fields_known(f, root, "a probe file", allowed, err)) < 0 ||
	    (e = probe_fields_get_object(f, root, "defaults", &defaults, err)) < 0 ||
	    (defaults && (e = probe_fields_known(f, defaults, "defaults", common, err)) < 0))
		return e;
	requests = json_object_get(root, "requests");
	if (!json_is_array(requests) || !json_array_size(requests))
		return probe_fields_fail(f, root, requests ? "requests" : NULL, err,
					 "\"requests\" is a list of requests, one at least");
	if (json_array_size(requests) > LIMIT_PROBE_REQUESTS)
		return probe_fields_fail(f, root, "requests", err, "more than %d requests", LIMIT_PROBE_REQUESTS);
	json_array_foreach (requests, i, v)
		if ((e = probe_file_request(f, defaults, requests, v, out, err)) < 0)
			return e;
	return 0;
}

int probe_file_parse(const char *data, size_t n, const char *what, int dir, struct probe_script *out, struct err *err)
{
	CLEANUP_YAML_LINES struct yaml_lines lines = {0};
	json_auto_t *root = NULL;
	const struct probe_fields f = {what, &lines, dir};
	size_t first = out->count;
	int e = yaml_parse(data, n, what, &lines, &root, err);
	if (e == 0)
		e = read_root(&f, root, out, err);
	return e < 0 ? e : probe_script_check(out, first, what, err);
}

int probe_file_read(const char *path, struct probe_script *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *folder = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
	int e = fd_read_file(AT_FDCWD, path, LIMIT_YAML, &text, err);
	if (e < 0)
		return e;
	CLEANUP_FD int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return probe_file_parse(text.data, text.len, path, dir, out, err);
}
