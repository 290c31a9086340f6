/* oci/ref.h - references to images as skopeo writes them (containers-transports(5)).
 *   oci:DIR[:TAG]  oci-archive:FILE[:TAG]  docker-archive:FILE[:NAME[:TAG]]
 * Other schemes (docker, docker-daemon, dir, containers-storage) and bare names parse too, so that
 * the message can say that they are not supported rather than malformed. */
#pragma once

#include "base/cleanup.h"
#include "base/err.h"

struct oci_ref {
	char *scheme;   /* "oci", "oci-archive", ...; "" for a bare name */
	char *location; /* directory or file; for a bare name the whole of it */
	char *tag;      /* what follows the second colon; NULL = none */
};

/* ERR_INVAL names s and shows the right form. Location and tag are not empty; no control characters. */
int oci_ref_parse(const char *s, struct oci_ref *out, struct err *err) MUST_CHECK;
/* "scheme:location[:tag]"; free(). */
char *oci_ref_text(const struct oci_ref *ref);
void oci_ref_done(struct oci_ref *ref);
#define CLEANUP_REF CLEANUP(oci_ref_done)
