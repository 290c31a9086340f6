/* sensor/ebpf/bpf/arch.h - all that depends on the machine in the eBPF programs: how a call and its arguments lie in
 * the registers, at its entry and at its exit. */
#pragma once

#include "kernel.h"
#include "record.h"

#if defined(__TARGET_ARCH_x86)

#define TS_COMPAT 2
#define X32_BIT 0x40000000

static __always_inline __u32 arch_call(struct task_struct *t, struct pt_regs *regs, __u32 *abi)
{
	__u32 nr = (__u32)regs->orig_ax;
	*abi = ABI_NATIVE;
	if (t->thread_info.status & TS_COMPAT)
		*abi = ABI_COMPAT;
	else if (nr != ~0u && (nr & X32_BIT)) {
		*abi = ABI_X32;
		nr &= ~X32_BIT;
	}
	return nr;
}

static __always_inline void arch_args(struct pt_regs *regs, __u32 abi, __u64 args[6])
{
	if (abi == ABI_COMPAT) {
		args[0] = (__u32)regs->bx;
		args[1] = (__u32)regs->cx;
		args[2] = (__u32)regs->dx;
		args[3] = (__u32)regs->si;
		args[4] = (__u32)regs->di;
		args[5] = (__u32)regs->bp;
		return;
	}
	args[0] = regs->di;
	args[1] = regs->si;
	args[2] = regs->dx;
	args[3] = regs->r10;
	args[4] = regs->r8;
	args[5] = regs->r9;
}

#elif defined(__TARGET_ARCH_arm64)

#define TIF_32BIT 22

static __always_inline __u32 arch_call(struct task_struct *t, struct pt_regs *regs, __u32 *abi)
{
	*abi = t->thread_info.flags & (1ul << TIF_32BIT) ? ABI_COMPAT : ABI_NATIVE;
	return (__u32)regs->syscallno;
}

static __always_inline void arch_args(struct pt_regs *regs, __u32 abi, __u64 args[6])
{
	args[0] = regs->orig_x0;
	for (int i = 1; i < 6; i++)
		args[i] = regs->regs[i];
	for (int i = 0; i < 6 && abi == ABI_COMPAT; i++)
		args[i] = (__u32)args[i];
}

#else
#error "say here how this machine passes the arguments of a call"
#endif
