#include "cmd/options/docker_run/env_file.h"

#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"

#define BLANKS " \t\r\n\v\f"

static int add_line(const char *path, size_t number, char *line, struct strlist *out, struct err *err)
{
	line += strspn(line, BLANKS);
	size_t name = strcspn(line, "="), len = strlen(line);
	if (len && line[len - 1] == '\r')
		line[--len] = '\0';
	if (!*line || *line == '#')
		return 0;
	if (!line[name]) /* blanks may follow a name without a value */
		while (name && strchr(BLANKS, line[name - 1]))
			line[--name] = '\0';
	if (!name || strcspn(line, BLANKS) < name)
		return err_set(err, ERR_INVAL, "env-file-malformed",
			       "%s: line %zu does not begin with the name of a variable: \"%.*s\"", path, number,
			       (int)(name < 60 ? name : 60), line);
	strlist_add(out, line);
	return 0;
}

int env_file_parse(const char *path, const char *text, size_t n, struct strlist *out, struct err *err)
{
	CLEANUP_FREE char *copy = mem_strndup(text, n);
	char *rest = copy, *line;
	size_t number = 0;
	if (strlen(copy) < n)
		return err_set(err, ERR_INVAL, "env-file-malformed", "%s contains a zero byte", path);
	if (strncmp(rest, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
		rest += 3;
	while ((line = strsep(&rest, "\n"))) {
		int r = add_line(path, ++number, line, out, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int env_file_read(const char *path, struct strlist *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(AT_FDCWD, path, LIMIT_POLICY, &text, err);
	if (r == 0)
		r = env_file_parse(path, text.len ? text.data : "", text.len, out, err);
	return r < 0 ? err_wrap(err, "--env-file") : 0;
}
