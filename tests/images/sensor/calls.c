/* Each call that takes a path, once, on what is there and what is not. Also built for 32 bits. */
#include "say.h"

#include <linux/openat2.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/quota.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/swap.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <utime.h>

/* What newer machines do not have any more. */
#ifdef SYS_open
#define OLD(...) __VA_ARGS__
#else
#define OLD(...)
#endif

#define D "/data"
#define F "/data/file"

static void opens(int dir)
{
	struct open_how how = {.flags = O_RDONLY};
	OLD(close((int)DO("open,follow", D "/a", syscall(SYS_open, D "/a", O_RDONLY))));
	close((int)DO("open,follow", D "/b", syscall(SYS_openat, dir, "b", O_RDONLY)));
	close((int)DO("open,follow", D "/c", syscall(SYS_openat2, dir, "c", &how, sizeof(how))));
	OLD(close((int)DO("open,create,write,follow", D "/new", syscall(SYS_creat, D "/new", 0600))));
	close((int)DO("open,nofollow", D "/d", open(D "/d", O_RDONLY | O_NOFOLLOW)));
	close((int)DO("open,follow", D "/e", open(D "/e", O_PATH)));
	close((int)DO("open,write,follow", D "/f", open(D "/f", O_WRONLY)));
	close((int)DO("open,create,write,nofollow", F, open(F, O_WRONLY | O_CREAT | O_EXCL, 0600)));
	close((int)DO("open,follow", D "/none", open(D "/none", O_RDONLY)));
}

static void stats(int dir)
{
	struct stat st;
	struct statfs fs;
	char buf[256];
	DO("stat,follow", D "/s1", stat(D "/s1", &st));
	DO("stat,nofollow", D "/s2", lstat(D "/s2", &st));
	DO("stat,follow", D "/s3", fstatat(dir, "s3", &st, 0));
	DO("stat,nofollow", D "/s4", fstatat(dir, "s4", &st, AT_SYMLINK_NOFOLLOW));
	DO("stat,follow", D "/s5", syscall(SYS_statx, dir, "s5", 0, 0, buf));
	DO("stat,follow", D "/s6", statfs(D "/s6", &fs));
	DO("stat,follow", D "/s7", access(D "/s7", R_OK));
	DO("stat,follow", D "/s8", syscall(SYS_faccessat, dir, "s8", R_OK));
	DO("stat,nofollow", D "/s9", syscall(SYS_faccessat2, dir, "s9", R_OK, AT_SYMLINK_NOFOLLOW));
	OLD(DO("readlink,nofollow", D "/l1", syscall(SYS_readlink, D "/l1", buf, sizeof(buf))));
	DO("readlink,nofollow", D "/l2", readlinkat(dir, "l2", buf, sizeof(buf)));
}

static void attributes(int dir)
{
	char buf[256];
	DO("xattr,follow", D "/x1", getxattr(D "/x1", "user.a", buf, sizeof(buf)));
	DO("xattr,nofollow", D "/x2", lgetxattr(D "/x2", "user.a", buf, sizeof(buf)));
	DO("xattr,follow", D "/x3", listxattr(D "/x3", buf, sizeof(buf)));
	DO("xattr,nofollow", D "/x4", llistxattr(D "/x4", buf, sizeof(buf)));
	DO("xattr,write,follow", D "/x5", setxattr(D "/x5", "user.a", "b", 1, 0));
	DO("xattr,write,nofollow", D "/x6", lsetxattr(D "/x6", "user.a", "b", 1, 0));
	DO("xattr,write,follow", D "/x7", removexattr(D "/x7", "user.a"));
	DO("xattr,write,nofollow", D "/x8", lremovexattr(D "/x8", "user.a"));
	DO("write,follow", D "/m1", chmod(D "/m1", 0600));
	DO("write,follow", D "/m2", fchmodat(dir, "m2", 0600, 0));
	DO("write,follow", D "/m3", chown(D "/m3", 1, 1));
	DO("write,nofollow", D "/m4", lchown(D "/m4", 1, 1));
	DO("write,nofollow", D "/m5", fchownat(dir, "m5", 1, 1, AT_SYMLINK_NOFOLLOW));
	DO("write,follow", D "/m6", truncate(D "/m6", 0));
	OLD(DO("write,follow", D "/m7", syscall(SYS_utime, D "/m7", NULL)));
	OLD(DO("write,follow", D "/m8", syscall(SYS_utimes, D "/m8", NULL)));
	DO("write,nofollow", D "/m9", utimensat(dir, "m9", NULL, AT_SYMLINK_NOFOLLOW));
	OLD(DO("write,follow", D "/m10", syscall(SYS_futimesat, dir, "m10", NULL)));
}

