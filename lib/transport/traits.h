/* transport/traits.h - what depends on a reference's scheme: a constant in the row of its backend. */
#pragma once

#include <stdbool.h>

#include "oci/descriptor.h"
#include "oci/ref.h"

/* The default place for a result, by the transport of its source. */
enum transport_default {
	TRANSPORT_DEFAULT_FILE,      /* beside the file, of the same transport: FILE.slim.tar */
	TRANSPORT_DEFAULT_DIRECTORY, /* beside the directory, of the same transport: DIR.slim */
	TRANSPORT_DEFAULT_LAYOUT,    /* a layout beside the directory: oci:DIR.slim:latest */
	TRANSPORT_DEFAULT_TAG,       /* another tag in the same place */
	TRANSPORT_DEFAULT_ENGINE,    /* the engine that the source came from */
	TRANSPORT_DEFAULT_LOCAL,     /* the local engine, if there is one, else a layout in the working directory */
};

struct transport_traits {
	enum oci_family family; /* of the media types that it writes, unless any_family */
	bool any_family;        /* it writes either */
	bool holds_index; /* its images may be indexes of several platforms; of an engine: if its sink keeps blobs */
	bool unpacks;     /* it stores layers unpacked: compressing them is wasted */
	bool directory;   /* a directory of files: it has no layers as blobs */
	bool remote;      /* blobs go over a network: compress them, and read several of them at once */
	bool engine;      /* an engine, which names an image by the digest of its config */
	bool registry;    /* a registry: HOST/PATH@DIGEST names an image, and a manifest can be attached to one */
	bool takes_names; /* names of the image (transport_options.names) are written if the reference has none */
	enum transport_default elsewhere;
};

/* Lives forever; all zero for OCI_SCHEME_NONE. */
const struct transport_traits *transport_traits(enum oci_scheme scheme);
