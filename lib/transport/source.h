/* transport/source.h - reading images. Lifetime: a source borrows nothing after _open; one _close. Not thread-safe, but
 * the blobs of one source may be read by several threads at once, each blob by one. */
#pragma once

#include "oci/base_search.h"
#include "oci/index.h"
#include "os/io.h"
#include "transport/image.h"
#include "transport/options.h"

struct transport_source; /* an opened image name */

/* A bare name is looked up (transport/locate.h); --verbose, and the error if it is not found, list the places. */
int transport_source_open(const struct oci_ref *ref, const struct transport_options *options,
			  struct transport_source **out, struct err *err) MUST_CHECK;
/* Returns the reference that was opened: for a bare name, with the transport and engine that have it. Lives as long
 * as s. */
const struct oci_ref *transport_source_ref(const struct transport_source *s);
/* want NULL = the host's platform. An image of another platform than want is ERR_UNSUPPORTED and both are named. */
int transport_source_image(struct transport_source *s, const struct oci_platform *want, struct transport_image *out,
			   struct err *err) MUST_CHECK;
/* The same in two steps, for a caller that may not need the config. The first fills in the members of the manifest and
 * the index; the second the others. */
int transport_source_image_manifest(struct transport_source *s, const struct oci_platform *want,
				    struct transport_image *out, struct err *err) MUST_CHECK;
int transport_source_image_config(struct transport_source *s, const struct oci_platform *want,
				  struct transport_image *image, struct err *err) MUST_CHECK;
/* Reads the manifest alone, without the config: of an index the one for want. */
int transport_source_manifest(struct transport_source *s, const struct oci_platform *want, struct oci_manifest *out,
			      struct err *err) MUST_CHECK;
/* The index that the name stands for. out: all zero. ERR_NOTFOUND: the name stands for a single image. */
int transport_source_index(struct transport_source *s, struct oci_index *out, struct err *err) MUST_CHECK;
/* The bytes of a layer blob as they are stored; who reads them checks digest and size. */
int transport_source_blob(struct transport_source *s, const struct oci_descriptor *d, struct io_reader *out,
			  struct err *err) MUST_CHECK;
/* The artifacts of that type that refer to the manifest subject: descriptors of their manifests, at most
 * LIMIT_INDEX_ENTRIES (distribution-spec 1.1, referrers). out: all zero. ERR_UNSUPPORTED where the source knows no such
 * thing: only registries do. */
int transport_source_referrers(struct transport_source *s, const struct oci_digest *subject, const char *artifact_type,
			       struct oci_index *out, struct err *err) MUST_CHECK;
/* A manifest or a small blob, checked against size and digest of d; more than max bytes are ERR_LIMIT. */
int transport_source_document(struct transport_source *s, const struct oci_descriptor *d, size_t max, struct buf *out,
			      struct err *err) MUST_CHECK;
/* Offers the images beside the opened one to search: those of the same layout, archive or engine. An image that cannot
 * be read, and an engine that does not answer within two seconds, offer nothing. Call it last: a stream is over. */
void transport_source_find_base(struct transport_source *s, struct oci_base_search *search);
/* Whether they come over a network: reading more of them at once than there are CPUs is of use. */
bool transport_source_is_remote(const struct transport_source *s);
/* Whether transport_source_blob reads its layers, also where they are used unpacked. */
bool transport_source_has_blobs(const struct transport_source *s);
/* A source that is read once, front to back (an engine's export). Its layers come in any order. Until the end its
 * manifest and config are provisional: the engine's description of them, without the bytes. each (transport/image.h)
 * is called for every layer. At the end image's config, config_bytes and manifest are the real ones, checked against
 * the image's ID. Only the reader of the layers knows their sizes, and puts them into the manifest. */
bool transport_source_is_stream(const struct transport_source *s);
int transport_source_stream(struct transport_source *s, struct transport_image *image, transport_each_layer *each,
			    void *ctx, struct err *err) MUST_CHECK;
void transport_source_close(struct transport_source *s);
static inline void transport_source_closep(struct transport_source **s)
{
	transport_source_close(*s);
}
#define CLEANUP_TRANSPORT_SOURCE CLEANUP(transport_source_closep)
