#include "run/seccomp.h"

#include "base/mem.h"

struct oci_runtime_spec_seccomp_rule *run_seccomp_rules(enum sensor_kind kind, size_t *count)
{
	const struct sensor_filter_rule *from = sensor_filter(kind, count);
	struct oci_runtime_spec_seccomp_rule *to = mem_calloc(*count, sizeof(*to));
	for (size_t i = 0; i < *count; i++) {
		bool trace = kind == SENSOR_PTRACE && from[i].trace_data;
		to[i] = (struct oci_runtime_spec_seccomp_rule){
		    .names = from[i].names,
		    .action = trace                ? OCI_SECCOMP_TRACE
			      : from[i].deny_errno ? OCI_SECCOMP_ERRNO
						   : OCI_SECCOMP_ALLOW,
		    .errno_ret = trace ? from[i].trace_data : from[i].deny_errno,
		    .n_args = from[i].n_conditions,
		};
		for (unsigned k = 0; k < from[i].n_conditions; k++) {
			const struct sensor_filter_condition *c = &from[i].conditions[k];
			to[i].args[k] = (struct oci_runtime_spec_seccomp_arg){c->arg, c->mask, c->value};
		}
	}
	return to;
}
