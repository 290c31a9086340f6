/* sensor/ebpf/bpf/record.h - what the eBPF programs in the kernel and their reader share: the records of the ring
 * buffer and the values of the maps. Both sides are built together; there is no version. Private to lib/sensor/.
 * Shape: struct record, then its items one behind the other, each struct record_item and `size` bytes. Not aligned. */
#pragma once

#include <linux/types.h>

#define RECORD_TASKS 4096  /* commands that run at the same time */
#define RECORD_SCRATCHES 5 /* buffers that each CPU has */
#define RECORD_ABIS 3
#define RECORD_CALLS 1024 /* numbers per ABI */
#define RECORD_WORDS 64   /* of 64 bits, for all ABIs; a power of two */

#define RECORD_RING (32 << 20) /* bytes of the ring buffer */
#define RECORD_MOST (64 << 10) /* bytes of a record, with its head in the ring: more than any has */

enum record_abi { ABI_NATIVE, ABI_COMPAT, ABI_X32 };

enum record_type {
	RECORD_BEFORE, /* where a thread was at the entry of a call that changes that; its RECORD_CALL follows */
	RECORD_CALL,
	RECORD_EXEC,   /* succeeded; result: 1 = with it the process became one of the container; args: RECORD_PARENT */
	RECORD_LISTEN, /* args: port, whether udp */
	RECORD_OPENED, /* by the runtime, a file of the root file system: ITEM_ROOT and ITEM_POINT as below */
	RECORD_MOUNTS, /* the table of the mount namespace begins anew: its RECORD_MOUNT follow */
	RECORD_MOUNT,  /* args: device, id, the parent's id; items ITEM_ROOT (in its file system), ITEM_POINT (in the
			  namespace) */
	RECORD_ENDED,  /* the last thread of the task has ended */
};

#define RECORD_PARENT 5 /* the program before; no argument of execve */

struct record {
	__u64 thread;     /* names the thread, until it ends */
	__u64 program;    /* names the path that was executed; 0 = none */
	__u64 root_mount; /* the id of that on which the thread's root lies */
	__u64 args[6];
	__s64 result;
	__u32 type; /* enum record_type */
	__u32 task, tid;
	__u32 abi, nr;
	__u32 mount_ns;
	__u32 step; /* trace.step */
	__u32 unused;
};

enum record_item_kind {
	ITEM_STRING, /* n = argument; with its NUL */
	ITEM_BYTES,  /* n = argument */
	/* A place: the components from the last to the first, each with its NUL, none for "/". */
	ITEM_ROOT,
	ITEM_CWD,
	ITEM_EXE,
	ITEM_FD, /* n = the fd */
	ITEM_POINT,
};

#define ITEM_NAMED 1   /* flags: not of the caller, but of the process that the first string names by /proc */
#define ITEM_DELETED 2 /* it has no name any more */
#define ITEM_OUTSIDE 4 /* not of the caller's mount namespace */
#define ITEM_NONE 8    /* nothing with a path, or one longer than any */

struct record_item {
	__u16 size;
	__u8 kind, flags;
	__s32 n;
};

/* How to treat a call, by ABI and number. -1 = the call does not have such an argument. */
struct record_call {
	__u32 flags;
	__s8 dir, path, dir2, path2, meaning, text; /* text: of a symlink */
	__u8 unused[2];
};
#define CALL_KNOWN 1
#define CALL_STAT_AT 2  /* with AT_EMPTY_PATH and an fd it is an fstat: of no interest */
#define CALL_SOCKADDR 4 /* the path is a sockaddr, its length argument `meaning` */
#define CALL_HOW 8      /* argument `meaning` is a struct open_how */
#define CALL_BEFORE 16  /* changes where relative paths begin */
#define CALL_CHANGES 32 /* after success, the same string may lead elsewhere */
#define CALL_MOUNTS 64  /* the mounts, at that */
#define CALL_SOCKET 128
#define CALL_EXEC 256
#define CALL_OPEN 512
#define CALL_ENDS 2048       /* exit and exit_group, which do not come back; not with CALL_KNOWN */
#define CALL_DENIED 4096     /* by our filter */
#define CALL_SOCKETCALL 1024 /* i386: the call and its arguments are behind pointers */

struct record_settings {
	__u32 device; /* of the root file system, as the kernel writes it; 0 = none */
	__u32 pid_ns; /* inode of the reader's pid namespace */
	__u32 level;  /* of that namespace, once the kernel's side has found it */
	__u32 level_known;
	__u32 adopt_pid_ns; /* inode of one whose threads are followed though they run already; 0 = none */
	__u32 unused;
};

/* Whether a thread is one of the container. One that was adopted ran before, under no command: nobody waits for its
 * end, and nobody may end it. */
enum record_contained { NOT_CONTAINED, CONTAINED, ADOPTED };

/* A command before its exec, put in by the reader. */
struct record_thread {
	__u32 task;
	__u32 filters;            /* seccomp filters that it is born with: one more marks the container */
	__u32 contained, entered; /* contained: enum record_contained */
	__u64 program;
	__u64 used[RECORD_WORDS]; /* bits: as in struct record_used */
};

struct record_member {
	__u32 task, process; /* pid in the reader's namespace */
};

/* Bit abi * RECORD_CALLS + number. Under the name of a program, or of: */
#define RECORD_REFUSED ~0ull /* what our filter denied, whoever made it */
struct record_used {
	__u64 bits[RECORD_WORDS];
};

struct record_run {
	__u64 program, parent; /* parent 0 = the runtime */
};

enum record_counter { COUNT_PROCESSES, COUNT_RECORDS, COUNT_LOST, COUNT_UNREADABLE, COUNT_EPOCH, COUNT_STEP, COUNTERS };
