/* oci/ref.h - references to images as skopeo writes them (containers-transports(5)).
 *   oci:DIR[:TAG]  oci-archive:FILE[:TAG]  docker-archive:FILE[:NAME[:TAG]]  dir:DIR  rootfs:DIR[:CONFIG]
 *   docker://NAME  docker-daemon:NAME  containers-storage:NAME  containerd:[NAMESPACE/]NAME
 * and a bare NAME, which transport/locate.h looks for. */
#pragma once

#include "base/cleanup.h"
#include "base/err.h"
#include "oci/name.h"

enum oci_scheme {
	OCI_SCHEME_NONE, /* a bare name */
	OCI_SCHEME_OCI,
	OCI_SCHEME_OCI_ARCHIVE,
	OCI_SCHEME_DOCKER_ARCHIVE,
	OCI_SCHEME_DIR,
	OCI_SCHEME_ROOTFS,
	OCI_SCHEME_DOCKER,
	OCI_SCHEME_DOCKER_DAEMON,
	OCI_SCHEME_CONTAINERS_STORAGE,
	OCI_SCHEME_CONTAINERD,
	OCI_SCHEME_COUNT
};

struct oci_ref {
	enum oci_scheme scheme;
	char *location; /* directory or file; the whole name as it is written for an engine, a registry, a bare name */
	char *tag;      /* what follows the second colon of those that are a file or directory; NULL = none */
	char *engine;   /* the address of the engine that has it, where that is known; NULL = to be looked for */
	char *space;    /* containerd's namespace, where that is known: then location does not begin with it */
	struct oci_name name; /* location, parsed; host NULL = it is a path, or no valid name. See oci_ref_name */
};

/* ERR_INVAL names s and shows the right form. Location and tag are not empty; no control characters. A location that
 * is not a valid name is accepted: oci_ref_name refuses it. */
int oci_ref_parse(const char *s, struct oci_ref *out, struct err *err) MUST_CHECK;
/* Makes a reference of its parts. Takes over location and tag (NULL = none), which may hold anything. */
void oci_ref_init(enum oci_scheme scheme, char *location, char *tag, struct oci_ref *out);
void oci_ref_copy(const struct oci_ref *from, struct oci_ref *out);
/* The name in an engine or registry; *out lives as long as ref. Fails as oci_name_parse does if location is not a valid
 * name; ERR_INVAL for a file or directory. */
int oci_ref_name(const struct oci_ref *ref, const struct oci_name **out, struct err *err) MUST_CHECK;
/* As it is written; free(). */
char *oci_ref_text(const struct oci_ref *ref);
void oci_ref_done(struct oci_ref *ref);
#define CLEANUP_OCI_REF CLEANUP(oci_ref_done)
