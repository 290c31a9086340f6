#include "transport/registry/media_type.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "oci/descriptor.h"
#include "text/json.h"

#define DOCKER_MEDIA_SCHEMA1 "application/vnd.docker.distribution.manifest.v1+"

static const char *const known[] = {OCI_MEDIA_INDEX, OCI_MEDIA_MANIFEST, DOCKER_MEDIA_LIST, DOCKER_MEDIA_MANIFEST};

/* The one of the known types that a header's value names, whatever its parameters; NULL = none. */
static const char *known_type(const char *s)
{
	size_t n = s ? strcspn(s, "; \t") : 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i]) == n && strncasecmp(s, known[i], n) == 0)
			return known[i];
	return NULL;
}

static int refuse_schema_1(struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "docker-schema1-unsupported",
		       "the image has Docker's obsolete schema 1: pull it with a docker before 26, and push it again");
}

int registry_media_type(const struct buf *document, const char *content_type, char *out, size_t size, struct err *err)
{
	json_auto_t *root = NULL;
	const char *own = NULL;
	uint64_t version = 0;
	int r;
	if (content_type && strncasecmp(content_type, DOCKER_MEDIA_SCHEMA1, strlen(DOCKER_MEDIA_SCHEMA1)) == 0)
		return refuse_schema_1(err);
	if ((r = json_parse_object(document->data ? document->data : "", document->len, LIMIT_MANIFEST, "the manifest",
				   &root, err)) < 0 ||
	    (r = json_get_string(root, "mediaType", false, &own, err)) < 0 ||
	    (r = json_get_uint(root, "schemaVersion", false, &version, err)) < 0)
		return r;
	if (version == 1)
		return refuse_schema_1(err);
	const char *said = known_type(content_type), *type = known_type(own);
	if (own && !type)
		return err_set(err, ERR_UNSUPPORTED, "manifest-type-unsupported",
			       "type \"%.128s\" is neither an image's manifest nor an index", own);
	if (type && said && strcmp(type, said) != 0)
		return err_set(err, ERR_CORRUPT, "media-type-mismatch",
			       "the registry calls the manifest %s, but it is %s", said, type);
	if (!type)
		type = said;
	if (!type)
		type = json_object_get(root, "manifests") ? OCI_MEDIA_INDEX : OCI_MEDIA_MANIFEST;
	snprintf(out, size, "%s", type);
	return 0;
}
