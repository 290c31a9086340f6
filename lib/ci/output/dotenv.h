/* ci/output/dotenv.h - figures as lines of NAME=value for GitLab's artifacts:reports:dotenv, below its 5 KB. */
#pragma once

#include "ci/output/build.h"

/* One line. */
void ci_dotenv_line(const char *name, const char *value, struct buf *out);
/* SLIM_IMAGE, SLIM_DIGEST, ... A value with a letter that GitLab or a shell would read in another way is left empty:
 * neither takes quotes alike. */
void ci_dotenv(const struct ci_build *b, struct buf *out);
