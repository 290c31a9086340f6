#include "probe/script/fastcgi.h"

#include <stdlib.h>
#include <string.h>

static void set(struct probe_request *r, const char *name, const char *value, const char *more)
{
	CLEANUP_FREE char *param = mem_printf("%s=%s%s", name, value, more);
	strlist_set_env(&r->params, param);
}

/* The bytes of path that name the program. */
static size_t program_length(const char *path, const struct strlist *split)
{
	const char *usual[] = {".php"};
	const char *const *endings = split && split->count ? (const char *const *)split->items : usual;
	size_t n = split && split->count ? split->count : 1;
	for (size_t i = 0; i < n; i++) {
		const char *at = *endings[i] ? strcasestr(path, endings[i]) : NULL;
		if (at)
			return (size_t)(at - path) + strlen(endings[i]);
	}
	return strlen(path);
}

void probe_fastcgi_params(const struct probe_fastcgi *o, struct probe_request *r)
{
	CLEANUP_FREE char *path = mem_strndup(r->path, strcspn(r->path, "?"));
	size_t root = strlen(o->root);
	if (path[strlen(path) - 1] == '/') {
		char *index = mem_printf("%sindex.php", path);
		free(path);
		path = index;
	}
	size_t n = program_length(path, o->split);
	CLEANUP_FREE char *program = mem_strndup(path, n);
	while (root && o->root[root - 1] == '/')
		root--;
	CLEANUP_FREE char *folder = mem_strndup(o->root, root);
	set(r, "DOCUMENT_ROOT", folder, "");
	set(r, "SCRIPT_NAME", program, "");
	set(r, "SCRIPT_FILENAME", folder, program);
	set(r, "PATH_INFO", path + n, "");
}
