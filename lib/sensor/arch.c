#include "sensor/arch.h"

#include <linux/audit.h>

#include "sensor/bpf/record.h"
#include "sensor/sensor.h"
#include "sensor/tracee_mem.h"

const char *const *sensor_filter_architectures(void)
{
#if defined(__x86_64__)
	static const char *const archs[] = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", NULL};
#elif defined(__aarch64__)
	static const char *const archs[] = {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", NULL};
#else
#error "name the seccomp architectures of this machine here"
#endif
	return archs;
}

#define I386_SOCKETCALL 102

/* Linux: arch/x86/entry/syscalls/syscall_32.tbl, include/uapi/linux/net.h. */
static const struct {
	int nr;
	uint32_t call; /* of socketcall */
	int args;
} i386_sockets[] = {{361, 2, 3} /* bind */, {362, 3, 3} /* connect */, {363, 4, 2} /* listen */};
#define N_SOCKETS (sizeof(i386_sockets) / sizeof(i386_sockets[0]))

int arch_unwrap(pid_t tid, uint32_t audit_arch, uint64_t *nr, uint64_t args[6])
{
	if (audit_arch != AUDIT_ARCH_I386 || *nr != I386_SOCKETCALL)
		return 0;
	for (size_t i = 0; i < N_SOCKETS; i++) {
		if (args[0] != i386_sockets[i].call)
			continue;
		uint32_t a[3] = {0};
		int r = tracee_bytes(tid, args[1], a, sizeof(a[0]) * (size_t)i386_sockets[i].args);
		if (r < 0)
			return r;
		*nr = (uint64_t)i386_sockets[i].nr;
		for (int k = 0; k < 3; k++)
			args[k] = a[k];
	}
	return 0;
}

#if defined(__x86_64__)
#define ARCH_NATIVE AUDIT_ARCH_X86_64
#define ARCH_COMPAT AUDIT_ARCH_I386
#define X32_BIT 0x40000000u
#else
#define ARCH_NATIVE AUDIT_ARCH_AARCH64
#define ARCH_COMPAT AUDIT_ARCH_ARM
#define X32_BIT 0u
#endif

bool arch_record_call(uint32_t audit_arch, uint32_t nr, uint32_t *abi, uint32_t *index)
{
	if (audit_arch != ARCH_NATIVE && audit_arch != ARCH_COMPAT)
		return false;
	*abi = audit_arch == ARCH_COMPAT ? ABI_COMPAT : nr & X32_BIT ? ABI_X32 : ABI_NATIVE;
	*index = nr & ~X32_BIT;
	return *index < RECORD_CALLS;
}

void arch_audit_call(uint32_t abi, uint32_t index, uint32_t *audit_arch, uint32_t *nr)
{
	*audit_arch = abi == ABI_COMPAT ? ARCH_COMPAT : ARCH_NATIVE;
	*nr = abi == ABI_X32 ? index | X32_BIT : index;
}

bool arch_socketcall(uint32_t *abi, uint32_t *index)
{
	return arch_record_call(AUDIT_ARCH_I386, I386_SOCKETCALL, abi, index);
}

bool arch_splits_64(uint32_t audit_arch)
{
	return !(audit_arch & __AUDIT_ARCH_64BIT);
}
