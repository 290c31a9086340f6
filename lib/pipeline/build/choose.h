/* pipeline/build/choose.h - chooses the platforms of an index that are built, and finds what stands in the way of the
 * others. Private to pipeline/build. */
#pragma once

#include "pipeline/build/platforms_options.h"

/* A platform that the user wants slim. */
struct pipeline_choice {
	struct oci_platform platform;
	char name[OCI_PLATFORM_TEXT];
	struct oci_digest digest; /* of its manifest */
	struct strlist traces;    /* for pipeline_build_options */
	char *obstacle;           /* why it cannot be built, the end of a sentence; NULL = it can */
};

struct pipeline_choices {
	struct pipeline_choice *items; /* in the order in which they are built: the host's platform first */
	size_t count;
};

/* source: an opened index. dir: as in binfmt_find_emulator. ERR_INVAL: a trace is of no chosen platform.
 * ERR_NOTFOUND: the index lacks a platform that was named. ERR_UNSUPPORTED: one can't be built, and the others are not
 * to be kept; or none can be built. */
int pipeline_choose(struct transport_source *source, const struct pipeline_platforms_options *o, const char *dir,
		    struct pipeline_choices *out, struct err *err) MUST_CHECK;
void pipeline_choices_done(struct pipeline_choices *c);
#define CLEANUP_PIPELINE_CHOICES CLEANUP(pipeline_choices_done)
