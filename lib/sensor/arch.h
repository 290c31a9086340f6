/* sensor/arch.h - all that depends on the machine: which ABIs its processes can use, how the odd ones pass the
 * arguments, registers. One file for each: arch_x86_64.c, arch_aarch64.c. Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Turn a multiplexed call (socketcall of i386) into the call that it stands for. 0, or -1 / -2 as
 * tracee_bytes. */
int arch_unwrap(pid_t tid, uint32_t audit_arch, uint64_t *nr, uint64_t args[6]);

/* How the kernel's side of the eBPF recorder names a call of this machine: an ABI (bpf/record.h) and a number that is
 * small; and back. False when its processes cannot make such calls. */
bool arch_record_call(uint32_t audit_arch, uint32_t nr, uint32_t *abi, uint32_t *index);
void arch_audit_call(uint32_t abi, uint32_t index, uint32_t *audit_arch, uint32_t *nr);

/* The number of socketcall as the two above have it; false when there is none. */
bool arch_socketcall(uint32_t *abi, uint32_t *index);

/* A stopped thread is at the entry of a call: skip it, it fails with that errno. */
void arch_refuse(pid_t tid, int error);
