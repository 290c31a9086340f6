/* trace/trace.h - what a run did: every path it named, how, by which program; programs, syscalls, ports.
 * The sensor writes it, keep reads it; traces of several runs unite. Paths are absolute as the container saw them: the
 * base joined, "." and double slashes removed, ".." and symlinks not resolved (see keep).
 * Any byte but NUL may be in a path. What /proc/PID/{root,cwd,exe,fd/N} and /dev/fd lead to stands for them.
 * A process with another root or changed mounts, and a lookup through a symlink that the run made, are resolved when
 * they happen: the entry is what they led to, and each symlink on the way is an entry of its own (TRACE_READLINK |
 * TRACE_NOFOLLOW).
 * A path below a volume, tmpfs or bind mount is recorded like any other. What the image has beneath the mount under the
 * same name is not what was used, but it is kept: the safe side, as another run may not mount there. Datagrams to unix
 * sockets (sendto, sendmsg) are not traced: such calls are hot, and a socket is no file of an image; its directory is
 * known from the bind. Not thread-safe. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strset.h"

#define TRACE_KINDS 17 /* how many; kind i is 1 << i and its name trace_kind_names[i] */
extern const char *const trace_kind_names[TRACE_KINDS];

enum trace_kind {
	TRACE_OPEN = 1 << 0, /* opened for reading, or O_PATH */
	TRACE_EXEC = 1 << 1,
	TRACE_STAT = 1 << 2, /* stat, access, statfs */
	TRACE_READLINK = 1 << 3,
	TRACE_LIST = 1 << 4,    /* opened as a directory: with O_DIRECTORY, or fanotify saw that it is one */
	TRACE_CHDIR = 1 << 5,   /* chdir, fchdir, chroot */
	TRACE_CONNECT = 1 << 6, /* unix socket */
	TRACE_BIND = 1 << 7,    /* unix socket */
	TRACE_XATTR = 1 << 8,
	TRACE_WATCH = 1 << 9,   /* inotify, fanotify */
	TRACE_CREATE = 1 << 10, /* O_CREAT, mkdir, symlink, mknod, the new name of link and rename */
	TRACE_WRITE = 1 << 11,  /* opened for writing, truncate, chmod, chown, utimes */
	TRACE_REMOVE = 1 << 12, /* unlink, rmdir, the old name of rename */
	TRACE_MOUNT = 1 << 13,
	TRACE_KERNEL = 1 << 14,   /* seen by fanotify alone: what the kernel opened by itself */
	TRACE_FOLLOW = 1 << 15,   /* a symlink in the last component was (also) followed */
	TRACE_NOFOLLOW = 1 << 16, /* the last component was (also) named without following */
	TRACE_OPENED = 1 << 30,   /* no kind: for trace_add, sets opened */
};

enum trace_witness { TRACE_BY_PTRACE = 1, TRACE_BY_FANOTIFY = 2, TRACE_BY_EBPF = 4 };
#define TRACE_WITNESSES 3
#define TRACE_BY_CALL (TRACE_BY_PTRACE | TRACE_BY_EBPF) /* named by a system call */
extern const char *const trace_witness_names[TRACE_WITNESSES];

/* Whether the image holds what the path leads to. Ordered: of two runs the greater counts. */
enum trace_found { TRACE_FOUND_UNKNOWN, TRACE_FOUND_NO, TRACE_FOUND_YES };

struct trace_entry {
	uint32_t kinds;    /* of enum trace_kind */
	uint32_t program;  /* id in programs: who did it first; UINT32_MAX = unknown */
	uint8_t witnesses; /* of enum trace_witness */
	uint8_t found : 7; /* enum trace_found; the sensor does not know, who has the image fills it in */
	bool opened : 1;   /* in a way that fanotify sees, if it succeeded; not stored */
	uint64_t content;  /* a digest of what the image has there, see trace_content_unite; 0 = not known */
	uint16_t known; /* of a path that is not found: bytes of its longest leading part that is a name of the image;
			 * who has the image fills it in, for trace_redact */
	uint16_t step;  /* what trace.step was when it was first opened, or, if it never was, first named; not stored */
	uint32_t variants; /* of the exercises (exercise/variant.h) in which it was seen: bits, see
			    * trace_mark_variant; not stored */
};

/* Of traces of images in which the contents differ. */
#define TRACE_CONTENT_VARIOUS UINT64_MAX
/* The content of an entry that two traces have. */
static inline uint64_t trace_content_unite(uint64_t a, uint64_t b)
{
	return !a || a == b ? b : !b ? a : TRACE_CONTENT_VARIOUS;
}

struct trace_port {
	uint16_t number;
	bool udp;
};

/* A system call by its number. x32 calls have __X32_SYSCALL_BIT in nr, under AUDIT_ARCH_X86_64, as the kernel
 * reports them. */
