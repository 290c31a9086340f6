/* trace/syscall_name.h - the ABIs whose system calls a trace may hold, and the names of the calls.
 * Names are those of Linux' tables (arch/.../syscall.tbl), from libseccomp if it knows them. A name does not depend
 * on the installed libseccomp: numbers that are newer than this list have no name. Thread-safe. */
#pragma once

#include <stddef.h>

#include "trace/trace.h"

#define TRACE_ABIS 5
extern const struct trace_abi {
	const char *name;    /* as in a trace file: "x86_64", "i386", "x32", "aarch64", "arm" */
	uint32_t audit_arch; /* AUDIT_ARCH_* */
	uint32_t bit;        /* set in its numbers */
} trace_abis[TRACE_ABIS];

const struct trace_abi *trace_abi_of(uint32_t audit_arch, uint32_t nr); /* NULL if none of them */
const struct trace_abi *trace_abi_named(const char *name);              /* the same */

#define TRACE_SYSCALL_NAME 16 /* bytes that a number as text needs */
/* The name of a call, or its number (without the ABI's bit) in decimal, written into room. */
const char *trace_syscall_name(const struct trace_abi *abi, uint32_t nr, char room[TRACE_SYSCALL_NAME]);
/* The number of a name, or of such a number. -1 for what the ABI does not have. */
int64_t trace_syscall_number(const struct trace_abi *abi, const char *name);
/* The i-th name of an ABI, in the names' order. NULL past the last. */
const char *trace_syscall_at(const struct trace_abi *abi, size_t i);
