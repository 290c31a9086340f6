#include "probe/script/headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool has_name(const char *line, const char *name)
{
	size_t n = strlen(name);
	return strncasecmp(line, name, n) == 0 && line[n] == ':';
}

const char *probe_headers_get(const struct probe_request *r, const char *name)
{
	for (size_t i = 0; i < r->headers.count; i++)
		if (has_name(r->headers.items[i], name)) {
			const char *value = r->headers.items[i] + strlen(name) + 1;
			return value + strspn(value, " \t");
		}
	return NULL;
}

void probe_headers_remove(struct probe_request *r, const char *name)
{
	struct strlist *l = &r->headers;
	size_t kept = 0;
	if (strcasecmp(name, "Host") == 0) {
		free(r->host);
		r->host = NULL;
	}
	for (size_t i = 0; i < l->count; i++)
		if (has_name(l->items[i], name))
			free(l->items[i]);
		else
			l->items[kept++] = l->items[i];
	l->count = kept;
	if (l->items)
		l->items[kept] = NULL;
}

void probe_headers_add(struct probe_request *r, const char *name, const char *value)
{
	if (strcasecmp(name, "Host") == 0) {
		free(r->host);
		r->host = mem_strdup(value);
	} else {
		strlist_take(&r->headers, mem_printf("%s: %s", name, value));
	}
}

void probe_headers_default(struct probe_request *r, const char *name, const char *value)
{
	if (!probe_headers_get(r, name))
		probe_headers_add(r, name, value);
}
