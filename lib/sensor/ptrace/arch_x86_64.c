#include "sensor/ptrace/arch.h"

#include <linux/audit.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "sensor/ptrace/tracee_mem.h"

#define I386_SOCKETCALL 102

/* Linux: arch/x86/entry/syscalls/syscall_32.tbl, include/uapi/linux/net.h. */
static const struct {
	int nr;
	uint32_t call; /* of socketcall */
	int args;
} i386_sockets[] = {{361, 2, 3} /* bind */, {362, 3, 3} /* connect */, {363, 4, 2} /* listen */};
#define N_SOCKETS (sizeof(i386_sockets) / sizeof(i386_sockets[0]))

int ptrace_arch_unwrap(pid_t tid, uint32_t audit_arch, uint64_t *nr, uint64_t args[6])
{
	if (audit_arch != AUDIT_ARCH_I386 || *nr != I386_SOCKETCALL)
		return 0;
	for (size_t i = 0; i < N_SOCKETS; i++) {
		if (args[0] != i386_sockets[i].call)
			continue;
		uint32_t a[3] = {0};
		int r = ptrace_tracee_bytes(tid, args[1], a, sizeof(a[0]) * (size_t)i386_sockets[i].args);
		if (r < 0)
			return r;
		*nr = (uint64_t)i386_sockets[i].nr;
		for (int k = 0; k < 3; k++)
			args[k] = a[k];
	}
	return 0;
}

void ptrace_arch_refuse(pid_t tid, int error)
{
	/* also for a 32-bit program, as we are a 64-bit one; a call without a number is skipped, its result stays */
	ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, orig_rax), -1L);
	ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax), (long)-error);
}
