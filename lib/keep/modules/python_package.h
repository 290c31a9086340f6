/* keep/modules/python_package.h - keeps distributions of site directories: a used one with its code, data and metadata,
 * and what it requires. Spec: PyPA "Recording installed projects" (dist-info), "Core metadata"; setuptools'
 * egg-info. */
#pragma once

#include "keep/modules/python_path.h"

/* The file is in a site directory: keep the package that it is in (its top-level directory, in namespace packages
 * the first with code), its distribution's metadata and requirements. Tools to install with are not kept so. */
void keep_python_package(struct keep_python *p, uint32_t site, uint32_t node);
/* Keep the distributions that have entry points of that group (importlib.metadata.entry_points), with what they
 * require. */
void keep_python_group(struct keep_python *p, const char *group, size_t n, uint32_t by);
void keep_python_package_done(struct keep_python *p);

/* Whether a module is for installing, testing or teaching, which no library needs that mentions it. */
bool keep_python_is_seldom(const char *module);
