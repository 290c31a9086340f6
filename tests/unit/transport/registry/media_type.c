#include "unit.h"

#include "oci/descriptor.h"
#include "transport/registry/media_type.h"

#define V2 "{\"schemaVersion\":2,"
#define SCHEMA1 "application/vnd.docker.distribution.manifest.v1+prettyjws"

static void type_one(const char *document, const char *content_type, const char *want)
{
	char got[128];
	struct err e = {0};
	struct buf b = {.data = (char *)document, .len = strlen(document)};
	if (registry_media_type(&b, content_type, got, sizeof(got), &e) < 0)
		fail_msg("%s: %s", document, e.msg);
	assert_string_equal(got, want);
}

static void refuses_one(const char *document, const char *content_type, enum err_code code)
{
	char got[128];
	struct err e = {0};
	struct buf b = {.data = (char *)document, .len = strlen(document)};
	assert_int_equal(registry_media_type(&b, content_type, got, sizeof(got), &e), -(int)code);
	assert_true(e.msg[0]);
}

static void the_document_decides(void **state)
{
	type_one(V2 "\"mediaType\":\"" OCI_MEDIA_INDEX "\"}", OCI_MEDIA_INDEX, OCI_MEDIA_INDEX);
	type_one(V2 "\"mediaType\":\"" DOCKER_MEDIA_LIST "\"}", "application/json", DOCKER_MEDIA_LIST);
	type_one(V2 "\"mediaType\":\"" DOCKER_MEDIA_MANIFEST "\"}", NULL, DOCKER_MEDIA_MANIFEST);
	type_one(V2 "\"config\":{}}", OCI_MEDIA_MANIFEST "; charset=utf-8", OCI_MEDIA_MANIFEST);
	type_one(V2 "\"config\":{}}", DOCKER_MEDIA_MANIFEST, DOCKER_MEDIA_MANIFEST);
	type_one(V2 "\"config\":{}}", "text/plain", OCI_MEDIA_MANIFEST);
	type_one(V2 "\"manifests\":[]}", NULL, OCI_MEDIA_INDEX);
	refuses_one(V2 "\"mediaType\":\"" OCI_MEDIA_INDEX "\"}", OCI_MEDIA_MANIFEST, ERR_CORRUPT);
	refuses_one(V2 "\"mediaType\":\"" OCI_MEDIA_MANIFEST "\"}", DOCKER_MEDIA_MANIFEST, ERR_CORRUPT);
	refuses_one(V2 "\"mediaType\":\"text/x\"}", NULL, ERR_UNSUPPORTED);
	refuses_one("{\"schemaVersion\":1}", NULL, ERR_UNSUPPORTED);
	refuses_one(V2 "\"config\":{}}", SCHEMA1, ERR_UNSUPPORTED);
	refuses_one("<html>", "text/html", ERR_CORRUPT);
	refuses_one("", NULL, ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_document_decides)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
