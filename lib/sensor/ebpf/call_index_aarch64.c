#include "sensor/ebpf/call_index.h"

#include <linux/audit.h>

#include "sensor/ebpf/bpf/record.h"

bool ebpf_call_index(uint32_t audit_arch, uint32_t nr, uint32_t *abi, uint32_t *index)
{
	if (audit_arch != AUDIT_ARCH_AARCH64 && audit_arch != AUDIT_ARCH_ARM)
		return false;
	*abi = audit_arch == AUDIT_ARCH_ARM ? ABI_COMPAT : ABI_NATIVE;
	*index = nr;
	return *index < RECORD_CALLS;
}

void ebpf_call_at(uint32_t abi, uint32_t index, uint32_t *audit_arch, uint32_t *nr)
{
	*audit_arch = abi == ABI_COMPAT ? AUDIT_ARCH_ARM : AUDIT_ARCH_AARCH64;
	*nr = index;
}

bool ebpf_call_socketcall(uint32_t *abi, uint32_t *index)
{
	return false;
}
