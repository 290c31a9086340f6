/* run/seccomp.h - translates the sensor's filter into that of the runtime-spec. */
#pragma once

#include "runtime/bundle_options.h"
#include "sensor/filter.h"

/* Sets the seccomp fields of out, which borrow from filter. Returns their rules; free(). */
struct oci_runtime_spec_seccomp_rule *run_seccomp_fill(const struct sensor_filter *filter,
						       struct runtime_bundle_options *out);
