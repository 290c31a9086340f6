/* cmd/services/flags.h - the options of slim build for the services of a compose file. */
#pragma once

#include "cmd/options/compose_flags.h"

/* A member of the verb's options struct. */
struct services_flags {
	bool all;
	const char *out; /* NULL = beside the compose file with all, else none */
};
extern const struct option_group services_flags_group;

/* ERR_INVAL: options that do not go together. image: whether the user named one, or a file of images. */
int services_flags_check(const struct services_flags *f, const struct compose_flags *compose,
			 const struct option_given_list *given, bool image, struct err *err) MUST_CHECK;
