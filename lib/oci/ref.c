#include "oci/ref.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

#define FORMS                                                                                                          \
	"NAME:TAG, docker://NAME:TAG, docker-daemon:NAME:TAG, containers-storage:NAME:TAG, "                           \
	"containerd:NAME:TAG, oci:DIR:TAG, oci-archive:FILE:TAG, docker-archive:FILE:NAME:TAG, dir:DIR or "            \
	"rootfs:DIR:CONFIG"

static const struct scheme {
	const char *name;
	const char *slashes; /* between the colon and the location */
	bool has_tag;        /* LOCATION[:TAG], split at the first colon; else all of it is the location */
	bool is_name;        /* the location is a name (oci/name.h) */
} schemes[OCI_SCHEME_COUNT] = {
    [OCI_SCHEME_NONE] = {"", "", false, true},
    [OCI_SCHEME_OCI] = {"oci", "", true, false},
    [OCI_SCHEME_OCI_ARCHIVE] = {"oci-archive", "", true, false},
    [OCI_SCHEME_DOCKER_ARCHIVE] = {"docker-archive", "", true, false},
    [OCI_SCHEME_DIR] = {"dir", "", false, false},
    [OCI_SCHEME_ROOTFS] = {"rootfs", "", true, false},
    [OCI_SCHEME_DOCKER] = {"docker", "//", false, true},
    [OCI_SCHEME_DOCKER_DAEMON] = {"docker-daemon", "", false, true},
    [OCI_SCHEME_CONTAINERS_STORAGE] = {"containers-storage", "", false, true},
    [OCI_SCHEME_CONTAINERD] = {"containerd", "", false, true},
};

/* The scheme that s begins with; *rest is what follows it. */
static enum oci_scheme find_scheme(const char *s, const char **rest)
{
	for (enum oci_scheme i = OCI_SCHEME_NONE + 1; i < OCI_SCHEME_COUNT; i++) {
		size_t n = strlen(schemes[i].name), m = strlen(schemes[i].slashes);
		if (strncmp(s, schemes[i].name, n) == 0 && s[n] == ':' &&
		    strncmp(s + n + 1, schemes[i].slashes, m) == 0) {
			*rest = s + n + 1 + m;
			return i;
		}
	}
	*rest = s;
	return OCI_SCHEME_NONE;
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

/* The text behind the scheme into its parts. */
static int split(const char *s, enum oci_scheme scheme, const char *rest, struct oci_ref *out, struct err *err)
{
	const char *colon = schemes[scheme].has_tag ? strchr(rest, ':') : NULL;
	size_t n = colon ? (size_t)(colon - rest) : strlen(rest);
	if (!n)
		return err_set(err, ERR_INVAL, "reference-malformed",
			       "image reference \"%s\" does not name a file or directory: write %s", s, FORMS);
	if (n > LIMIT_PATH)
		return err_set(err, ERR_INVAL, "reference-malformed",
			       "image reference \"%.100s...\" is longer than %d bytes", s, LIMIT_PATH);
	if (colon && !colon[1])
		return err_set(err, ERR_INVAL, "reference-malformed",
			       "image reference \"%s\" has an empty tag: leave out the last colon, or write %s", s,
			       FORMS);
	if (colon && !is_utf8(colon + 1))
		return err_set(err, ERR_INVAL, "reference-malformed", "image reference \"%s\": the tag is not UTF-8",
			       s);
	oci_ref_init(scheme, mem_strndup(rest, n), colon ? mem_strdup(colon + 1) : NULL, out);
	return 0;
}

int oci_ref_parse(const char *s, struct oci_ref *out, struct err *err)
{
	if (!*s)
		return err_set(err, ERR_INVAL, "reference-malformed", "the image reference is empty: write %s", FORMS);
	if (has_control(s))
		return err_set(err, ERR_INVAL, "reference-malformed", "image reference \"%s\" has control characters",
			       s);
	const char *rest;
	enum oci_scheme scheme = find_scheme(s, &rest);
	if (scheme == OCI_SCHEME_NONE && strstr(s, "://"))
		return err_set(err, ERR_INVAL, "reference-scheme-unknown",
			       "image reference \"%s\" has an unknown transport: write %s", s, FORMS);
	return split(s, scheme, rest, out, err);
}

void oci_ref_init(enum oci_scheme scheme, char *location, char *tag, struct oci_ref *out)
{
	*out = (struct oci_ref){.scheme = scheme, .location = location, .tag = tag};
	if (schemes[scheme].is_name)
		(void)!oci_name_parse(location, &out->name, NULL); /* oci_ref_name reports why it is not a name */
}

void oci_ref_copy(const struct oci_ref *from, struct oci_ref *out)
{
	*out = (struct oci_ref){.scheme = from->scheme,
				.location = mem_strdup(from->location),
				.tag = mem_strdup(from->tag),
				.engine = mem_strdup(from->engine),
				.space = mem_strdup(from->space)};
	oci_name_copy(&from->name, &out->name);
}

int oci_ref_name(const struct oci_ref *ref, const struct oci_name **out, struct err *err)
{
	if (!schemes[ref->scheme].is_name)
		return err_set(err, ERR_INVAL, "image-name-malformed", "%s is a path and not the name of an image",
			       ref->location);
	if (!ref->name.host) { /* for the message */
		CLEANUP_OCI_NAME struct oci_name none = {0};
		int r = oci_name_parse(ref->location, &none, err);
		return r < 0 ? r : err_set(err, ERR_INVAL, "image-name-malformed", "%s is not parsed", ref->location);
	}
	*out = &ref->name;
	return 0;
}

char *oci_ref_text(const struct oci_ref *ref)
{
	const struct scheme *scheme = &schemes[ref->scheme];
	const bool spaced = ref->space && strcmp(ref->space, "default") != 0;
	return mem_printf("%s%s%s%s%s%s%s%s", scheme->name, *scheme->name ? ":" : "", scheme->slashes,
			  spaced ? ref->space : "", spaced ? "/" : "", ref->location, ref->tag ? ":" : "",
			  ref->tag ? ref->tag : "");
}

void oci_ref_done(struct oci_ref *ref)
{
	free(ref->location);
	free(ref->tag);
	free(ref->engine);
	free(ref->space);
	oci_name_done(&ref->name);
	*ref = (struct oci_ref){0};
}
