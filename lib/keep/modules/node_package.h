/* keep/modules/node_package.h - finds modules and packages as Node does: node_modules upwards, NODE_PATH, package.json.
 * A used package is kept whole, with the run-time dependencies that it declares. Spec: Node's "Modules: CommonJS
 * modules" (all together), "Modules: Packages" (exports, imports). As a package is kept with all of its code, the
 * conditions of its exports don't matter: every target stays. */
#pragma once

#include "base/idmap.h"
#include "keep/source/script_source.h"

struct keep_node_packages {
	struct keep_set *k;
	struct idmap seen; /* package directories, by node id */
	uint32_t *queue, *by;
	size_t n_queue, cap_queue, cap_by;
};

void keep_node_packages_done(struct keep_node_packages *p);

/* The package directory in a node_modules that holds the node; IMAGE_NONE if it is in none. */
uint32_t keep_node_package_of(const struct image_index *x, uint32_t node);
/* Whether that is npm or another of its kind, or a part of one: kept as far as it ran. */
bool keep_node_is_manager(const struct image_index *x, uint32_t node);

/* Keep a package, and what it declares, because of the file by. */
void keep_node_package(struct keep_node_packages *p, uint32_t dir, uint32_t by);
/* Keep what the package.json of the application in dir declares for running: dependencies, optional and peer ones. */
void keep_node_declared(struct keep_node_packages *p, uint32_t dir, uint32_t by);
/* Keep the package that a text is the name of: a plugin, a template engine, a driver. None that only the application's
 * developers need, or that is large. */
void keep_node_named(struct keep_node_packages *p, struct keep_script_source *s, const char *name);
/* Keep what a specifier of require or import leads to from the source's directory. */
void keep_node_module(struct keep_node_packages *p, struct keep_script_source *s, const char *specifier);
/* Keep all modules of the directory itself: one of them is loaded by a computed name. */
void keep_node_siblings(struct keep_script_source *s, uint32_t dir, const char *note);
