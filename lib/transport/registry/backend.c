#include "transport/registry/backend.h"

#include "transport/registry/pull_push.h"

const struct transport_backend transport_registry = {
    .traits = {.any_family = true,
	       .holds_index = true,
	       .registry = true,
	       .remote = true,
	       .elsewhere = TRANSPORT_DEFAULT_LOCAL},
    .open = registry_source_open,
    .top = registry_source_top,
    .blob = registry_source_blob,
    .referrers = registry_source_referrers,
    .close = registry_source_close,
    .create = registry_sink_create,
    .probe = registry_sink_probe,
    .has = registry_sink_has,
    .put = registry_sink_put,
    .flush = registry_sink_flush,
    .commit = registry_sink_commit,
    .attach = registry_sink_attach,
    .abandon = registry_sink_abandon,
};
