/* containerd:[NAMESPACE/]NAME, images in containerd. */
#include "transport/containerd/sink.h"
#include "transport/containerd/source.h"

const struct transport_backend transport_containerd = {
    .traits = {.family = OCI_FAMILY_OCI,
	       .any_family = true,
	       .holds_index = true,
	       .elsewhere = TRANSPORT_DEFAULT_ENGINE},
    .open = containerd_source_open,
    .place = containerd_source_place,
    .top = containerd_source_top,
    .blob = containerd_source_blob,
    .unpacked = containerd_source_unpacked,
    .close = containerd_source_close,
    .create = containerd_sink_create,
    .has = containerd_sink_has,
    .put = containerd_sink_put,
    .commit = containerd_sink_commit,
    .abandon = containerd_sink_abandon,
};
