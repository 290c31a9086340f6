#include "transport/engine/find.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "os/fd.h"
#include "transport/containerd/find.h"
#include "transport/engine/addresses.h"
#include "transport/engine/endpoint.h"
#include "transport/engine/engine.h"

#define ALL_SECONDS 2

static bool is_local(const struct engine_address *a)
{
	CLEANUP_ENGINE_ENDPOINT struct engine_endpoint e = {0};
	if (engine_endpoint_parse(a->url, &e, NULL) < 0)
		return false;
	return e.kind == ENGINE_PODMAN || (e.kind == ENGINE_UNIX && access(e.path, F_OK) == 0);
}

static void add_names(const json_t *images, struct strlist *out)
{
	size_t i, k;
	const json_t *image, *name;
	json_array_foreach (images, i, image) {
		json_array_foreach (json_object_get(image, "RepoTags"), k, name) {
			const char *text = json_string_value(name);
			if (text && !strstr(text, "<none>") && !strlist_has(out, text))
				strlist_add(out, text);
		}
	}
}

static void ask(const struct engine_address *a, const struct transport_options *options, struct strlist *out)
{
	struct engine *engine = NULL;
	json_auto_t *list = NULL;
	if (engine_open(a, options, &engine, NULL) == 0 &&
	    engine_json_list(engine, "/images/json", LIMIT_INSPECT, &list, NULL) == 0)
		add_names(json_object_get(list, "list"), out);
	engine_close(engine);
}

void engine_images_list(enum oci_scheme scheme, struct strlist *out)
{
	struct engine_address *addresses = NULL;
	size_t count = 0;
	CLEANUP_FD int timer = clock_timer(ALL_SECONDS);
	const struct progress progress = {.cancel_fd = timer};
	const struct transport_options options = {.progress = &progress};
	if (timer < 0 || scheme == OCI_SCHEME_CONTAINERD || engine_addresses(scheme, &addresses, &count, NULL) < 0)
		count = 0;
	for (size_t i = 0; i < count; i++)
		if (is_local(&addresses[i]))
			ask(&addresses[i], &options, out);
	engine_addresses_done(addresses, count);
	if (timer >= 0 && (scheme == OCI_SCHEME_CONTAINERD || scheme == OCI_SCHEME_NONE))
		containerd_find_all(&options, out);
}
