/* oci/name.h - the names of images in engines and registries: [HOST[:PORT]/]PATH[:TAG][@DIGEST].
 * Spec: distribution/reference (the grammar, and what a short name means). */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "oci/digest.h"

struct oci_name {
	char *host; /* "docker.io", "localhost:5000", "[::1]:5000": where the name says nothing, docker.io */
	char *path; /* "library/nginx" for docker.io's short names */
	char *tag;  /* NULL = none is written */
	struct oci_digest digest; /* text "" = none is written */
};

/* ERR_INVAL names s and shows the form. */
int oci_name_parse(const char *s, struct oci_name *out, struct err *err) MUST_CHECK;
void oci_name_copy(const struct oci_name *from, struct oci_name *out);
/* Whether both name images of one repository: the same host and path. */
bool oci_name_same_repository(const struct oci_name *a, const struct oci_name *b);
/* "HOST/PATH[:TAG][@DIGEST]"; free(). */
char *oci_name_text(const struct oci_name *n);
void oci_name_done(struct oci_name *n);
#define CLEANUP_OCI_NAME CLEANUP(oci_name_done)

/* The full form, "docker.io/library/nginx:latest" for "nginx"; free(). Any string gives one. */
char *oci_name_full(const char *name);
/* name with its tag, ":latest" if it has none; free(). ERR_INVAL for what docker load would refuse. */
int oci_name_with_tag(const char *name, char **out, struct err *err) MUST_CHECK;
/* The tag of a name, "latest" if it has none. */
const char *oci_name_tag(const char *name);
