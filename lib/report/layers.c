#include "report/layers.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "image/file.h"
#include "text/json.h"

struct sum {
	uint64_t shown, kept; /* bytes */
};

/* Hard links count once; a file is kept if one of its names is. Nodes of a file have the same layer. */
static void add_up(const struct image_index *x, const struct keep_set *k, struct sum *sums, size_t n)
{
	CLEANUP_IMAGE_FILES struct image_files shown = {0}, kept = {0};
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		const struct image_node *node = image_index_node(x, id);
		if (!S_ISREG(node->mode) || node->layer >= n)
			continue;
		if (image_files_first(&shown, x, id) == id)
			sums[node->layer].shown += node->size;
		if (k && keep_has(k, id) && image_files_first(&kept, x, id) == id)
			sums[node->layer].kept += node->size;
	}
}

json_t *report_layers(const struct oci_image_config *config, const struct image_layers *layers,
		      const struct image_index *x, const struct keep_set *k)
{
	CLEANUP_FREE struct sum *sums = mem_calloc(layers->count, sizeof(*sums));
	json_t *out = json_array();
	add_up(x, k, sums, layers->count);
	for (size_t i = 0; i < layers->count; i++) {
		const struct image_layer *l = &layers->items[i];
		const char *command = oci_image_config_created_by(config, i);
		json_t *v = json_object();
		json_object_set_new(v, "diff_id", json_string(l->diff_id.text));
		json_object_set_new(v, "created_by", json_bytes(command, strlen(command)));
		json_object_set_new(v, "bytes", json_integer((json_int_t)l->bytes));
		json_object_set_new(v, "shown_bytes", json_integer((json_int_t)sums[i].shown));
		if (k)
			json_object_set_new(v, "kept_bytes", json_integer((json_int_t)sums[i].kept));
		json_array_append_new(out, v);
	}
	return out;
}
