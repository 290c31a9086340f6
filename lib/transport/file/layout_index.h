/* transport/file/layout_index.h - reads and updates the documents at the top of an OCI layout, in a directory or in a
 * tar.
 * Spec: image-spec 1.1, image-layout.md. Private to lib/transport/. */
#pragma once

#include "base/buf.h"
#include "base/strlist.h"
#include "transport/backend.h"

#define FILE_LAYOUT_FILE "oci-layout"
#define FILE_LAYOUT_INDEX "index.json"
#define FILE_LAYOUT_BLOBS "blobs/sha256"
#define FILE_LAYOUT_FILE_TEXT "{\"imageLayoutVersion\":\"1.0.0\"}"
#define FILE_LAYOUT_IMAGE_NAME "io.containerd.image.name" /* annotation: the full name, for docker load */

/* "blobs/sha256/HEX" */
#define FILE_LAYOUT_BLOB_PATH (sizeof(FILE_LAYOUT_BLOBS) + 65)
const char *file_layout_blob_path(const struct oci_digest *d, char out[FILE_LAYOUT_BLOB_PATH]);

/* The content of the file oci-layout: version 1, else ERR_UNSUPPORTED. */
int file_layout_check_version(const struct buf *file, struct err *err) MUST_CHECK;

/* Finds the entry of index.json that tag names; without a tag (NULL) the only image. If the image has one entry per
 * platform, out is an index of these alone and d describes it without a digest; else out stays empty. ERR_NOTFOUND
 * and ERR_INVAL (which one is meant?) list the tags. */
int file_layout_select(const struct buf *index_json, const char *tag, struct buf *out, struct oci_descriptor *d,
		       struct err *err) MUST_CHECK;

/* transport_backend.top for a backend whose blobs are those of a layout: file_layout_select, then its document. */
int file_layout_top(const struct transport_backend *backend, void *ctx, const struct buf *index_json, const char *tag,
		    struct buf *out, struct oci_descriptor *d, char **name, struct err *err) MUST_CHECK;

/* transport_backend.find_base for such a backend. ref: its reference, with any tag. */
void file_layout_find_base(const struct transport_backend *backend, void *ctx, const struct oci_ref *ref,
			   const struct buf *index_json, struct oci_base_search *search);

/* index_json (empty = none yet) with d under the tag; d->ref_name is not used. An entry of the same tag goes;
 * without a tag (NULL) the untagged image of that platform goes. image_name: for the annotation
 * io.containerd.image.name, or NULL. */
int file_layout_update(const struct buf *index_json, const struct oci_descriptor *d, const char *tag,
		       const char *image_name, struct buf *out, struct err *err) MUST_CHECK;

/* " a, b, c and 7 more", escaped, for messages; " nothing" for an empty list. */
void file_list_names(const struct strlist *names, struct buf *out);