struct trace_syscall {
	uint32_t audit_arch, nr;
};
#define TRACE_X32 0x40000000u
#define TRACE_SYSCALL_END 1024 /* no kernel has so many, but for arm's own few from 0xf0001 */

/* The reasons why one witness has a path that the other does not have, see slim-trace(5). In the order in which they
 * are tried. */
#define TRACE_RULES 7
extern const char *const trace_rule_names[TRACE_RULES];
enum trace_rule {
	TRACE_RULE_UNEXPLAINED,
	TRACE_RULE_OTHER_NAME, /* the other has the same file under another name */
	TRACE_RULE_CREATED,    /* the run made it, or put something else in its place */
	TRACE_RULE_REMOVED, /* the run removed or renamed it or a directory above, and fanotify tells the last name */
	TRACE_RULE_INTERPRETER, /* the kernel opened it for an exec */
	TRACE_RULE_MOUNTED,     /* it lies on another file system, which fanotify does not watch */
	TRACE_RULE_REFUSED,     /* its modes do not let everybody do so: the call may have failed */
};

/* How the witnesses of the recordings agree: fanotify, and the other, who follows the system calls. */
struct trace_comparison {
	uint64_t rules[TRACE_RULES]; /* paths by the rule that explains them */
	struct strset unexplained;   /* the first LIMIT_TRACE_UNEXPLAINED of those without a reason */
	/* Regular files of the image by who saw them, not paths. All 0 = not known: of united recordings. */
	uint64_t files_calls, files_fanotify, files_both;
};

/* What its processes did. */
struct trace_program {
	struct trace_syscall *syscalls; /* sorted, each once */
	size_t n_syscalls, syscalls_cap;
	uint32_t *parents; /* sorted ids of the programs that executed it, each once; not the runtime */
	size_t n_parents, parents_cap;
	uint64_t runs, starts; /* how often it was executed; how often of that by the runtime */
};

struct trace {
	struct strset paths;
	struct trace_entry *entries; /* by id of paths */
	size_t cap;
	uint16_t step; /* of what is done to the container (exercise_step), now: counted from 1; 0 = none of them */
	struct strset programs;      /* paths of executed programs, as named in exec */
	struct trace_program *facts; /* by id of programs */
	size_t facts_cap;
	struct strset assumed; /* names of calls that the recorder let run unseen: any program may have made them */
	struct trace_port *ports;
	size_t n_ports, ports_cap;
	struct strset refused; /* names of the calls that were made to fail, as Docker does it, see sensor/filter.h */
	uint8_t witnesses;     /* who was at work, of enum trace_witness */
	struct trace_comparison comparison;
	uint64_t processes, stops;      /* counted */
	uint64_t ptraces;               /* times that a program tried to trace another, or to be traced */
	uint64_t direct_reads;          /* files opened with O_DIRECT to read them; not stored */
	uint64_t unreadable, overflows; /* events lost: not zero = the recording is not complete */
};

void trace_add(struct trace *t, const char *path, size_t len, uint32_t kinds, uint32_t program, uint8_t witness);
uint32_t trace_program(struct trace *t, const char *path); /* its id */
/* A process executed program; parent: what it or its parent process ran before, UINT32_MAX = the runtime. */
void trace_add_run(struct trace *t, uint32_t program, uint32_t parent);
void trace_add_parent(struct trace *t, uint32_t program, uint32_t parent);
/* Cheap when it is already there. Numbers that no kernel has (a program may try any) are left out. */
bool trace_syscall_exists(uint32_t nr); /* it may be there in some kernel */
void trace_add_syscall(struct trace *t, uint32_t program, uint32_t audit_arch, uint32_t nr);
void trace_add_unexplained(struct trace *t, const char *path, size_t len); /* the name only, no count */
void trace_add_port(struct trace *t, uint16_t number, bool udp);
/* All that t has so far was seen in this variant, below 32, of the exercises. */
void trace_mark_variant(struct trace *t, unsigned variant);
/* Unite what was done one after the other. An entry's program stays the first that is known; ports and programs are
 * there once; counts add up. Traces of recordings that know nothing of each other: unite.h. */
void trace_merge(struct trace *into, const struct trace *from);
/* The same, but takes what it can: from is left to trace_done. Into a trace without paths and programs nothing is
 * copied. */
void trace_take(struct trace *into, struct trace *from);
void trace_done(struct trace *t);
#define CLEANUP_TRACE CLEANUP(trace_done)

/* How many paths of each sort. */
struct trace_counts {
	uint64_t kinds[TRACE_KINDS];
	uint64_t found[3];                        /* by enum trace_found */
	uint64_t witnesses[1 << TRACE_WITNESSES]; /* by the set of enum trace_witness */
};
void trace_count(const struct trace *t, struct trace_counts *out);
