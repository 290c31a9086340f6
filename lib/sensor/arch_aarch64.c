#include "sensor/arch.h"

#include <elf.h>
#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "sensor/bpf/record.h"
#include "sensor/sensor.h"

const char *const *sensor_filter_architectures(void)
{
	static const char *const archs[] = {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", NULL};
	return archs;
}

int arch_unwrap(pid_t tid, uint32_t audit_arch, uint64_t *nr, uint64_t args[6])
{
	return 0;
}

bool arch_record_call(uint32_t audit_arch, uint32_t nr, uint32_t *abi, uint32_t *index)
{
	if (audit_arch != AUDIT_ARCH_AARCH64 && audit_arch != AUDIT_ARCH_ARM)
		return false;
	*abi = audit_arch == AUDIT_ARCH_ARM ? ABI_COMPAT : ABI_NATIVE;
	*index = nr;
	return *index < RECORD_CALLS;
}

void arch_audit_call(uint32_t abi, uint32_t index, uint32_t *audit_arch, uint32_t *nr)
{
	*audit_arch = abi == ABI_COMPAT ? AUDIT_ARCH_ARM : AUDIT_ARCH_AARCH64;
	*nr = index;
}

bool arch_socketcall(uint32_t *abi, uint32_t *index)
{
	return false;
}

void arch_refuse(pid_t tid, int error)
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
