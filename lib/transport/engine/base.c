/* Finds the base of an engine's image among the engine's other images. The list of images names no layers: each image
 * must be asked for. Layers and sizes add up, so that a base is not larger than what was built on it, and a base of
 * fewer layers is not larger than one of more. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "transport/engine/opened.h"

#define ALL_SECONDS 2
#define OTHER_BYTES (1 << 20) /* of an image's size that are not its layers: podman counts manifests and configs */

struct candidate {
	struct oci_digest id;
	const char *tag; /* NULL = none; borrowed of the list */
	json_int_t size; /* negative if it is larger than the image */
};

/* The largest first, but those that are larger than the image last. */
static int compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	if (!x->tag != !y->tag)
		return x->tag ? -1 : 1;
	return x->tag ? strcmp(x->tag, y->tag) : strcmp(x->id.text, y->id.text);
}

/* podman's own API has it without the algorithm. */
static bool read_id(const json_t *image, struct oci_digest *out)
{
	const char *id = json_string_value(json_object_get(image, "Id"));
	CLEANUP_FREE char *whole = id ? mem_printf("%s%s", strchr(id, ':') ? "" : "sha256:", id) : NULL;
	return whole && oci_digest_parse(whole, out, NULL) == 0;
}

static const char *first_tag(const json_t *image)
{
	const char *tag = json_string_value(json_array_get(json_object_get(image, "RepoTags"), 0));
	return tag && !strstr(tag, "<none>") ? tag : NULL;
}

static size_t list_candidates(const struct engine_source *s, const json_t *list, struct candidate *out)
{
	const json_int_t own = json_integer_value(json_object_get(s->inspect, "Size"));
	const json_t *image;
	size_t n = 0, i;
	json_array_foreach (list, i, image) {
		struct candidate c = {.tag = first_tag(image),
				      .size = json_integer_value(json_object_get(image, "Size"))};
		if (!read_id(image, &c.id) || oci_digest_equal(&c.id, &s->id) || c.size < 0)
			continue;
		if (c.size - OTHER_BYTES > own)
			c.size = -c.size;
		out[n++] = c;
	}
	qsort(out, n, sizeof(*out), compare);
	return n;
}

/* Asks for the layers of an image. Returns whether it is the best base so far. */
static bool look(struct engine_source *s, enum oci_scheme scheme, const struct candidate *c,
		 struct oci_base_search *search)
{
	CLEANUP_FREE char *path = mem_printf("/images/%s/json", oci_digest_hex(&c->id));
	CLEANUP_FREE struct oci_digest *diff_ids = NULL;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	json_auto_t *inspect = NULL;
	if (engine_json(s->engine, path, LIMIT_INSPECT, &inspect, NULL) < 0)
		return false;
	const json_t *layers = json_object_get(json_object_get(inspect, "RootFS"), "Layers"), *layer;
	size_t n = json_array_size(layers), i;
	if (n >= search->of->n_layers)
		return false;
	diff_ids = mem_calloc(n, sizeof(*diff_ids));
	json_array_foreach (layers, i, layer) {
		const char *text = json_string_value(layer);
		if (!text || oci_digest_parse(text, &diff_ids[i], NULL) < 0)
			return false;
	}
	oci_ref_init(scheme, mem_strdup(c->tag ? c->tag : ""), NULL, &ref);
	CLEANUP_FREE char *name = c->tag ? oci_ref_text(&ref) : NULL;
	return oci_base_search_offer(search, name, &c->id, diff_ids, n);
}

static void search_list(struct engine_source *s, enum oci_scheme scheme, const json_t *list,
			struct oci_base_search *search)
{
	CLEANUP_FREE struct candidate *all = mem_calloc(json_array_size(list), sizeof(*all));
	const size_t n = list_candidates(s, list, all);
	const struct candidate *best = NULL;
	for (size_t i = 0; i < n && oci_base_search_next(search); i++) {
		if (best && best->size >= 0 && all[i].size < best->size - OTHER_BYTES)
			break;
		if (look(s, scheme, &all[i], search))
			best = &all[i];
	}
}

void engine_source_find_base(struct engine_source *s, enum oci_scheme scheme, struct oci_base_search *search)
{
	CLEANUP_FD int timer = clock_timer(ALL_SECONDS);
	const struct progress progress = {.cancel_fd = timer};
	json_auto_t *list = NULL;
	if (timer < 0 || oci_base_search_is_over(search))
		return;
	const struct progress *before = engine_set_progress(s->engine, &progress);
	if (engine_json_list(s->engine, "/images/json", LIMIT_INSPECT, &list, NULL) == 0)
		search_list(s, scheme, json_object_get(list, "list"), search);
	engine_set_progress(s->engine, before);
}
