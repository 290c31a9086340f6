#include "transport/containerd/names.h"

#include <string.h>

#include "base/mem.h"
#include "oci/name.h"
#include "transport/containerd/records.h"

int containerd_name_split(struct containerd *c, const char *location, const char **rest, struct err *err)
{
	const char *slash = strchr(location, '/');
	*rest = location;
	if (!slash || slash == location || !slash[1])
		return 0;
	CLEANUP_FREE char *first = mem_strndup(location, (size_t)(slash - location));
	int r = strcspn(first, ":@") == strlen(first) ? containerd_has_namespace(c, first, err) : 0;
	if (r <= 0)
		return r;
	containerd_set_namespace(c, first);
	*rest = slash + 1;
	return 0;
}

int containerd_name_find(struct containerd *c, const char *name, char **full, struct oci_descriptor *target,
			 struct err *err)
{
	CLEANUP_FREE char *long_form = oci_name_full(name);
	const char *const forms[] = {name, long_form};
	struct err e = {0};
	int r = -ERR_NOTFOUND;
	*full = NULL;
	for (int i = 0; r == -ERR_NOTFOUND && i < 2; i++)
		if ((r = containerd_image_get(c, forms[i], target, &e)) == 0)
			*full = mem_strdup(forms[i]);
	if (r == 0)
		return 0;
	if (r != -ERR_NOTFOUND) {
		if (err)
			*err = e;
		return r;
	}
	*full = steal_ptr(&long_form);
	return err_set(err, ERR_NOTFOUND, "image-not-in-engine", "containerd at %s has no image %s in the namespace %s",
		       containerd_socket(c), name, containerd_namespace(c));
}
