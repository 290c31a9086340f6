#include "oci/ref.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

#define FORMS                                                                                                          \
	"NAME:TAG, docker://NAME:TAG, docker-daemon:NAME:TAG, containers-storage:NAME:TAG, oci:DIR:TAG, "              \
	"oci-archive:FILE:TAG, docker-archive:FILE:NAME:TAG, dir:DIR or rootfs:DIR:CONFIG"

static const struct scheme {
	const char *name;
	const char *slashes; /* between the colon and the location */
	bool has_tag;        /* LOCATION[:TAG], split at the first colon; else all of it is the location */
} schemes[] = {
    {"oci", "", true},       {"oci-archive", "", true},         {"docker-archive", "", true},
    {"docker", "//", false}, {"docker-daemon", "", false},      {"dir", "", false},
    {"rootfs", "", true},    {"containers-storage", "", false},
};

/* The one that s begins with, or NULL. */
static const struct scheme *find_scheme(const char *s)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		size_t n = strlen(schemes[i].name), m = strlen(schemes[i].slashes);
		if (strncmp(s, schemes[i].name, n) == 0 && s[n] == ':' &&
		    strncmp(s + n + 1, schemes[i].slashes, m) == 0)
			return &schemes[i];
	}
	return NULL;
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

/* A tag becomes an annotation, and JSON only holds UTF-8. */
static bool is_utf8(const char *s)
{
	json_t *v = json_string(s);
	json_decref(v);
	return v != NULL;
}

static int split(const char *s, const char *rest, bool has_tag, struct oci_ref *r, struct err *err)
{
	const char *colon = has_tag ? strchr(rest, ':') : NULL;
	size_t n = colon ? (size_t)(colon - rest) : strlen(rest);
	if (!n)
		return err_set(err, ERR_INVAL, "image reference \"%s\" names no file or directory, write %s", s, FORMS);
	if (n > LIMIT_PATH)
		return err_set(err, ERR_INVAL, "image reference \"%.100s...\" is longer than %d bytes", s, LIMIT_PATH);
	if (colon && !colon[1])
		return err_set(err, ERR_INVAL,
			       "image reference \"%s\" has an empty tag, leave out the last colon or write %s", s,
			       FORMS);
	if (colon && !is_utf8(colon + 1))
		return err_set(err, ERR_INVAL, "image reference \"%s\": the tag is not UTF-8", s);
	r->location = mem_strndup(rest, n);
	r->tag = colon ? mem_strdup(colon + 1) : NULL;
	return 0;
}

int oci_ref_parse(const char *s, struct oci_ref *out, struct err *err)
{
	if (!*s)
		return err_set(err, ERR_INVAL, "the image reference is empty, write %s", FORMS);
	if (has_control(s))
		return err_set(err, ERR_INVAL, "image reference \"%s\" has control characters", s);
	struct oci_ref r = {0};
	const struct scheme *scheme = find_scheme(s);
	if (!scheme && strstr(s, "://"))
		return err_set(err, ERR_INVAL, "image reference \"%s\" has an unknown scheme, write %s", s, FORMS);
	const char *rest = scheme ? s + strlen(scheme->name) + 1 + strlen(scheme->slashes) : s;
	int e = split(s, rest, scheme && scheme->has_tag, &r, err);
	if (e < 0)
		return e;
	r.scheme = mem_strdup(scheme ? scheme->name : "");
	*out = r;
	return 0;
}

void oci_ref_copy(const struct oci_ref *from, struct oci_ref *out)
{
	*out = (struct oci_ref){mem_strdup(from->scheme), mem_strdup(from->location), mem_strdup(from->tag),
				mem_strdup(from->engine)};
}

char *oci_ref_text(const struct oci_ref *ref)
{
	const char *slashes = "";
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (strcmp(schemes[i].name, ref->scheme) == 0)
			slashes = schemes[i].slashes;
	return mem_printf("%s%s%s%s%s%s", ref->scheme, ref->scheme[0] ? ":" : "", slashes, ref->location,
			  ref->tag ? ":" : "", ref->tag ? ref->tag : "");
}

void oci_ref_done(struct oci_ref *ref)
{
	free(ref->scheme);
	free(ref->location);
	free(ref->tag);
	free(ref->engine);
	*ref = (struct oci_ref){0};
}
