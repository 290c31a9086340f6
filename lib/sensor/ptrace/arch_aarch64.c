#include "sensor/ptrace/arch.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

int ptrace_arch_unwrap(pid_t tid, uint32_t audit_arch, uint64_t *nr, uint64_t args[6])
{
	return 0;
}

void ptrace_arch_refuse(pid_t tid, int error)
{
	int none = -1;
	struct iovec number = {&none, sizeof(none)};
	union {
		struct user_regs_struct wide;
		int32_t narrow[18]; /* of a program of 32 bits; r0 is first */
	} regs;
	struct iovec all = {&regs, sizeof(regs)};
	/* a call without a number is skipped, its result stays */
	ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &number);
	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) < 0)
		return;
	if (all.iov_len == sizeof(regs.narrow))
		regs.narrow[0] = -error;
	else
		regs.wide.regs[0] = (unsigned long long)-(long long)error;
	ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all);
}
