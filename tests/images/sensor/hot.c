/* Calls that must not stop, many of them, and rare ones without a path, which must be noted. */
#include "say.h"

#include <sys/sysinfo.h>
#include <sys/utsname.h>

#define ROUNDS 1000

int main(int argc, char **argv)
{
	struct stat st;
	struct statx stx;
	struct sysinfo info;
	struct utsname name;
	char byte;
	say_started(argv[0]);
	int file = (int)DO("open,follow", "/data/a", open("/data/a", O_RDONLY));
	for (int i = 0; i < ROUNDS; i++) {
		MUST(fstatat(file, "", &st, AT_EMPTY_PATH));
		MUST(statx(file, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_SIZE, &stx));
		MUST(pread(file, &byte, 1, 0));
	}
	MUST(sysinfo(&info));
	MUST(uname(&name));
	umask(022);
	DO("stat,follow", "/data/b", fstatat(AT_FDCWD, "/data/b", &st, AT_EMPTY_PATH));
	DO("stat,follow", "/data/c", fstatat(-1, "/data/c", &st, AT_EMPTY_PATH)); /* no descriptor, nor needed */
	DO("stat,nofollow", "/data/d", fstatat(file, "/data/d", &st, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
	return 0;
}
