#include "fuzz.h"
#include "transport/engine/endpoint.h"

/* Checks that ssh cannot take a part of an engine's address for an option. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FREE char *url = mem_strndup((const char *)data, n);
	CLEANUP_ENGINE_ENDPOINT struct engine_endpoint e = {0};
	struct err err = {0};
	if (engine_endpoint_parse(url, &e, &err) < 0) {
		assert((err.code == ERR_INVAL || err.code == ERR_UNSUPPORTED) && err.msg[0] && !e.host && !e.path);
		return 0;
	}
	assert(e.port <= 65535 && (!e.path || e.path[0] == '/'));
	assert((!e.host || (e.host[0] && e.host[0] != '-')) && (!e.user || (e.user[0] && e.user[0] != '-')));
	assert(e.kind != ENGINE_UNIX || e.path);
	return 0;
}
