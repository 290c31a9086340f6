#include "transport/docker_name.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define TAG_MAX 128
#define NAME_MAX_BYTES 255

/* The colon before the tag; NULL if there is none (a colon before a slash is a port's). */
static const char *tag_colon(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon && !strchr(colon, '/') ? colon : NULL;
}

const char *docker_name_tag(const char *name)
{
	const char *colon = tag_colon(name);
	return colon ? colon + 1 : "latest";
}

/* Whether the first component is a registry's host and not the first part of a path. */
static bool starts_with_host(const char *name)
{
	const char *slash = strchr(name, '/');
	if (!slash)
		return false;
	size_t n = (size_t)(slash - name);
	return memchr(name, '.', n) || memchr(name, ':', n) || (n == 9 && memcmp(name, "localhost", n) == 0);
}

char *docker_name_full(const char *name)
{
	const char *host = "";
	if (strncmp(name, "docker.io/", 10) == 0)
		name += 10;
	else if (strncmp(name, "index.docker.io/", 16) == 0)
		name += 16;
	else if (starts_with_host(name))
		return mem_printf("%s%s", name, tag_colon(name) ? "" : ":latest");
	host = strchr(name, '/') ? "docker.io/" : "docker.io/library/";
	return mem_printf("%s%s%s", host, name, tag_colon(name) ? "" : ":latest");
}

static bool is_low_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* path-component: letters and digits, with one ".", one or two "_" or any number of "-" between them. */
static bool is_component(const char *s, size_t n)
{
	if (!n || !is_low_or_digit(s[0]) || !is_low_or_digit(s[n - 1]))
		return false;
	for (size_t i = 0; i < n;) {
		size_t run = 0;
		while (i + run < n && strchr("._-", s[i + run]) && s[i + run] == s[i])
			run++;
		if (!run && !is_low_or_digit(s[i]))
			return false;
		/* Neither a mix of separators nor more of one kind than the grammar has. */
		if ((s[i] == '.' && run > 1) || (s[i] == '_' && run > 2) || (run && !is_low_or_digit(s[i + run])))
			return false;
		i += run ? run : 1;
	}
	return true;
}

static bool is_host(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_low_or_digit(s[i]) && !(s[i] >= 'A' && s[i] <= 'Z') && !strchr(".-:[]", s[i]))
			return false;
	return n > 0;
}

static bool is_tag(const char *s)
{
	size_t n = strlen(s);
	if (!n || n > TAG_MAX || s[0] == '.' || s[0] == '-')
		return false;
	for (; *s; s++)
		if (!is_low_or_digit(*s) && !(*s >= 'A' && *s <= 'Z') && !strchr("._-", *s))
			return false;
	return true;
}

int docker_name_with_tag(const char *name, char **out, struct err *err)
{
	const char *colon = tag_colon(name), *end = colon ? colon : name + strlen(name);
	bool good = (size_t)(end - name) <= NAME_MAX_BYTES && (!colon || is_tag(colon + 1));
	const char *part = name;
	if (starts_with_host(name)) {
		const char *slash = strchr(name, '/');
		good = good && is_host(name, (size_t)(slash - name));
		part = slash + 1;
	}
	for (bool more = true; good && more;) {
		const char *slash = memchr(part, '/', (size_t)(end - part));
		more = slash;
		good = is_component(part, (size_t)((more ? slash : end) - part));
		part = more ? slash + 1 : end;
	}
	if (!good) {
		CLEANUP_BUF struct buf shown = {0};
		buf_escape(&shown, name, strnlen(name, 256));
		return err_set(err, ERR_INVAL,
			       "\"%s\" is no image name that docker loads: [HOST/]PATH[:TAG], the path in lower case",
			       shown.data ? shown.data : "");
	}
	*out = mem_printf("%s%s", name, colon ? "" : ":latest");
	return 0;
}
