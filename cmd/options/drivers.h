/* cmd/options/drivers.h - the options that drive the container, in the order of the command line. */
#pragma once

#include "cmd/options/option.h"
#include "probe/plan.h"

struct drivers {
	struct probe_driver *items;
	size_t count, cap;
};
/* Picks the given options that drive the container. The HTTP probe gets the place of the first option that asks for
 * it. Borrows the values. *out is valid in any case. */
int drivers_init(struct drivers *out, const struct option_given_list *given, struct err *err) MUST_CHECK;
void drivers_done(struct drivers *d);
