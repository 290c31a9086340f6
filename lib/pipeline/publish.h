/* pipeline/publish.h - putting a finished image to its destination, atomically. */
#pragma once

#include "rewrite/rewrite.h"
#include "transport/transport.h"

/* A new image: its one layer (in the file layer), config, manifest. */
int publish_image(const struct oci_ref *to, const struct transport_options *options,
		  const struct rewrite_result *result, int layer, struct err *err) MUST_CHECK;

/* The source image as it is, its layers spooled through tmp_dir; *d: its manifest at the destination. */
int publish_source(struct transport_source *source, const struct transport_image *image, enum oci_family family,
		   int tmp_dir, const struct oci_ref *to, const struct transport_options *options,
		   struct oci_descriptor *d, struct err *err) MUST_CHECK;
