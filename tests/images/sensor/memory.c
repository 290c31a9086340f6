/* Paths in memory of every odd kind: at the end of a page, across pages, unreadable, changed meanwhile. */
#include "say.h"

#include <linux/openat2.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct stat st;
static char *pages; /* two readable ones, then one that is not there */
static size_t page;

static char *at_end(const char *path, size_t of)
{
	return strcpy(pages + of - strlen(path) - 1, path);
}

static void ends(void)
{
	DO("stat,follow", "/data/s1", stat(at_end("/data/s1", 2 * page), &st)); /* the NUL is the last byte there is */
	DO("stat,follow", "/data/s2", stat(at_end("/data/s2", page), &st));
	DO("stat,follow", "/data/s3", stat(strcpy(pages + page - 4, "/data/s3"), &st)); /* across */
	DO("stat,follow", "/data/s5", stat(strcpy(pages + page - 1, "/data/s5"), &st));
	struct open_how *how = (void *)(pages + page - 8), value = {.flags = O_RDONLY};
	memcpy(how, &value, sizeof(value)); /* across */
	close((int)DO("open,follow", "/data/a", syscall(SYS_openat2, AT_FDCWD, "/data/a", how, sizeof(value))));
	/* a longer one, of a kernel to come; what is more must be 0 */
	memset(pages, 0, 2 * page);
	memcpy(pages, &value, sizeof(value));
	close((int)DO("open,follow", "/data/b", syscall(SYS_openat2, AT_FDCWD, "/data/b", pages, page)));
}

/* The kernel cannot read them either: nothing was named, and nothing is lost. */
static void faults(void)
{
	struct sockaddr_un un = {AF_UNIX, "/data/none.sock"};
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);
	char *gone = pages + 2 * page, *cut = memcpy(pages + 2 * page - 4, "/dat", 4); /* no NUL before the end */
	char *bad[] = {NULL, (char *)1, gone, cut, (char *)-4096L, (char *)(1L << 62)};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CHECK(syscall(SYS_openat, AT_FDCWD, bad[i], O_RDONLY) < 0 && errno == EFAULT);
		CHECK(syscall(SYS_renameat2, AT_FDCWD, bad[i], AT_FDCWD, bad[i], 0) < 0 && errno == EFAULT);
		CHECK(syscall(SYS_execve, bad[i], NULL, NULL) < 0 && errno == EFAULT);
		CHECK(syscall(SYS_connect, sock, bad[i], sizeof(un)) < 0 && errno == EFAULT);
		CHECK(syscall(SYS_openat2, AT_FDCWD, "/data/none", bad[i], sizeof(struct open_how)) < 0 &&
		      errno == EFAULT);
	}
	/* readable for nobody, and no longer there */
	MUST(mprotect(pages, 2 * page, PROT_NONE));
	CHECK(syscall(SYS_openat, AT_FDCWD, pages, O_RDONLY) < 0 && errno == EFAULT);
	MUST(mprotect(pages, 2 * page, PROT_READ | PROT_WRITE));
	/* the first is named before the second faults */
	CHECK(syscall(SYS_renameat2, AT_FDCWD, "/data/none", AT_FDCWD, gone, 0) < 0 && errno == EFAULT);
	errno = ENOENT;
	say("remove,nofollow", -1, "/data/none");
}

/* Pages that come when they are asked for: from a file, and from a file that is too short. */
static void mapped(void)
{
	int fd = (int)DO("open,create,write,follow", "/tmp/path", open("/tmp/path", O_RDWR | O_CREAT, 0600));
	MUST(write(fd, "/data/c", sizeof("/data/c")));
	char *path = mmap(NULL, 2 * page, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(path != MAP_FAILED);
	DO("stat,follow", "/data/c", stat(path, &st));
	CHECK(syscall(SYS_openat, AT_FDCWD, path + page, O_RDONLY) < 0 && errno == EFAULT); /* SIGBUS for us */
	close(fd);
	/* only to be executed, which on x86 and for the kernel means readable too */
	char *text = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(text != MAP_FAILED);
	strcpy(text, "/data/d");
	DO("stat,follow", "/data/d", stat(text, &st));
}

static volatile int over;

static void *swap(void *path)
{
	while (!over)
		((volatile char *)path)[sizeof("/data/swap/") - 1] ^= '1' ^ '2'; /* 1, 2, 1, ... */
	return NULL;
}

/* What the tracer reads is not always what the kernel reads a moment later: the two witnesses together have it. */
static void swapped(void)
{
	static char path[] = "/data/swap/1";
	pthread_t t;
	CHECK(pthread_create(&t, NULL, swap, path) == 0);
	ino_t first = 0;
	for (int i = 0, others = 0; i < 2000 || others < 100; i++) {
		int fd = open(path, O_RDONLY);
		MUST(fd);
		MUST(fstat(fd, &st));
		first = first ? first : st.st_ino;
		others += st.st_ino != first;
		close(fd);
	}
	over = 1;
	pthread_join(t, NULL);
	say("open,follow", 0, "/data/swap/1");
	say("open,follow", 0, "/data/swap/2");
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	page = (size_t)sysconf(_SC_PAGESIZE);
	pages = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(pages != MAP_FAILED);
	MUST(munmap(pages + 2 * page, page));
	ends();
	faults();
	mapped();
	swapped();
	return 0;
}
