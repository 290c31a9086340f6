#include "keep/modules/dll_map.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define MAX_ROWS 1024

/* The value of an attribute of the element that ends at end; NULL if it has none. */
static char *attribute(const char *element, const char *end, const char *name)
{
	size_t n = strlen(name);
	for (const char *p = element; (p = memmem(p, (size_t)(end - p), name, n)); p += n) {
		const char *value = p + n + 1;
		if (p == element || !strchr(" \t\r\n", p[-1]) || value >= end || value[-1] != '=' ||
		    (*value != '"' && *value != '\''))
			continue;
		const char *stop = memchr(value + 1, *value, (size_t)(end - value - 1));
		return stop ? mem_strndup(value + 1, (size_t)(stop - value - 1)) : NULL;
	}
	return NULL;
}

static bool is_for_linux(const char *os)
{
	bool named = strstr(os, "linux") != NULL;
	return !*os || (*os == '!' ? !named : named);
}

void keep_dll_map_read(struct keep_dll_map *m, const char *text)
{
	while (m->from.count < MAX_ROWS && (text = strstr(text, "<dllmap"))) {
		const char *end = strchr(text, '>');
		if (!end)
			return;
		CLEANUP_FREE char *dll = attribute(text, end, "dll"), *to = attribute(text, end, "target");
		CLEANUP_FREE char *os = attribute(text, end, "os");
		if (dll && to && is_for_linux(os ? os : "")) {
			strlist_add(&m->from, strncmp(dll, "i:", 2) == 0 ? dll + 2 : dll);
			strlist_add(&m->to, to);
		}
		text = end;
	}
}

void keep_dll_map_done(struct keep_dll_map *m)
{
	strlist_done(&m->from);
	strlist_done(&m->to);
}

const char *keep_dll_map_find(const struct keep_dll_map *m, const char *name)
{
	for (size_t i = 0; i < m->from.count; i++)
		if (strcasecmp(m->from.items[i], name) == 0)
			return m->to.items[i];
	return NULL;
}
