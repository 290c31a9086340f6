#include "pipeline/destination.h"

#include <string.h>

#include "base/mem.h"

void destination_default(const struct oci_ref *source, struct oci_ref *out)
{
	*out = (struct oci_ref){.scheme = mem_strdup(source->scheme)};
	if (strcmp(source->scheme, "oci") == 0) {
		out->location = mem_strdup(source->location);
		out->tag = source->tag ? mem_printf("%s.slim", source->tag) : mem_strdup("slim");
		return;
	}
	size_t n = strlen(source->location);
	static const char *const suffixes[] = {".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz"};
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t s = strlen(suffixes[i]);
		if (n > s && strcmp(source->location + n - s, suffixes[i]) == 0) {
			n -= s;
			break;
		}
	}
	out->location = mem_printf("%.*s.slim.tar", (int)n, source->location);
}

char *destination_name(const char *name)
{
	if (!name || !*name)
		return NULL;
	const char *slash = strrchr(name, '/'), *colon = strchr(slash ? slash : name, ':');
	return colon ? mem_printf("%.*s.slim%s", (int)(colon - name), name, colon) : mem_printf("%s.slim", name);
}
