/* publish/wish.h - where the user wants the result: --output, --tag and --push, parsed once. */
#pragma once

#include "base/strlist.h"
#include "oci/ref.h"

struct publish_wish {
	struct oci_ref *outputs; /* none is a bare name */
	size_t n_outputs;
	const struct strlist *tags; /* as they are written; borrowed */
	struct strlist names;       /* the same as names of images, each with a tag */
	bool push;                  /* to the registries named in the tags */
	bool index;                 /* the result is an index: an engine is no default place for it */
};

/* outputs: references; tags: names; both may be empty, tags lives as long as the wish. ERR_INVAL names the option. All
 * zero before; publish_wish_done after a failure, too. */
int publish_wish_parse(const struct strlist *outputs, const struct strlist *tags, bool push, struct publish_wish *out,
		       struct err *err) MUST_CHECK;
void publish_wish_done(struct publish_wish *w);
#define CLEANUP_PUBLISH_WISH CLEANUP(publish_wish_done)
