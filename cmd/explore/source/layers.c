#include "cmd/explore/source/layers.h"

#include "base/limits.h"
#include "base/mem.h"

const char *const explore_layers_image_names[EXPLORE_SIZES] = {"blob", "added", "changed", "removed"};
const char *const explore_layers_report_names[EXPLORE_SIZES] = {"kept", "removed", "hidden", "in all"};

struct explore_layer *explore_layers_of_image(const struct pipeline_inspected *i)
{
	const struct inspect_history *h = &i->history;
	const struct oci_manifest *m = &i->image.manifest;
	struct explore_layer *layers = mem_calloc(h->n_layers, sizeof(*layers));
	for (size_t n = 0; n < h->n_layers; n++) {
		struct explore_layer *l = &layers[n];
		l->command = oci_image_config_created_by(&i->image.config, n);
		l->sizes[0].bytes = n < m->n_layers ? m->layers[n].size : 0;
		for (int change = 0; change < INSPECT_CHANGES; change++) {
			const struct inspect_sum *sum = &h->layers[n][change];
			l->sizes[1 + change] = (struct explore_size){sum->bytes, .none = !sum->paths};
		}
	}
	return layers;
}

static uint64_t number(const json_t *v, const char *key)
{
	const json_int_t n = json_integer_value(json_object_get(v, key));
	return n > 0 ? (uint64_t)n : 0;
}

static struct explore_size less(uint64_t a, uint64_t b)
{
	return (struct explore_size){a > b ? a - b : 0, .none = a <= b};
}

static void fill(const json_t *v, struct explore_layer *out)
{
	const char *command = json_string_value(json_object_get(v, "created_by"));
	const uint64_t all = number(v, "bytes"), shown = number(v, "shown_bytes"), kept = number(v, "kept_bytes");
	out->command = command ? command : "";
	out->sizes[0] = less(kept, 0);
	out->sizes[1] = less(shown, kept);
	out->sizes[2] = less(all, shown);
	out->sizes[3] = less(all, 0);
}

size_t explore_layers_of_report(const json_t *layers, struct explore_layer **out)
{
	const size_t n = json_array_size(layers);
	*out = NULL;
	if (!n || n > LIMIT_LAYERS)
		return 0;
	*out = mem_calloc(n, sizeof(**out));
	for (size_t i = 0; i < n; i++)
		fill(json_array_get(layers, i), &(*out)[i]);
	return n;
}
