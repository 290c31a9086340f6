/* keep/application/tools.h - which packages are for people and Dockerfiles rather than for the image's programs. */
#pragma once

#include "packages/package.h"

/* Whether it builds (keep/build_tools.h), or edits, downloads, keeps versions, or is a shell. */
bool keep_tools_are(const struct package *p);
