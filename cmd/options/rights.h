/* cmd/options/rights.h - options of docker run for the rights of a container: capabilities, kernel parameters, shared
 * memory, GPUs. */
#pragma once

#include "cmd/options/option.h"
#include "runtime/bundle_options.h"

/* A member of container_flags. */
struct rights_flags {
	struct strlist cap_add, cap_drop, sysctls;
	const char *shm_size, *gpus;
};

extern const struct option_group rights_flags_group;

void rights_flags_done(struct rights_flags *f);

/* The rights made of the flags; the bundle's options borrow them. All zero = none. */
struct rights {
	struct strlist added, dropped; /* capabilities */
};
void rights_done(struct rights *r);

/* Adds the rights to out, whose network must be set. --gpus adds variables to env, the container's environment.
 * ERR_INVAL. */
int rights_use(const struct rights_flags *f, struct rights *r, struct strlist *env, struct runtime_bundle_options *out,
	       struct err *err) MUST_CHECK;
/* Sets the runtime for --gpus, unless one is named. Leaves it alone without --gpus. ERR_NOTFOUND if it is not
 * installed. */
int rights_runtime(const struct rights_flags *f, const char **runtime, struct err *err) MUST_CHECK;
