#include "transport/engine/containerd_store.h"

#include <string.h>

#include "base/mem.h"
#include "oci/name.h"
#include "os/privilege.h"
#include "text/json.h"
#include "transport/containerd/source.h"

#define NAMESPACE "moby"

bool engine_has_containerd_store(const json_t *info)
{
	size_t i;
	json_t *row;
	json_array_foreach (json_object_get(info, "DriverStatus"), i, row) {
		const char *value = json_string_value(json_array_get(row, 1));
		if (value && strncmp(value, "io.containerd.snapshotter", 25) == 0)
			return true;
	}
	return false;
}

/* Where containerd may listen: as the engine says (from API 1.46 on), the packaged one, the one that dockerd starts. */
static void list_sockets(const json_t *info, struct strlist *out)
{
	const char *said = json_string_value(json_object_get(json_object_get(info, "Containerd"), "Address"));
	if (said && said[0] == '/')
		strlist_add(out, said);
	strlist_add(out, "/run/containerd/containerd.sock");
	strlist_add(out, "/run/docker/containerd/containerd.sock");
}

static const char *namespace_of(const json_t *info)
{
	const json_t *all = json_object_get(json_object_get(info, "Containerd"), "Namespaces");
	const char *said = json_string_value(json_object_get(all, "Containers"));
	return said && *said ? said : NAMESPACE;
}

/* The names of the image, in full: that of the reference, and its tags. */
static int list_names(const struct engine_source *s, struct strlist *out, struct err *err)
{
	CLEANUP_STRLIST struct strlist tags = {0};
	int r = json_get_strlist(s->inspect, "RepoTags", false, &tags, err);
	if (r < 0)
		return r;
	strlist_take(out, oci_name_full(s->name));
	for (size_t i = 0; i < tags.count; i++)
		strlist_take(out, oci_name_full(tags.items[i]));
	return 0;
}

int engine_containerd_store_open(const struct engine_source *s, const struct transport_options *options, void **ctx,
				 struct err *err)
{
	CLEANUP_STRLIST struct strlist sockets = {0}, names = {0};
	struct err e = {0};
	if (!privilege_is_full() || !engine_is_here(s->engine))
		return err_set(err, ERR_UNSUPPORTED, "in-place-unsuited",
			       "only root of the engine's machine may read them");
	int r = list_names(s, &names, err);
	if (r < 0)
		return r;
	list_sockets(s->info, &sockets);
	for (size_t i = 0; i < sockets.count; i++) {
		const struct containerd_known k = {sockets.items[i], namespace_of(s->info), &names, &s->id};
		r = containerd_source_open_known(&k, options, ctx, &e);
		if (r == 0 || r == -ERR_CANCELLED)
			break;
	}
	if (r == 0)
		return 0;
	if (err)
		*err = e;
	if (r == -ERR_CANCELLED)
		return r;
	return err_set(err, ERR_UNSUPPORTED, "in-place-unsuited", "%s", e.msg);
}
