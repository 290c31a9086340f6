/* cmd/build/platforms.h - the platforms that slim build is asked for: --platform, --others, and the traces of each. */
#pragma once

#include "cmd/build/flags.h"
#include "pipeline/build/platforms.h"

/* Lifetime: all zero; _parse; _done. */
struct build_platforms {
	bool several;
	struct pipeline_platforms_options options; /* with several; without build */
	struct strlist files;                      /* of the traces, without platforms */
	struct oci_platform *wanted;               /* of options */
	struct pipeline_platform_trace *traces;    /* of options */
};

/* With several platforms it takes --platform out of the flags' container, and puts it into several. For one it checks
 * that the traces are of it. Borrows from f. ERR_INVAL. */
int build_platforms_parse(struct build_flags *f, struct build_platforms *out, struct err *err) MUST_CHECK;
void build_platforms_done(struct build_platforms *p);

/* ERR_INVAL: an option that is not for several platforms. */
int build_platforms_check(const struct build_flags *f, bool keep_original, struct err *err) MUST_CHECK;
