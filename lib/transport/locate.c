#include "transport/locate.h"

#include <string.h>

#include "base/mem.h"
#include "oci/name.h"
#include "transport/engine/find.h"

static void engine_ref(const struct engine *e, const char *name, struct oci_ref *out)
{
	*out = (struct oci_ref){.scheme = mem_strdup(engine_is_podman(e) ? "containers-storage" : "docker-daemon"),
				.location = mem_strdup(name),
				.engine = mem_strdup(engine_url(e))};
}

int transport_locate(const struct oci_ref *bare, const struct transport_options *options, struct oci_ref *out,
		     struct buf *trail, struct err *err)
{
	const struct engine_search search = {.scheme = "", .name = bare->location, .options = options};
	CLEANUP_NAME struct oci_name name = {0};
	struct engine *engine = NULL;
	json_auto_t *inspect = NULL;
	int r = oci_name_parse(bare->location, &name, err);
	if (r < 0)
		return r;
	r = engine_find(&search, trail, &engine, &inspect, err);
	if (r < 0)
		return r;
	if (r == 0) {
		engine_ref(engine, bare->location, out);
		engine_close(engine);
		return 0;
	}
	buf_printf(trail, "the registry %s\n", name.host);
	*out = (struct oci_ref){.scheme = mem_strdup("docker"), .location = mem_strdup(bare->location)};
	return 0;
}

int transport_locate_engine(const char *name, const struct transport_options *options, struct oci_ref *out,
			    struct err *err)
{
	const struct engine_search search = {.scheme = "", .options = options};
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

void transport_trail_line(const struct buf *trail, struct buf *out)
{
	for (const char *at = trail->data; at && *at;) {
		size_t n = strcspn(at, "\n");
		buf_printf(out, "%s%.*s", out->len ? "; " : "", (int)n, at);
		at += n + (at[n] == '\n');
	}
}
