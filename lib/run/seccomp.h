/* run/seccomp.h - translates the sensor's filter into rules of the runtime-spec. */
#pragma once

#include "oci/runtime_spec.h"
#include "sensor/sensor.h"

/* Returns count rules; free(). They point at constants only. The caller sets the default action for syscalls without a
 * rule: trace, or allow with SENSOR_EBPF. */
struct oci_runtime_spec_seccomp_rule *run_seccomp_rules(enum sensor_kind kind, size_t *count);
