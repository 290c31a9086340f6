/* pipeline/destination.h - what the result is called when the user does not say. */
#pragma once

#include "oci/ref.h"

/* Beside the source: oci:DIR:TAG gives oci:DIR:TAG.slim, FILE.tar gives FILE.slim.tar. */
void destination_default(const struct oci_ref *source, struct oci_ref *out);

/* "repo:tag" gives "repo.slim:tag"; "" gives NULL. free(). */
char *destination_name(const char *name);
