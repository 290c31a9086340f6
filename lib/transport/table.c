#include "transport/table.h"

#include "base/mem.h"
#include "transport/engine/backends.h"
#include "transport/registry/backend.h"

static const struct transport_backend *const backends[OCI_SCHEME_COUNT] = {
    [OCI_SCHEME_OCI] = &transport_layout,
    [OCI_SCHEME_OCI_ARCHIVE] = &transport_oci_archive,
    [OCI_SCHEME_DOCKER_ARCHIVE] = &transport_docker_archive,
    [OCI_SCHEME_DIR] = &transport_dir,
    [OCI_SCHEME_ROOTFS] = &transport_rootfs_dir,
    [OCI_SCHEME_DOCKER] = &transport_registry,
    [OCI_SCHEME_DOCKER_DAEMON] = &transport_engine,
    [OCI_SCHEME_CONTAINERS_STORAGE] = &transport_engine,
    [OCI_SCHEME_CONTAINERD] = &transport_containerd,
};

int transport_backend_find(const struct oci_ref *ref, const struct transport_backend **out, struct err *err)
{
	*out = backends[ref->scheme];
	if (*out)
		return 0;
	CLEANUP_FREE char *text = oci_ref_text(ref);
	return err_set(err, ERR_UNSUPPORTED, "transport-unsupported", "%s: this transport is not supported", text);
}

const struct transport_traits *transport_traits(enum oci_scheme scheme)
{
	static const struct transport_traits none;
	return backends[scheme] ? &backends[scheme]->traits : &none;
}

int transport_name_error(int r, const char *text, struct err *err)
{
	if (r < 0)
		err_wrap(err, "%s", text); /* r is right without an err too */
	return r;
}
