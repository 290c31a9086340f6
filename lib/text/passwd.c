#include "text/passwd.h"

#include <string.h>

#define ID_MAX 0x7fffffffu
#define FIELDS_MAX 7

void passwd_clean(char *text, size_t len)
{
	for (char *nul = text; len && (nul = memchr(nul, '\0', len - (size_t)(nul - text)));)
		*nul = '\1';
}

bool passwd_parse_id(const char *s, uint32_t *out)
{
	uint64_t v = 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (uint64_t)(*s - '0');
		if (v > ID_MAX)
			return false;
	}
	*out = (uint32_t)v;
	return true;
}

/* Cut the next line that is not blank out of the text at *rest. White space around it is removed. The line is split
 * at colons into at most FIELDS_MAX fields; the last field takes the rest. Returns the number of fields, 0 at the
 * end. */
static size_t next_line(char **rest, char *fields[FIELDS_MAX])
{
	while (*rest && **rest) {
		char *line = *rest, *end = strchr(line, '\n');
		*rest = end ? end + 1 : NULL;
		if (!end)
			end = line + strlen(line);
		while (end > line && strchr(" \t\r\v\f", end[-1]))
			end--;
		*end = '\0';
		line += strspn(line, " \t\r\v\f");
		if (!*line)
			continue;
		size_t n = 0;
		while (n < FIELDS_MAX - 1) {
			fields[n++] = line;
			line = strchr(line, ':');
			if (!line)
				return n;
			*line++ = '\0';
		}
		fields[n++] = line;
		return n;
	}
	return 0;
}

bool passwd_next(char **rest, struct passwd_entry *out)
{
	char *f[FIELDS_MAX];
	for (size_t n; (n = next_line(rest, f));)
		if (n >= 4 && passwd_parse_id(f[2], &out->uid) && passwd_parse_id(f[3], &out->gid)) {
			out->name = f[0];
			out->home = n >= 6 ? f[5] : "";
			return true;
		}
	return false;
}

bool passwd_next_group(char **rest, struct passwd_group *out)
{
	char *f[FIELDS_MAX];
	for (size_t n; (n = next_line(rest, f));)
		if (n >= 3 && passwd_parse_id(f[2], &out->gid)) {
			out->name = f[0];
			out->members = n >= 4 ? f[3] : "";
			return true;
		}
	return false;
}
