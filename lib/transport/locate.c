#include "transport/locate.h"

#include "base/mem.h"
#include "oci/name.h"
#include "transport/containerd/find.h"
#include "transport/engine/find.h"

static void engine_ref(const struct engine *e, const char *name, struct oci_ref *out)
{
	oci_ref_init(engine_is_podman(e) ? OCI_SCHEME_CONTAINERS_STORAGE : OCI_SCHEME_DOCKER_DAEMON, mem_strdup(name),
		     NULL, out);
	out->engine = mem_strdup(engine_url(e));
}

int transport_locate(const struct oci_ref *bare, const struct transport_options *options, struct oci_ref *out,
		     struct buf *trail, struct err *err)
{
	const struct engine_search search = {.name = bare->location, .options = options};
	const struct oci_name *name;
	struct engine *engine = NULL;
	json_auto_t *inspect = NULL;
	int r = oci_ref_name(bare, &name, err);
	if (r < 0)
		return r;
	r = engine_find(&search, trail, &engine, &inspect, err);
	if (r < 0)
		return r;
	if (r == 0) {
		engine_ref(engine, bare->location, out);
		engine_remember(engine, bare->location, inspect);
		engine_close(engine);
		return 0;
	}
	r = containerd_find(bare->location, options, out, trail, err);
	if (r != 0)
		return r < 0 ? r : 0;
	buf_printf(trail, "the registry %s\n", name->host);
	oci_ref_init(OCI_SCHEME_DOCKER, mem_strdup(bare->location), NULL, out);
	return 0;
}

int transport_locate_engine(const char *name, const struct transport_options *options, struct oci_ref *out,
			    struct err *err)
{
	const struct engine_search search = {.options = options};
	struct engine *engine = NULL;
	CLEANUP_BUF struct buf trail = {0};
	int r = engine_find(&search, &trail, &engine, NULL, err);
	if (r > 0)
		r = engine_find_none(&search, &trail, err);
	if (r == 0)
		engine_ref(engine, name, out);
	engine_close(engine);
	return r;
}
