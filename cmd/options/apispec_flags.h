/* cmd/options/apispec_flags.h - the options that name API descriptions (OpenAPI, Swagger). */
#pragma once

#include "cmd/options/option.h"
#include "probe/probe.h"

/* A member of container_flags. */
struct apispec_flags {
	struct strlist files, paths, credentials;
	bool expects;
};

extern const struct option_group apispec_flags_group;

void apispec_flags_done(struct apispec_flags *f);
/* Tells whether any description is named. */
bool apispec_flags_given(const struct apispec_flags *f);
/* Reads the files, with notes on what is left out. out borrows from f, and is valid in any case. */
int apispec_flags_parse(const struct apispec_flags *f, struct probe_apispec_options *out, struct notes *notes,
			struct err *err) MUST_CHECK;
void apispec_options_done(struct probe_apispec_options *o);
