/* keep/application/author_packages.h - finds the packages that the image's author, or the author of its base,
 * installed for programs to use. A RUN line of the history names them, or their manager remembers that they were
 * asked for by name (apt's above the first layer, apk, pip). A metapackage stands for the packages that it depends on
 * and recommends.
 * Not among them, unless a run used them: compilers, package managers, and tools to build, edit, download and keep
 * versions. Not among them either: runtimes of languages, whose closures know which part is needed; but an
 * interpreter's programs are. */
#pragma once

#include "keep/application/named_files.h"
#include "oci/image_config.h"

/* The role of a package for one that needs it. */
enum keep_author_role {
	KEEP_AUTHOR_PART,  /* it belongs to it */
	KEEP_AUTHOR_APART, /* every system has it, a closure or a rule knows it, or it is a tool that no run used */
	KEEP_AUTHOR_INTERPRETER, /* its programs are needed; a closure knows what they need of it */
};

struct keep_author_packages {
	bool *named;    /* by number of the package: it was installed by name, or it is a tool that a run built with */
	uint8_t *roles; /* by number of the package: enum keep_author_role */
};

/* config may be NULL. */
void keep_author_packages_find(const struct oci_image_config *config, const struct packages *packages,
			       const struct packages_relations *relations, const struct keep_named_files *files,
			       struct keep_author_packages *out);
void keep_author_packages_done(struct keep_author_packages *a);