static void names(int dir)
{
	DO("create,nofollow", D "/n1", mkdir(D "/n1", 0700));
	DO("create,nofollow", D "/n2", mkdirat(dir, "n2", 0700));
	OLD(DO("create,nofollow", D "/n3", syscall(SYS_mknod, D "/n3", S_IFIFO | 0600, 0)));
	DO("create,nofollow", D "/n4", mknodat(dir, "n4", S_IFIFO | 0600, 0));
	DO("create,nofollow", D "/n5", symlink("x", D "/n5"));
	DO("create,nofollow", D "/n6", symlinkat("x", dir, "n6"));
	DO("open,nofollow", D "/h1", link(D "/h1", D "/n7"));
	DO("open,follow", D "/h2", linkat(dir, "h2", dir, "n8", AT_SYMLINK_FOLLOW));
	say("create,nofollow", 0, D "/n7");
	say("create,nofollow", 0, D "/n8");
	OLD(DO("remove,nofollow", D "/r1", syscall(SYS_rename, D "/r1", D "/n9")));
	OLD(DO("remove,nofollow", D "/r2", syscall(SYS_renameat, dir, "r2", dir, "n10")));
	DO("remove,nofollow", D "/r3", syscall(SYS_renameat2, dir, "r3", dir, "n11", 0));
	OLD(say("create,nofollow", 0, D "/n9"));
	OLD(say("create,nofollow", 0, D "/n10"));
	say("create,nofollow", 0, D "/n11");
	DO("remove,nofollow", D "/u1", unlink(D "/u1"));
	DO("remove,nofollow", D "/u2", unlinkat(dir, "u2", 0));
	DO("remove,nofollow", D "/u3", rmdir(D "/u3"));
}

static void others(int dir)
{
	struct {
		struct file_handle h;
		char room[128];
	} handle = {.h.handle_bytes = 128};
	int mount_id, watch = inotify_init1(0), sock = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un at = {AF_UNIX, D "/socket"};
	DO("watch,follow", D "/w1", inotify_add_watch(watch, D "/w1", IN_ACCESS));
	DO("watch,nofollow", D "/w2", inotify_add_watch(watch, D "/w2", IN_ACCESS | IN_DONT_FOLLOW));
	DO("watch,follow", D "/w3", fanotify_mark(-1, FAN_MARK_ADD, FAN_OPEN, dir, "w3"));
	DO("stat,nofollow", D "/w4", name_to_handle_at(dir, "w4", &handle.h, &mount_id, 0));
	if (open_by_handle_at(dir, &handle.h, O_RDONLY) >= 0 || errno != EPERM)
		_exit(1);
	DO("bind,create,nofollow", D "/socket", bind(sock, (struct sockaddr *)&at, sizeof(at)));
	strcpy(at.sun_path, D "/none.sock");
	DO("connect,follow", D "/none.sock", connect(sock, (struct sockaddr *)&at, sizeof(at)));
	DO("mount,follow", D "/mnt", mount("none", D "/mnt", "tmpfs", 0, NULL));
	DO("mount,follow", D "/mnt2", umount2(D "/mnt2", 0));
	DO("chdir,follow", D "/dir", chdir(D "/dir"));
	DO("chdir,follow", D, fchdir(dir));
	if (swapon(D "/swap", 0) >= 0 || errno != EPERM || acct(D "/acct") >= 0 || errno != EPERM ||
	    quotactl(QCMD(Q_SYNC, USRQUOTA), D "/quota", 0, NULL) >= 0 || errno != EPERM)
		_exit(2);
}

/* By number, the same on all machines: newer than the headers. A kernel without them fails them with ENOSYS; they are
 * seen before that. */
static void newer(int dir)
{
	char buf[256];
	struct {
		unsigned long long value;
		unsigned size, flags;
	} args = {.value = (unsigned long)buf, .size = 1};
	DO("xattr,write,follow", D "/y1", syscall(463, dir, "y1", 0, "user.a", &args, sizeof(args))); /* setxattrat */
	DO("xattr,follow", D "/y2", syscall(464, dir, "y2", 0, "user.a", &args, sizeof(args)));       /* getxattrat */
	DO("xattr,nofollow", D "/y3", syscall(464, dir, "y3", AT_SYMLINK_NOFOLLOW, "user.a", &args, sizeof(args)));
	DO("xattr,follow", D "/y4", syscall(465, dir, "y4", 0, buf, sizeof(buf)));                  /* listxattrat */
	DO("xattr,write,follow", D "/y5", syscall(466, dir, "y5", 0, "user.a"));                    /* removexattrat */
	DO("open,follow", D "/y6", syscall(467, dir, "y6", 0, NULL, 0));                            /* open_tree_attr */
	DO("xattr,follow", D "/y7", syscall(468, dir, "y7", buf, 24, 0));                           /* file_getattr */
	DO("xattr,write,nofollow", D "/y8", syscall(469, dir, "y8", buf, 24, AT_SYMLINK_NOFOLLOW)); /* file_setattr */
	DO("write,nofollow", D "/y9", syscall(452, dir, "y9", 0600, AT_SYMLINK_NOFOLLOW));          /* fchmodat2 */
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	int dir = (int)DO("open,follow,list", D, open(D, O_RDONLY)); /* without O_DIRECTORY */
	opens(dir);
	stats(dir);
	attributes(dir);
	names(dir);
	newer(dir);
	others(dir);
	return 0;
}
