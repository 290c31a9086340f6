#include "oci/name.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define TAG_MAX 128
#define NAME_MAX_BYTES 255

/* Returns the colon before the tag, NULL if the name does not have a tag (a colon before a slash is a port's). */
static const char *tag_colon(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon && !strchr(colon, '/') ? colon : NULL;
}

const char *oci_name_tag(const char *name)
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

char *oci_name_full(const char *name)
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

/* Whether name, n bytes without tag and digest, follows the grammar. */
static bool is_name(const char *name, size_t n)
{
	const char *part = name, *end = name + n;
	if (n > NAME_MAX_BYTES)
		return false;
	if (starts_with_host(name)) {
		const char *slash = strchr(name, '/');
		if (!is_host(name, (size_t)(slash - name)))
			return false;
		part = slash + 1;
	}
	for (bool more = true; more;) {
		const char *slash = part < end ? memchr(part, '/', (size_t)(end - part)) : NULL;
		more = slash;
		if (!is_component(part, (size_t)((more ? slash : end) - part)))
			return false;
		part = more ? slash + 1 : end;
	}
	return true;
}

static int refuse(const char *name, const char *why, struct err *err)
{
	CLEANUP_BUF struct buf shown = {0};
	buf_escape(&shown, name, strnlen(name, 256));
	return err_set(err, ERR_INVAL, "image-name-malformed", "\"%s\" is not an image name%s",
		       shown.data ? shown.data : "", why);
}

int oci_name_with_tag(const char *name, char **out, struct err *err)
{
	const char *colon = tag_colon(name), *end = colon ? colon : name + strlen(name);
	if (!is_name(name, (size_t)(end - name)) || (colon && !is_tag(colon + 1)))
		return refuse(name, " that docker loads: [HOST/]PATH[:TAG], the path in lower case", err);
	*out = mem_printf("%s%s", name, colon ? "" : ":latest");
	return 0;
}

int oci_name_parse(const char *s, struct oci_name *out, struct err *err)
{
	struct oci_name n = {0};
	const char *at = strchr(s, '@');
	CLEANUP_FREE char *named = at ? mem_strndup(s, (size_t)(at - s)) : mem_strdup(s);
	if (at && oci_digest_parse(at + 1, &n.digest, err) < 0)
		return err_wrap(err, "%.300s", named);
	const char *colon = tag_colon(named);
	if (!is_name(named, colon ? (size_t)(colon - named) : strlen(named)) || (colon && !is_tag(colon + 1)))
		return refuse(s, ": [HOST[:PORT]/]PATH[:TAG][@sha256:...], the path in lower case", err);
	CLEANUP_FREE char *full = oci_name_full(named); /* has a tag in any case */
	const char *slash = strchr(full, '/'), *end = tag_colon(full);
	n.host = mem_strndup(full, (size_t)(slash - full));
	n.path = mem_strndup(slash + 1, (size_t)(end - slash - 1));
	n.tag = colon ? mem_strdup(colon + 1) : NULL;
	*out = n;
	return 0;
}

void oci_name_copy(const struct oci_name *from, struct oci_name *out)
{
	*out = (struct oci_name){mem_strdup(from->host), mem_strdup(from->path), mem_strdup(from->tag), from->digest};
}

bool oci_name_same_repository(const struct oci_name *a, const struct oci_name *b)
{
	return strcmp(a->host, b->host) == 0 && strcmp(a->path, b->path) == 0;
}

char *oci_name_text(const struct oci_name *n)
{
	bool digest = n->digest.text[0];
	return mem_printf("%s/%s%s%s%s%s", n->host, n->path, n->tag ? ":" : "", n->tag ? n->tag : "", digest ? "@" : "",
			  digest ? n->digest.text : "");
}

void oci_name_done(struct oci_name *n)
{
	free(n->host);
	free(n->path);
	free(n->tag);
	*n = (struct oci_name){0};
}
