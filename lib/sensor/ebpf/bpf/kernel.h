/* sensor/ebpf/bpf/kernel.h - the fields of kernel structures that the eBPF programs read. Their offsets come from the
 * running kernel's own type information when the programs are loaded (CO-RE). */
#pragma once

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

#define KERNEL __attribute__((preserve_access_index))

typedef struct {
	int counter;
} KERNEL atomic_t;

struct list_head {
	struct list_head *next;
} KERNEL;

struct qstr {
	__u64 hash_len;
	const unsigned char *name;
} KERNEL;

struct super_block {
	__u32 s_dev;
	unsigned long s_flags;
} KERNEL;
#define SB_NOUSER (1ul << 31)

struct hlist_bl_node {
	void **pprev;
} KERNEL;

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct super_block *d_sb;
	struct hlist_bl_node d_hash; /* pprev is NULL of one without a name */
} KERNEL;

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
} KERNEL;

struct ns_common {
	unsigned int inum;
} KERNEL;

struct mnt_namespace {
	struct ns_common ns;
	struct mount *root;
} KERNEL;

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct list_head mnt_mounts, mnt_child;
	struct mnt_namespace *mnt_ns;
	int mnt_id;
	__u64 mnt_id_unique;
} KERNEL;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} KERNEL;

struct fs_struct {
	struct path root, pwd;
} KERNEL;

struct file {
	struct path f_path;
	void *private_data;
} KERNEL;

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
} KERNEL;

struct files_struct {
	struct fdtable *fdt;
} KERNEL;

struct mm_struct {
	struct file *exe_file;
} KERNEL;

struct pid_namespace {
	struct ns_common ns;
} KERNEL;

struct upid {
	int nr;
	struct pid_namespace *ns;
} KERNEL;

struct pid {
	unsigned int level;
	struct upid numbers[1];
} KERNEL;

struct nsproxy {
	struct mnt_namespace *mnt_ns;
} KERNEL;

struct seccomp {
	atomic_t filter_count;
} KERNEL;

struct thread_info {
	unsigned long flags;
	__u32 status;
} KERNEL;

struct task_struct {
	struct thread_info thread_info;
	int pid, tgid;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct mm_struct *mm;
	struct seccomp seccomp;
} KERNEL;

struct linux_binprm {
	const char *filename;
} KERNEL;

struct sock_common {
	unsigned short skc_family;
	volatile unsigned char skc_state;
	__u16 skc_num;
} KERNEL;

struct sock {
	struct sock_common __sk_common;
} KERNEL;

struct socket {
	short type;
	struct sock *sk;
} KERNEL;

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r10, r9, r8, ax, cx, dx, si, di, orig_ax, bx, bp;
} KERNEL;
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 orig_x0;
	__s32 syscallno;
} KERNEL;
#endif
