/* Docker's config.json, a line "--", and a context's meta.json. */
#include "fuzz.h"
#include "oci/digest.h"
#include "transport/engine/context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	const int dir = fuzz_directory();
	struct oci_digest id;
	oci_digest_of("prod", 4, &id);
	CLEANUP_FREE char *path = mem_printf("contexts/meta/%s/meta.json", oci_digest_hex(&id));
	CLEANUP_FREE char *config = fuzz_cut(&in, "\n--\n"), *name = NULL;
	struct engine_address a = {0};
	struct err err = {0};
	fuzz_write(dir, "config.json", config, strlen(config), 0644);
	fuzz_write(dir, path, in.data, in.n, 0644);
	if (engine_context_current(fuzz_path, &name, &err) < 0)
		assert(err.code && err.msg[0] && !name);
	else
		assert(!name || name[0]);
	if (engine_context_read(fuzz_path, "prod", &a, &err) < 0)
		assert(err.code && err.msg[0]);
	else
		assert(a.from && (!a.url || a.url[0]));
	engine_address_done(&a);
	return 0;
}
