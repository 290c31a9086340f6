#include "sensor/arch.h"

#include <linux/audit.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "sensor/bpf/record.h"
#include "sensor/sensor.h"
#include "sensor/tracee_mem.h"

const char *const *sensor_filter_architectures(void)
{
	static const char *const archs[] = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", NULL};
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

#define X32_BIT 0x40000000u

bool arch_record_call(uint32_t audit_arch, uint32_t nr, uint32_t *abi, uint32_t *index)
{
	if (audit_arch != AUDIT_ARCH_X86_64 && audit_arch != AUDIT_ARCH_I386)
		return false;
	*abi = audit_arch == AUDIT_ARCH_I386 ? ABI_COMPAT : nr & X32_BIT ? ABI_X32 : ABI_NATIVE;
	*index = nr & ~X32_BIT;
	return *index < RECORD_CALLS;
}

void arch_audit_call(uint32_t abi, uint32_t index, uint32_t *audit_arch, uint32_t *nr)
{
	*audit_arch = abi == ABI_COMPAT ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
	*nr = abi == ABI_X32 ? index | X32_BIT : index;
}

bool arch_socketcall(uint32_t *abi, uint32_t *index)
{
	return arch_record_call(AUDIT_ARCH_I386, I386_SOCKETCALL, abi, index);
}

void arch_refuse(pid_t tid, int error)
{
	/* also of a program of 32 bits, as we are none; a call without a number is skipped, its result stays */
	ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, orig_rax), -1L);
	ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax), (long)-error);
}
