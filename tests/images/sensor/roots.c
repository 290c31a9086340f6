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

static void own_namespace(void)
{
	MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
	MUST(DO("mount,follow", "/", mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)));
}

static void own_mounts(void)
{
	struct stat st;
	own_namespace();
	MUST(DO("mount,follow", "/data/mnt", mount("/jail", "/data/mnt", NULL, MS_BIND, NULL)));
	say("open,follow", 0, "/jail");
	close((int)DO("open,follow", "/jail/etc/rel", open("/data/mnt/etc/rel", O_RDONLY)));
	DO("stat,follow", "/jail/etc/bound", stat("/data/mnt/etc/bound", &st));
	DO("stat,follow", "/data/s1", stat("/data/s1", &st));
	MUST(DO("chdir,follow", "/jail", chdir("/data/mnt")));
	MUST(DO("chdir,follow", "/jail", syscall(SYS_pivot_root, ".", ".")));
	MUST(DO("mount,follow", "/jail", umount2(".", MNT_DETACH)));
	DO("stat,follow", "/jail/etc/pivoted", stat("/etc/pivoted", &st));
	DO("stat,follow", "/jail/etc/target", stat("/link", &st));
}

/* A root that is no mount: what is bound inside of it, and what is not. */
static void jailed_mounts(void)
{
	struct stat st;
	own_namespace();
	MUST(DO("mount,follow", "/jail/bound", mount("/data/dir", "/jail/bound", NULL, MS_BIND, NULL)));
	say("open,follow", 0, "/data/dir");
	/* covered: what was mounted below is not seen any more */
	MUST(DO("mount,follow", "/data/mnt", mount("/jail", "/data/mnt", NULL, MS_BIND, NULL)));
	say("open,follow", 0, "/jail");
	MUST(DO("mount,follow", "/data", mount("/data", "/data", NULL, MS_BIND, NULL)));
	say("open,follow", 0, "/data");
	DO("stat,follow", "/data/mnt/etc", stat("/data/mnt/etc", &st));
	jailed();
	DO("stat,follow", "/data/dir/one", stat("/bound/one", &st));
	close((int)DO("open,follow", "/data/dir/one", open("/bound/one", O_RDONLY)));
	DO("stat,follow", "/data/dir/none", stat("/bound/none", &st));
}

/* As a sandbox makes it: a tree of binds on a tmpfs, which becomes the root of what is executed. */
static void sandboxed(void)
{
	struct stat st;
	own_namespace();
	MUST(DO("mount,follow", "/tmp", mount("box", "/tmp", "tmpfs", 0, NULL)));
	MUST(DO("create,nofollow", "/tmp/data", mkdir("/tmp/data", 0700)));
	MUST(DO("create,nofollow", "/tmp/bin", mkdir("/tmp/bin", 0700)));
	MUST(DO("create,nofollow", "/tmp/proc", mkdir("/tmp/proc", 0700)));
	MUST(DO("mount,follow", "/tmp/data", mount("/data", "/tmp/data", NULL, MS_BIND, NULL)));
	MUST(DO("mount,follow", "/tmp/bin", mount("/bin", "/tmp/bin", NULL, MS_BIND, NULL)));
	MUST(DO("mount,follow", "/tmp/proc", mount("/proc", "/tmp/proc", NULL, MS_BIND | MS_REC, NULL)));
	say("open,follow", 0, "/data");
	say("open,follow", 0, "/bin");
	say("open,follow", 0, "/proc");
	MUST(DO("chdir,follow", "/tmp", chroot("/tmp")));
	MUST(DO("chdir,follow", "/tmp", chdir("/")));
	DO("stat,follow", "/data/s2", stat("/data/s2", &st));
	DO("stat,follow", "/tmp/none", stat("/none", &st));
	char *args[] = {"/data/script", NULL}, *env[] = {"ROOT=/tmp", NULL};
	say("exec,follow", 0, "/data/script");
	say("kernel,open,follow", 0, "/data/script2");
	say("kernel,open,follow", 0, "/bin/next");
	execve(args[0], args, env);
	_exit(1);
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
	CHILD(jailed_mounts());
	CHILD(sandboxed());
	DO("stat,follow", "/etc/after", stat("/etc/after", &st));
	return 0;
}
