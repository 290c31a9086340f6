/* Executed by other test programs, which say so. */
#include "say.h"

#include <linux/capability.h>
#include <sys/auxv.h>

/* CAP_NET_BIND_SERVICE is in effect, and nothing else is. */
static int may_bind(void)
{
	struct __user_cap_header_struct version = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	return syscall(SYS_capget, &version, data) == 0 && data[0].effective == 1u << CAP_NET_BIND_SERVICE;
}

int main(int argc, char **argv)
{
	struct stat st;
	/* as the exec named it: a script, if one led here; a name of the kernel's own, if it was given an fd */
	program = (const char *)getauxval(AT_EXECFN);
	if (strncmp(program, "/dev/fd/", 8) == 0)
		program = "/bin/next";
	if (strcmp(program, "/bin/suid") == 0 && (geteuid() != 0 || !getauxval(AT_SECURE)))
		return 1;
	if (strcmp(program, "/bin/capable") == 0 && (geteuid() != 1000 || !may_bind() || !getauxval(AT_SECURE)))
		return 2;
	errno = ENOENT;
	if (getauxval(AT_SECURE)) /* so does glibc */
		say("stat,follow", -1, "/etc/suid-debug");
	const char *root = getenv("ROOT"); /* where the mounts that it sees are, when the root is another */
	char exe[64];
	snprintf(exe, sizeof(exe), "%s/proc/self/exe", root ? root : "");
	say("readlink,nofollow", 0, exe);
	DO("stat,follow", "/data/by-next", stat("/data/by-next", &st));
	return 0;
}
