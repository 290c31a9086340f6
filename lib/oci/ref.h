/* oci/ref.h - references to images as skopeo writes them (containers-transports(5)).
 *   oci:DIR[:TAG]  oci-archive:FILE[:TAG]  docker-archive:FILE[:NAME[:TAG]]  dir:DIR  rootfs:DIR[:CONFIG]
 *   docker://NAME  docker-daemon:NAME  containers-storage:NAME
 * and a bare NAME, which transport/locate.h looks for. */
#pragma once

#include "base/cleanup.h"
#include "base/err.h"

struct oci_ref {
	char *scheme;   /* "oci", "docker", ...; "" for a bare name */
	char *location; /* directory or file; the whole name (oci/name.h) for an engine, a registry, a bare name */
	char *tag;      /* what follows the second colon of those that are a file or directory; NULL = none */
	char *engine;   /* the address of the engine that has it, where that is known; NULL = to be looked for */
};

/* ERR_INVAL names s and shows the right form. Location and tag are not empty; no control characters. A name is not
 * parsed further here. */
int oci_ref_parse(const char *s, struct oci_ref *out, struct err *err) MUST_CHECK;
void oci_ref_copy(const struct oci_ref *from, struct oci_ref *out);
/* As it is written; free(). */
char *oci_ref_text(const struct oci_ref *ref);
void oci_ref_done(struct oci_ref *ref);
#define CLEANUP_REF CLEANUP(oci_ref_done)
