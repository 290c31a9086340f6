#include "publish/replaced.h"

#include <string.h>

#include "base/mem.h"

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_name(const char *a, const char *b)
{
	CLEANUP_FREE char *x = oci_name_full(a), *y = oci_name_full(b);
	return strcmp(x, y) == 0;
}

/* The name that the result took; NULL = another image's. */
static const char *taken(const struct oci_ref *source, const struct publish_destination *to)
{
	if (source->scheme != to->ref.scheme || (to->ref.engine && !same_text(source->engine, to->ref.engine)) ||
	    (to->ref.space && !same_text(source->space, to->ref.space)))
		return NULL;
	if (!source->name.host)
		return same_text(source->location, to->ref.location) && same_text(source->tag, to->ref.tag)
			   ? to->ref.location
			   : NULL;
	if (same_name(source->location, to->ref.location))
		return to->ref.location;
	for (size_t i = 0; i < to->names.count; i++)
		if (same_name(source->location, to->names.items[i]))
			return to->names.items[i];
	return NULL;
}

/* "docker.io/library/nginx@sha256:..." */
static char *with_digest(const char *name, const char *digest)
{
	CLEANUP_OCI_NAME struct oci_name n = {0};
	if (oci_name_parse(name, &n, NULL) < 0)
		return mem_strdup(digest);
	return mem_printf("%s/%s@%s", n.host, n.path, digest);
}

bool publish_replaced(const struct oci_ref *source, const char *digest, const struct publish_destination *to,
		      struct buf *out)
{
	const char *name = *digest ? taken(source, to) : NULL;
	if (!name)
		return false;
	CLEANUP_FREE char *kept = with_digest(name, digest), *full = oci_name_full(name);
	switch (source->scheme) {
	case OCI_SCHEME_DOCKER_DAEMON:
	case OCI_SCHEME_CONTAINERS_STORAGE:
		buf_printf(out, "%s named the original; to go back: %s tag %s %s", name,
			   source->scheme == OCI_SCHEME_DOCKER_DAEMON ? "docker" : "podman", digest, name);
		return true;
	case OCI_SCHEME_CONTAINERD:
		buf_printf(out,
			   "%s named the original, which is %s now; to go back: ctr -n %s images tag --force %s %s",
			   name, kept, source->space, kept, full);
		return true;
	case OCI_SCHEME_DOCKER:
		buf_printf(
		    out,
		    "%s named the original, which is %s now; to go back: skopeo copy --all docker://%s docker://%s",
		    name, kept, kept, full);
		return true;
	default:
		buf_printf(out, "%s held the original, %s, under this name", name, digest);
		return true;
	}
}
