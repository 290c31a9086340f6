/* pipeline/seccomp.h - the sensor's filter in the words of the runtime-spec. */
#pragma once

#include "oci/runtime_spec.h"

/* count rules, free(); what they point at is constant. What no rule names is traced: the caller's default action. */
struct runtime_spec_seccomp_rule *seccomp_rules(size_t *count);
