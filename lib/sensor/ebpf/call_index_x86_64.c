#include "sensor/ebpf/call_index.h"

#include <linux/audit.h>

#include "sensor/ebpf/bpf/record.h"

#define X32_BIT 0x40000000u
#define I386_SOCKETCALL 102

bool ebpf_call_index(uint32_t audit_arch, uint32_t nr, uint32_t *abi, uint32_t *index)
{
	if (audit_arch != AUDIT_ARCH_X86_64 && audit_arch != AUDIT_ARCH_I386)
		return false;
	*abi = audit_arch == AUDIT_ARCH_I386 ? ABI_COMPAT : nr & X32_BIT ? ABI_X32 : ABI_NATIVE;
	*index = nr & ~X32_BIT;
	return *index < RECORD_CALLS;
}

void ebpf_call_at(uint32_t abi, uint32_t index, uint32_t *audit_arch, uint32_t *nr)
{
	*audit_arch = abi == ABI_COMPAT ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
	*nr = abi == ABI_X32 ? index | X32_BIT : index;
}

bool ebpf_call_socketcall(uint32_t *abi, uint32_t *index)
{
	return ebpf_call_index(AUDIT_ARCH_I386, I386_SOCKETCALL, abi, index);
}
