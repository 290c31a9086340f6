/* keep/application/application.h - keeps the whole application, for the level safe. The application is what the
 * image's author put there, and not the distribution or a runtime's vendor. It consists of files in layers above the
 * distribution's. No package owns them, or they replaced a package's file in a layer that installed nothing.
 * Not part of it: runtimes and toolchains wherever they lie (runtime_tree.h); caches, version control, tests,
 * compiled sources and build leftovers (leftovers.h); and the packages of languages, which are kept as far as they
 * are reachable. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"

/* The application's entries below one directory: what safe added there, or would have. */
struct keep_application_tree {
	uint32_t node; /* the directory */
	uint64_t bytes, files;
	bool dropped; /* it did not fit below the limit */
};

struct keep_application {
	struct keep_application_tree *trees; /* by bytes, the biggest first */
	size_t n_trees, cap;
	uint64_t bytes, files; /* added */
	uint64_t limit;        /* of bytes: what safe may add without being asked */
};

/* After keep_trace and keep_config: what a run touched tells what is in use. */
void keep_application_add(struct keep_set *k, const struct packages *packages, struct keep_application *out);
void keep_application_done(struct keep_application *a);
