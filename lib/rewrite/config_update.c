#include "rewrite/config_update.h"

#include <string.h>

#include "text/json.h"

/* Members that old Docker versions wrote about the container and the image that the image was made from. */
static const char *const stale[] = {"container", "container_config", "parent"};

/* A copy of the source's history; its steps explain the image, but their layers are gone. */
static json_t *empty_history(const json_t *root)
{
	json_t *history = json_array(), *v;
	size_t i;
	json_array_foreach (json_object_get(root, "history"), i, v) {
		if (!json_is_object(v))
			continue;
		json_t *entry = json_copy(v);
		json_object_set_new(entry, "empty_layer", json_true());
		json_array_append_new(history, entry);
	}
	return history;
}

void rewrite_config_update(const struct oci_image_config *config, const struct oci_digest *diff_id, const char *created,
			   const struct rewrite_config_edit *edit, struct buf *out)
{
	json_auto_t *root = json_copy(config->root);
	if (created)
		json_object_set_new(root, "created", json_bytes(created, strlen(created)));
	if (edit)
		rewrite_config_edit_apply(edit, root);
	for (size_t i = 0; i < sizeof(stale) / sizeof(*stale); i++)
		json_object_del(root, stale[i]);

	json_t *entry = json_pack("{s:s,s:s}", "created_by", "slim build", "comment", "slim: only what is needed");
	json_t *when = json_object_get(root, "created");
	if (json_is_string(when))
		json_object_set(entry, "created", when);
	json_t *history = empty_history(config->root);
	json_array_append_new(history, entry);
	json_object_set_new(root, "history", history);
	json_object_set_new(root, "rootfs", json_pack("{s:s,s:[s]}", "type", "layers", "diff_ids", diff_id->text));
	json_write(root, out);
}
