#include "probe/crawl/site.h"

#include <string.h>

char *probe_site_url(const struct probe_site *s, const char *scheme, const char *path)
{
	bool v6 = strchr(s->host, ':');
	return mem_printf("%s://%s%s%s:%u%s", scheme, v6 ? "[" : "", s->host, v6 ? "]" : "", s->port, path);
}
