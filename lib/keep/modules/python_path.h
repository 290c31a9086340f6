/* keep/modules/python_path.h - finds modules where the Pythons of an image look for them: standard libraries
 * (lib/pythonX.Y with os.py), site directories with what their .pth and .egg-link files add, PYTHONPATH.
 * Spec: Python's "The Module Search Path", "The import system" (regular and namespace packages), site(3). */
#pragma once

#include "keep/source/script_source.h"

#define KEEP_PYTHON_ROOTS 64

struct keep_python_dirs {
	uint32_t items[KEEP_PYTHON_ROOTS]; /* directories, in Python's order; more are left out */
	size_t count;
};

struct keep_python {
	struct keep_set *k;
	struct keep_python_dirs stdlibs, sites, paths; /* all of the image; paths: PYTHONPATH and .pth */
	uint32_t preferred;                            /* standard library of the python that PATH has; IMAGE_NONE */
	struct keep_python_package_table *packages;    /* python_package.c's own */
};

void keep_python_init(struct keep_python *p, struct keep_set *k);

/* The standard library or site directory that holds the node; IMAGE_NONE if it is in none. */
uint32_t keep_python_stdlib_of(const struct keep_python *p, uint32_t node);
uint32_t keep_python_site_of(const struct keep_python *p, uint32_t node);

/* Finds the directories in which a source's absolute imports are looked up. */
void keep_python_roots(const struct keep_python *p, const struct keep_script_source *s, struct keep_python_dirs *out);

/* Keep the module that a dotted name leads to from these directories, with the packages on the way. Returns whether all
 * of it is there; below (may be NULL) then gets the directories that a package's submodules are in (none for a
 * module). */
bool keep_python_import(const struct keep_python *p, const struct keep_python_dirs *roots, const char *name,
			uint32_t by, struct keep_python_dirs *below);
