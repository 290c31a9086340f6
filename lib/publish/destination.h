/* publish/destination.h - the destinations of the result: where it goes, its names there, and what was published.
 * Lifetime: publish_destinations_plan; publish_open (publish.h) opens the sinks, which stay open until
 * publish_destinations_done: what was not committed by then leaves nothing. */
#pragma once

#include "publish/wish.h"
#include "transport/locate.h"
#include "transport/transport.h"

struct publish_destination {
	struct oci_ref ref;
	struct strlist names;        /* "repo:tag": its names there, if its reference has none or only one */
	enum oci_family family;      /* of the media types that are written */
	struct transport_sink *sink; /* NULL = not opened yet */
	struct {
		struct oci_descriptor manifest; /* of the image */
		struct oci_descriptor *more;    /* of the further images of its index (publish_image.h); NULL = none */
		struct oci_descriptor top;      /* what the name stands for: the manifest, or the index */
		struct oci_digest config;       /* an engine's name for the image */
	} published;                            /* once publish succeeded */
};

struct publish_destinations {
	struct publish_destination *items;
	size_t count;
};

/* source: the reference that was opened; name: the image's own name, "" = none. If the user named no destination, the
 * source's transport has a default (transport/traits.h). ERR_INVAL if no name can be derived. access: used to look for
 * an engine. */
int publish_destinations_plan(const struct publish_wish *wish, const struct oci_ref *source, const char *name,
			      const struct transport_options *access, struct publish_destinations *out,
			      struct err *err) MUST_CHECK;
void publish_destinations_done(struct publish_destinations *d);

/* The name of a slim image, as docker-slim derives it: "repo:tag" gives "repo.slim:tag"; "" gives NULL. free(). */
char *publish_slim_name(const char *name);
