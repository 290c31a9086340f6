/* publish/destination.h - where the result goes, what it is called there, and what was published.
 * Lifetime: publish_destinations_plan; publish_open (publish.h) opens the sinks, which stay open until
 * publish_destinations_done: what was not committed by then leaves nothing. */
#pragma once

#include "transport/locate.h"
#include "transport/transport.h"

struct publish_destination {
	struct oci_ref ref;
	struct strlist names;        /* "repo:tag": its names there, if its reference has none or only one */
	enum oci_family family;      /* of the media types that are written */
	struct transport_sink *sink; /* NULL = not opened yet */
	struct {
		struct oci_descriptor manifest; /* of the image */
		struct oci_descriptor top;      /* what the name stands for: the manifest, or the index */
		struct oci_digest config;       /* an engine's name for the image */
	} published;                            /* once publish succeeded */
};

struct publish_destinations {
	struct publish_destination *items;
	size_t count;
};

/* What the user said of it. */
struct publish_wish {
	const struct strlist *outputs; /* -o: references */
	const struct strlist *tags;    /* -t: names */
	bool push;                     /* to the registries that the names are of */
};

/* Checks what can be checked before there is a source: ERR_INVAL. */
int publish_wish_check(const struct publish_wish *wish, struct err *err) MUST_CHECK;

/* source: as it was opened; name: what the image calls itself, "" = nothing. Without a wish: what the source's
 * transport has for a default (transport/traits.h). ERR_INVAL where no name can be made up. access: to look for an
 * engine. */
int publish_destinations_plan(const struct publish_wish *wish, const struct oci_ref *source, const char *name,
			      const struct transport_options *access, struct publish_destinations *out,
			      struct err *err) MUST_CHECK;
void publish_destinations_done(struct publish_destinations *d);

/* docker-slim's: "repo:tag" gives "repo.slim:tag"; "" gives NULL. free(). */
char *publish_slim_name(const char *name);
