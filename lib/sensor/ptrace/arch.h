/* sensor/ptrace/arch.h - the parts of ptrace that depend on the machine: how odd ABIs pass arguments, and the
 * registers. One file for each machine: arch_x86_64.c, arch_aarch64.c. Private to lib/sensor/. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* Turn a multiplexed call (socketcall of i386) into the call that it stands for. 0, or -1 / -2 as
 * ptrace_tracee_bytes. */
int ptrace_arch_unwrap(pid_t tid, uint32_t audit_arch, uint64_t *nr, uint64_t args[6]);

/* A stopped thread is at the entry of a call, or behind one that a filter trapped: it fails with that errno. */
void ptrace_arch_refuse(pid_t tid, int error);
