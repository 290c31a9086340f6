/* run/seccomp.h - translates the sensor's filter into that of the runtime-spec. */
#pragma once

#include "runtime/bundle_options.h"
#include "sensor/filter.h"

/* Returns the rules for out->seccomp, free(), and sets the other seccomp fields of out. All borrow from filter. */
struct oci_runtime_spec_seccomp_rule *run_seccomp_fill(const struct sensor_filter *filter,
						       struct runtime_bundle_options *out);
