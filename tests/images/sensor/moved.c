/* Files that are renamed, removed or replaced as soon as they were opened. */
#include "say.h"

#define ROUNDS 100

static struct stat st;

static int opened(const char *path, int flags)
{
	int fd = open(path, flags, 0600);
	MUST(fd);
	close(fd);
	return fd;
}

/* Whoever learns late of the open finds the file under its new name. */
static void renamed(void)
{
	char name[64];
	for (int i = 0; i < ROUNDS; i++) {
		opened("/tmp/from", O_WRONLY | O_CREAT);
		sprintf(name, "/tmp/to%d", i);
		MUST(rename("/tmp/from", name));
		say("create,nofollow", 0, name);
		MUST(mkdir("/tmp/dir", 0700));
		opened("/tmp/dir/in", O_WRONLY | O_CREAT);
		sprintf(name, "/tmp/other%d", i);
		MUST(rename("/tmp/dir", name));
		say("create,nofollow", 0, name);
	}
	errno = ENOENT;
	say("open,create,write,follow,remove,nofollow", -1, "/tmp/from");
	say("create,remove,nofollow", -1, "/tmp/dir");
	say("open,create,write,follow", -1, "/tmp/dir/in");
}

static void removed(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		opened("/tmp/gone", O_WRONLY | O_CREAT);
		MUST(unlink("/tmp/gone"));
	}
	errno = ENOENT;
	say("open,create,write,follow,remove,nofollow", -1, "/tmp/gone");
}

static void of_the_image(void)
{
	/* over another one: the two are not the same files any more */
	DO("open,follow", "/data/moved/a", opened("/data/moved/a", O_RDONLY));
	MUST(DO("remove,nofollow", "/data/moved/a", rename("/data/moved/a", "/data/moved/b")));
	say("create,nofollow", 0, "/data/moved/b");
	DO("open,follow", "/data/moved/b", opened("/data/moved/b", O_RDONLY));
	/* another one in its place */
	DO("open,follow", "/data/moved/c", opened("/data/moved/c", O_RDONLY));
	MUST(DO("remove,nofollow", "/data/moved/c", unlink("/data/moved/c")));
	DO("open,create,write,follow", "/data/moved/c", opened("/data/moved/c", O_WRONLY | O_CREAT));
	/* a symlink in its place */
	MUST(DO("stat,follow", "/data/moved/d", stat("/data/moved/d", &st)));
	MUST(DO("remove,nofollow", "/data/moved/d", unlink("/data/moved/d")));
	MUST(DO("create,nofollow", "/data/moved/d", symlink("/data/a", "/data/moved/d")));
	/* with its directory */
	DO("open,follow", "/data/moved/sub/e", opened("/data/moved/sub/e", O_RDONLY));
	MUST(DO("remove,nofollow", "/data/moved/sub/e", unlink("/data/moved/sub/e")));
	MUST(DO("remove,nofollow", "/data/moved/sub", rmdir("/data/moved/sub")));
	/* written to: the image keeps its own content */
	DO("open,write,follow", "/data/moved/f", opened("/data/moved/f", O_WRONLY | O_TRUNC));
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	renamed();
	removed();
	of_the_image();
	return 0;
}
