/* oci/annotation.h - annotations that describe the bytes of a layer, for tools that pull it lazily: eStargz,
 * zstd:chunked, nydus, overlaybd, SOCI. Spec: the annotations of image-spec 1.1 (annotations.md), the documents of
 * these tools. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* Whether the annotation holds only for the layers that it was made for. */
bool oci_annotation_is_of_layers(const char *key);
/* Removes those from the object annotations, because the layers are replaced. NULL is fine. */
void oci_annotations_forget_layers(json_t *annotations);
