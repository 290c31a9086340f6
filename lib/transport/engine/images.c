#include "transport/engine/find.h"

#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/limits.h"
#include "os/io.h"
#include "text/json.h"
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

static int read_all(const struct io_reader *reader, struct buf *out)
{
	char part[16384];
	ssize_t n;
	while ((n = io_read(reader, part, sizeof(part), NULL)) > 0 && out->len <= LIMIT_INSPECT)
		buf_append(out, part, (size_t)n);
	return n < 0 ? (int)n : 0;
}

/* The list of images, which is an array, as the member "images" of an object. */
static int read_list(struct engine *engine, json_t **out)
{
	CLEANUP_IO_READER struct io_reader answer = {0};
	CLEANUP_BUF struct buf text = {0};
	int r = engine_get(engine, "/images/json", &answer, NULL);
	if (r < 0)
		return r;
	buf_str(&text, "{\"images\":");
	r = read_all(&answer, &text);
	buf_char(&text, '}');
	return r < 0 ? r : json_parse_object(text.data, text.len, LIMIT_INSPECT, "images", out, NULL);
}

static void ask(const struct engine_address *a, const struct transport_options *options, struct strlist *out)
{
	struct engine *engine = NULL;
	json_auto_t *list = NULL;
	if (engine_open(a, options, &engine, NULL) == 0 && read_list(engine, &list) == 0)
		add_names(json_object_get(list, "images"), out);
	engine_close(engine);
}

void engine_images_list(enum oci_scheme scheme, struct strlist *out)
{
	struct engine_address *addresses = NULL;
	size_t count = 0;
	/* it stays readable, as progress.h asks */
	const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	const struct itimerspec end = {.it_value.tv_sec = ALL_SECONDS};
	const struct progress progress = {.cancel_fd = timer};
	const struct transport_options options = {.progress = &progress};
	if (timer < 0 || timerfd_settime(timer, 0, &end, NULL) < 0 || scheme == OCI_SCHEME_CONTAINERD ||
	    engine_addresses(scheme, &addresses, &count, NULL) < 0)
		count = 0;
	for (size_t i = 0; i < count; i++)
		if (is_local(&addresses[i]))
			ask(&addresses[i], &options, out);
	engine_addresses_done(addresses, count);
	if (timer >= 0 && (scheme == OCI_SCHEME_CONTAINERD || scheme == OCI_SCHEME_NONE))
		containerd_find_all(&options, out);
	if (timer >= 0)
		close(timer);
}
