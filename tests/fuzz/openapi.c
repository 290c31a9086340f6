#include "fuzz.h"

#include "base/limits.h"
#include "probe/openapi/bounds.h"
#include "probe/openapi/openapi.h"
#include "probe/openapi/schema/pattern.h"

/* A document, or after "pattern:" a regular expression. Whatever a document asks for, the requests are fit to be sent,
 * within their bounds, and the same ones the second time. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char mark[] = "pattern:";
	struct fuzz_input in = {data, n};
	if (n > sizeof(mark) && memcmp(data, mark, sizeof(mark) - 1) == 0) {
		free(fuzz_cut(&in, mark));
		CLEANUP_FREE char *pattern = mem_strndup((const char *)in.data, in.n);
		free(openapi_pattern_make(pattern, 5));
		return 0;
	}
	CLEANUP_STRLIST struct strlist credentials = {0};
	strlist_add(&credentials, "key=one");
	strlist_add(&credentials, "two:three");
	const struct probe_openapi_options options = {.credentials = &credentials, .expects = true};
	CLEANUP_FREE char *text = mem_dup(data, n); /* of its exact size */
	CLEANUP_PROBE_SCRIPT struct probe_script first = {0}, second = {0};
	CLEANUP_NOTES struct notes notes = {0};
	const int r = probe_openapi_read(text, n, "doc", -1, &options, &first, &notes, NULL);
	assert(r != -ERR_INVAL || first.count == 0);
	assert(first.count <= PROBE_OPENAPI_REQUESTS);
	const int again = probe_openapi_read(text, n, "doc", -1, &options, &second, &notes, NULL);
	assert(again == r && second.count == first.count);
	for (size_t i = 0; i < first.count; i++) {
		assert(strlen(first.requests[i].path) <= LIMIT_LINK);
		assert(strcmp(first.requests[i].path, second.requests[i].path) == 0);
		assert(first.requests[i].body.len <= PROBE_OPENAPI_BODY);
	}
	return 0;
}
