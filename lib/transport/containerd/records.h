/* transport/containerd/records.h - what containerd has records of: images, contents (blobs), leases, namespaces, and
 * where its parts have their directories. Private to lib/transport/containerd/. */
#pragma once

#include "oci/descriptor.h"
#include "transport/containerd/client.h"

/* ---- images.c ---- */
/* ERR_NOTFOUND if there is no image of that name. */
int containerd_image_get(struct containerd *c, const char *name, struct oci_descriptor *target,
			 struct err *err) MUST_CHECK;
/* Creates the record, or points the existing one to target. */
int containerd_image_set(struct containerd *c, const char *name, const struct oci_descriptor *target,
			 struct err *err) MUST_CHECK;
/* Appends the names of all images of the namespace. */
int containerd_image_list(struct containerd *c, struct strlist *out, struct err *err) MUST_CHECK;
void containerd_descriptor_put(struct buf *b, uint32_t number, const struct oci_descriptor *d);

/* ---- content.c ---- */
/* labels: "KEY=VALUE" of the blob are appended; NULL = nobody wants them. ERR_NOTFOUND if the namespace does not have
 * the blob. */
int containerd_content_info(struct containerd *c, const struct oci_digest *digest, struct strlist *labels,
			    struct err *err) MUST_CHECK;
int containerd_content_set_label(struct containerd *c, const struct oci_digest *digest, const char *key,
				 const char *value, struct err *err) MUST_CHECK;
/* Writes the blob of d, size bytes of fd from offset 0, or data. labels: "KEY=VALUE". A blob that is there already is
 * an error, which may also be a broken connection: ask first. */
int containerd_content_write(struct containerd *c, const struct oci_descriptor *d, int fd, const void *data,
			     const struct strlist *labels, struct err *err) MUST_CHECK;

/* ---- leases.c ---- */
/* Makes a lease that ends by itself after some time, and uses it for all calls from now on. */
int containerd_lease_begin(struct containerd *c, char **id, struct err *err) MUST_CHECK;
int containerd_lease_add(struct containerd *c, const char *id, const struct oci_digest *content,
			 struct err *err) MUST_CHECK;
/* Ends it, now: what only it held is collected. After containerd_clean_up. id NULL = nothing to do. */
void containerd_lease_end(struct containerd *c, const char *id);

/* ---- places.c ---- */
/* Whether there is a namespace of that name. */
int containerd_has_namespace(struct containerd *c, const char *name, struct err *err) MUST_CHECK;
/* The directory of a part, as containerd says; id: "content", "overlayfs". ERR_NOTFOUND if it does not say. free(). */
int containerd_root(struct containerd *c, const char *id, char **out, struct err *err) MUST_CHECK;
