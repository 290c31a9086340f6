/* Processes with another root, and with mounts of their own. */
#include "say.h"

#include <sched.h>
#include <sys/mount.h>

static void jailed(void)
{
	struct stat st;
	MUST(DO("chdir,follow", "/jail", chroot("/jail")));
	MUST(DO("chdir,follow", "/jail", chdir("/")));
	DO("stat,follow", "/jail/etc/conf", stat("/etc/conf", &st));
	DO("stat,follow", "/jail/etc/up", stat("/../etc/up", &st));
	DO("stat,follow", "/jail/etc/target", stat("/link", &st));
	say("readlink,nofollow", 0, "/jail/link");
	DO("stat,follow", "/jail/etc/rel", stat("etc/rel", &st));
	DO("stat,follow", "/jail/none", stat("/none", &st));
}

static void write_file(const char *path, const char *text)
{
	int fd = (int)DO("open,write,follow", path, open(path, O_WRONLY));
	MUST(write(fd, text, strlen(text)));
	close(fd);
}

static void own_mounts(void)
{
	struct stat st;
	MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	MUST(DO("mount,follow", "/", mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)));
	MUST(DO("mount,follow", "/data/mnt", mount("/jail", "/data/mnt", NULL, MS_BIND, NULL)));
	say("open,follow", 0, "/jail");
	DO("stat,follow", "/jail/etc/bound", stat("/data/mnt/etc/bound", &st));
	DO("stat,follow", "/data/s1", stat("/data/s1", &st));
	MUST(DO("chdir,follow", "/jail", chdir("/data/mnt")));
	MUST(DO("chdir,follow", "/jail", syscall(SYS_pivot_root, ".", ".")));
	MUST(DO("mount,follow", "/jail", umount2(".", MNT_DETACH)));
	DO("stat,follow", "/jail/etc/pivoted", stat("/etc/pivoted", &st));
	DO("stat,follow", "/jail/etc/target", stat("/link", &st));
}

/* /proc is still that of the namespace outside: there "self" is another number than getpid(). */
static void own_pids(void)
{
	struct stat st;
	MUST(unshare(CLONE_NEWUSER | CLONE_NEWPID));
	CHILD(if (getpid() != 1) _exit(1); MUST(DO("chdir,follow", "/data/dir", chdir("/data/dir")));
	      DO("stat,follow", "/data/dir/one", stat("/proc/self/cwd/one", &st)));
}

int main(int argc, char **argv)
{
	struct stat st;
	say_started(argv[0]);
	CHILD(jailed());
	DO("stat,follow", "/etc/conf", stat("/etc/conf", &st));
	CHILD(own_pids());
	CHILD(own_mounts());
	DO("stat,follow", "/etc/after", stat("/etc/after", &st));
	return 0;
}
