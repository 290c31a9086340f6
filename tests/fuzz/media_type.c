/* A Content-Type, a line, and a document of a registry. */
#include "fuzz.h"
#include "transport/registry/media_type.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	CLEANUP_FREE char *content_type = fuzz_cut(&in, "\n");
	CLEANUP_BUF struct buf document = {0};
	struct err err = {0};
	char type[128];
	buf_append(&document, in.data, in.n);
	if (registry_media_type(&document, content_type[0] ? content_type : NULL, type, sizeof(type), &err) < 0)
		assert(err.code && err.msg[0]);
	else
		assert(type[0] && memchr(type, '\0', sizeof(type)));
	return 0;
}
