/* cmd/options/rights.h - what docker run lets a container do besides its defaults: capabilities, kernel
 * parameters, shared memory, GPUs. */
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

/* What they become; the bundle's options borrow it. All zero = nothing. */
struct rights {
	struct strlist added, dropped; /* capabilities */
};
void rights_done(struct rights *r);

/* out->network is known by now. env: of the container, to which --gpus adds. ERR_INVAL. */
int rights_use(const struct rights_flags *f, struct rights *r, struct strlist *env, struct runtime_bundle_options *out,
	       struct err *err) MUST_CHECK;
/* The runtime for --gpus, if none is named and it is installed; NULL without --gpus. ERR_NOTFOUND. */
int rights_runtime(const struct rights_flags *f, const char **runtime, struct err *err) MUST_CHECK;
