/* dockerfile/config.h - restates an image configuration as instructions of a Dockerfile. Spec: image-spec 1.1 config.md
 * (execution parameters) and Docker's members Healthcheck, OnBuild and Shell.
 * Order: what needs no files first; WORKDIR, which makes the directory if it is missing, stands before USER, because
 * BuildKit gives such a directory to the user; ENTRYPOINT before CMD, because it resets CMD. */
#pragma once

#include "base/buf.h"
#include "base/strlist.h"
#include "oci/image_config.h"

/* Appends the instructions of a stage that begins with FROM scratch. refused: receives a sentence for each member that
 * no instruction can say; it may hold any bytes. */
void dockerfile_config(const struct oci_image_config *config, struct buf *out, struct strlist *refused);
