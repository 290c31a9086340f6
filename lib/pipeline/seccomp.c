#include "pipeline/seccomp.h"

#include "base/mem.h"
#include "sensor/sensor.h"

struct runtime_spec_seccomp_rule *seccomp_rules(size_t *count)
{
	const struct sensor_filter_rule *from = sensor_filter(count);
	struct runtime_spec_seccomp_rule *to = mem_calloc(*count, sizeof(*to));
	for (size_t i = 0; i < *count; i++) {
		to[i] = (struct runtime_spec_seccomp_rule){
		    .names = from[i].names,
		    .action = from[i].trace_data ? SECCOMP_TRACE : SECCOMP_ALLOW,
		    .errno_ret = from[i].trace_data,
		    .n_args = from[i].n_conditions,
		};
		for (unsigned k = 0; k < from[i].n_conditions; k++) {
			const struct sensor_filter_condition *c = &from[i].conditions[k];
			to[i].args[k] = (struct runtime_spec_seccomp_arg){c->arg, c->mask, c->value};
		}
	}
	return to;
}
