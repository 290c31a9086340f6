#include "transport/containerd/find.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "transport/containerd/names.h"
#include "transport/containerd/records.h"

static bool is_named(const struct transport_options *options)
{
	const char *said = getenv("CONTAINERD_ADDRESS");
	return (options->containerd_address && *options->containerd_address) || (said && *said);
}

static int look(const char *name, const struct transport_options *options, struct oci_ref *out, struct err *err)
{
	CLEANUP_CONTAINERD struct containerd *c = NULL;
	CLEANUP_FREE char *full = NULL;
	struct oci_descriptor target;
	int r = containerd_open(NULL, NULL, options, &c, err);
	if (r == 0)
		r = containerd_name_find(c, name, &full, &target, err);
	if (r < 0)
		return r;
	oci_ref_init(OCI_SCHEME_CONTAINERD, mem_strdup(name), NULL, out);
	out->engine = mem_strdup(containerd_socket(c));
	out->space = mem_strdup(containerd_namespace(c));
	return 0;
}

int containerd_find(const char *name, const struct transport_options *options, struct oci_ref *out, struct buf *trail,
		    struct err *err)
{
	CLEANUP_FREE char *socket = containerd_address(NULL, options);
	struct err e = {0};
	if (!is_named(options) && access(socket, R_OK | W_OK) < 0)
		return 0;
	int r = look(name, options, out, &e);
	if (r < 0 && r != -ERR_NOTFOUND && (is_named(options) || r == -ERR_CANCELLED)) {
		if (err)
			*err = e;
		return r;
	}
	buf_printf(trail, "containerd at %s: %s\n", socket,
		   r == 0               ? "has it"
		   : r == -ERR_NOTFOUND ? "has no such image"
					: e.msg);
	return r == 0;
}

void containerd_find_all(const struct transport_options *options, struct strlist *out)
{
	CLEANUP_FREE char *socket = containerd_address(NULL, options);
	CLEANUP_CONTAINERD struct containerd *c = NULL;
	if (access(socket, R_OK | W_OK) == 0 && containerd_open(NULL, NULL, options, &c, NULL) == 0)
		(void)!containerd_image_list(c, out, NULL);
}
