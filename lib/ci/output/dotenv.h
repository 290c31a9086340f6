/* ci/output/dotenv.h - writes figures as lines of NAME=value for GitLab's artifacts:reports:dotenv, below its 5 KB. */
#pragma once

#include "ci/output/build.h"

/* One line. */
void ci_dotenv_line(const char *name, const char *value, struct buf *out);
/* SLIM_IMAGE, SLIM_DIGEST, ... A value is left empty if GitLab or a shell would not read it as it is: they do not
 * treat quotes in the same way. */
void ci_dotenv(const struct ci_build *b, struct buf *out);
