/* sensor/ebpf/call_index.h - how the kernel's side of the eBPF recorder numbers the calls of this machine: an ABI (enum
 * record_abi) and an index below RECORD_CALLS. One file for each machine. Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* From a call as ptrace and seccomp name it. False if processes of this machine cannot make it. */
bool ebpf_call_index(uint32_t audit_arch, uint32_t nr, uint32_t *abi, uint32_t *index);
/* And back. */
void ebpf_call_at(uint32_t abi, uint32_t index, uint32_t *audit_arch, uint32_t *nr);
/* The same for socketcall, which stands for several calls; false if the ABI does not have it. */
bool ebpf_call_socketcall(uint32_t *abi, uint32_t *index);
