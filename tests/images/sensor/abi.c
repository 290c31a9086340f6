/* The system calls of i386 and of x32, made by a 64-bit program. */
#include "say.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#define X32 0x40000000

static long int80(long nr, long a, long b, long c, long d, long e)
{
	long r;
	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory", "r8", "r9", "r10", "r11");
	if (r < 0 && r > -4096) {
		errno = (int)-r;
		return -1;
	}
	return r;
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	/* pointers of 32 bits */
	char *low = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	MUST(low == MAP_FAILED ? -1 : 0);
#define LOW(s) (long)strcpy(low, s)
	long room = (long)low + 4096;
	DO("open,follow", "/data/a", int80(5, LOW("/data/a"), O_RDONLY, 0, 0, 0));      /* open */
	DO("open,follow", "/data/b", int80(295, -100, LOW("/data/b"), O_RDONLY, 0, 0)); /* openat */
	DO("stat,follow", "/data/s1", int80(195, LOW("/data/s1"), room, 0, 0, 0));      /* stat64 */
	DO("stat,nofollow", "/data/s2", int80(196, LOW("/data/s2"), room, 0, 0, 0));    /* lstat64 */
	DO("stat,follow", "/data/s3", int80(18, LOW("/data/s3"), room, 0, 0, 0));       /* oldstat */
	DO("stat,follow", "/data/s4", int80(300, -100, LOW("/data/s4"), room, 0, 0));   /* fstatat64 */
	DO("write,follow", "/data/m1", int80(212, LOW("/data/m1"), 0, 0, 0, 0));        /* chown32 */
	struct sockaddr_un *un = (void *)(low + 8192);
	*un = (struct sockaddr_un){AF_UNIX, "/data/none.sock"};
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);
	DO("connect,follow", un->sun_path, int80(362, sock, (long)un, sizeof(*un), 0, 0)); /* connect */
	strcpy(un->sun_path, "/data/none2.sock");
	unsigned *call = (void *)(low + 16384);
	call[0] = (unsigned)sock, call[1] = (unsigned)(long)un, call[2] = sizeof(*un);
	DO("connect,follow", un->sun_path, int80(102, 3, (long)call, 0, 0, 0)); /* socketcall */
	/* A kernel without x32 fails these with ENOSYS; they are seen before that. */
	DO("open,follow", "/data/c", syscall(X32 + 2, "/data/c", O_RDONLY));
	DO("stat,follow", "/data/s5", syscall(X32 + 4, "/data/s5", low));
	DO("exec,follow", "/data/h1", syscall(X32 + 520, "/data/h1", NULL, NULL));
	return 0;
}
