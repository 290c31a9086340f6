/* dockerfile/config.h - restates an image configuration as instructions of a Dockerfile. Spec: image-spec 1.1 config.md
 * (execution parameters) and Docker's members Healthcheck, OnBuild and Shell.
 * Order: WORKDIR stands before USER. It makes the directory if that is missing, and BuildKit would give it to the user.
 * ENTRYPOINT stands before CMD, because it resets CMD. */
#pragma once

#include "base/buf.h"
#include "base/strlist.h"
#include "oci/image_config.h"

/* Appends the instructions of a stage that begins with FROM scratch. refused: receives a sentence for each member that
 * no instruction can express. The sentence may hold any bytes. */
void dockerfile_config(const struct oci_image_config *config, struct buf *out, struct strlist *refused);
