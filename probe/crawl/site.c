#include "probe/crawl/site.h"

#include <string.h>

char *probe_site_url(const struct probe_site *s, const char *scheme, const char *path)
{
	if (s->target->name) {
		CLEANUP_FREE char *authority = exercise_target_authority(s->target, s->port);
		return mem_printf("%s://%s%s", scheme, authority, path);
	}
	bool v6 = strchr(s->host, ':');
	return mem_printf("%s://%s%s%s:%u%s", scheme, v6 ? "[" : "", s->host, v6 ? "]" : "", s->port, path);
}

char *probe_site_address(const struct probe_site *s)
{
	return s->target->name ? exercise_target_address(s->target, s->port) : NULL;
}
