/* pipeline/seccomp.h - the sensor's filter in the words of the runtime-spec. */
#pragma once

#include "oci/runtime_spec.h"
#include "sensor/sensor.h"

/* count rules, free(); what they point at is constant. What no rule names is traced, or allowed with SENSOR_EBPF: the
 * caller's default action. */
struct runtime_spec_seccomp_rule *seccomp_rules(enum sensor_kind kind, size_t *count);
