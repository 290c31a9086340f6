#include "run/seccomp.h"

#include "base/mem.h"

static const enum oci_runtime_spec_seccomp_action actions[] = {
    [SENSOR_FILTER_ALLOW] = OCI_SECCOMP_ALLOW,
    [SENSOR_FILTER_TRACE] = OCI_SECCOMP_TRACE,
    [SENSOR_FILTER_TRAP] = OCI_SECCOMP_TRAP,
    [SENSOR_FILTER_ERRNO] = OCI_SECCOMP_ERRNO,
};

struct oci_runtime_spec_seccomp_rule *run_seccomp_fill(const struct sensor_filter *filter,
						       struct runtime_bundle_options *out)
{
	struct oci_runtime_spec_seccomp_rule *to = mem_calloc(filter->count, sizeof(*to));
	for (size_t i = 0; i < filter->count; i++) {
		const struct sensor_filter_rule *from = &filter->rules[i];
		to[i] = (struct oci_runtime_spec_seccomp_rule){
		    .names = from->names,
		    .action = actions[from->action],
		    .errno_ret = from->action == SENSOR_FILTER_TRACE ? SENSOR_FILTER_DATA_TRACE : from->deny_errno,
		    .n_args = from->n_conditions,
		};
		for (unsigned k = 0; k < from->n_conditions; k++) {
			const struct sensor_filter_condition *c = &from->conditions[k];
			to[i].args[k] = (struct oci_runtime_spec_seccomp_arg){c->arg, c->mask, c->value};
		}
	}
	out->n_seccomp = filter->count;
	out->seccomp_default = OCI_SECCOMP_ERRNO;
	out->seccomp_default_errno = SENSOR_FILTER_DEFAULT_ERRNO;
	out->seccomp_architectures = sensor_filter_architectures();
	return to;
}
