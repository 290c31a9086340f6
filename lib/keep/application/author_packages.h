/* keep/application/author_packages.h - finds the packages that the image's author, or the one of its base, installed
 * for programs to use: those that a RUN line of the history names, and those that their manager remembers as asked for
 * by name (apt's above the first layer, apk, pip). A metapackage stands for what it needs and wants. Not among them:
 * compilers, tools to build, edit, download and keep versions with, package managers, unless a run used them; and
 * runtimes of languages, whose closures know what of them is needed. */
#pragma once

#include "keep/application/named_files.h"
#include "oci/image_config.h"

/* named: by number of the package; set for those that were found. config may be NULL. */
void keep_author_packages_find(const struct oci_image_config *config, const struct packages *packages,
			       const struct packages_relations *relations, const struct keep_named_files *files,
			       bool *named);

/* Whether a package is no part of another one that needs it: what no run used of it is not reached from there. */
bool keep_author_packages_is_apart(const struct package *p);
