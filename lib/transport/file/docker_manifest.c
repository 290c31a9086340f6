#include "transport/file/docker_manifest.h"

#include "text/json.h"

static json_t *json_list(const struct strlist *l)
{
	json_t *a = json_array();
	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(a, json_string(l->items[i]));
	return a;
}

void file_docker_manifest_write(const char *config, const struct strlist *layers, const struct strlist *tags,
				struct buf *out)
{
	json_auto_t *doc = json_array();
	json_t *image = json_object();
	json_array_append_new(doc, image);
	json_object_set_new(image, "Config", json_string(config));
	json_object_set_new(image, "RepoTags", json_list(tags));
	json_object_set_new(image, "Layers", json_list(layers));
	json_write(doc, out);
}
