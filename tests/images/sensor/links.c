/* Symlinks that the run makes, and that are gone when the trace is read. */
#include "say.h"

int main(int argc, char **argv)
{
	struct stat st;
	say_started(argv[0]);
	DO("create,nofollow", "/tmp/made", symlink("/data/to-dir", "/tmp/made")); /* itself a symlink of the image */
	DO("stat,follow", "/tmp/made/one", stat("/tmp/made/one", &st));
	say("readlink,nofollow", 0, "/tmp/made");
	say("readlink,nofollow", 0, "/data/to-dir");
	say("stat,follow", 0, "/data/dir/one");
	/* retargeted, as ln -sfn does, and reached by another name of its directory */
	DO("create,nofollow", "/tmp/new", symlink("../data", "/tmp/new"));
	MUST(DO("remove,nofollow", "/tmp/new", rename("/tmp/new", "/tmp/made")));
	say("create,nofollow", 0, "/tmp/made");
	DO("stat,follow", "/data/to-tmp/made/s1", stat("/data/to-tmp/made/s1", &st));
	say("readlink,nofollow", 0, "/data/to-tmp");
	say("stat,follow", 0, "/data/s1");
	/* exchanged with a file: the file's name is the link's then */
	DO("create,nofollow", "/tmp/plain", mknod("/tmp/plain", S_IFREG | 0600, 0));
	MUST(DO("remove,nofollow", "/tmp/made",
		renameat2(AT_FDCWD, "/tmp/made", AT_FDCWD, "/tmp/plain", RENAME_EXCHANGE)));
	say("create,nofollow", 0, "/tmp/plain");
	DO("stat,follow", "/tmp/plain/s2", stat("/tmp/plain/s2", &st));
	say("readlink,nofollow", 0, "/tmp/plain");
	say("stat,follow", 0, "/data/s2");
	/* the last component, not followed */
	DO("stat,nofollow", "/tmp/made", lstat("/tmp/made", &st));
	/* a hard link of a symlink */
	DO("open,nofollow", "/data/to-a", link("/data/to-a", "/tmp/hard"));
	say("create,nofollow", 0, "/tmp/hard");
	DO("stat,follow", "/tmp/hard", stat("/tmp/hard", &st));
	say("readlink,nofollow", 0, "/tmp/hard");
	errno = ENOENT;
	say("stat,follow", -1, "/tmp/a");
	/* to nothing */
	DO("create,nofollow", "/tmp/dead", symlink("/data/nowhere", "/tmp/dead"));
	DO("stat,follow", "/tmp/dead", stat("/tmp/dead", &st));
	say("readlink,nofollow", 0, "/tmp/dead");
	errno = ENOENT;
	say("stat,follow", -1, "/data/nowhere");
	/* an image file removed, and another made under its name: the image's own is what is recorded */
	DO("remove,nofollow", "/data/b", unlink("/data/b"));
	close((int)DO("open,create,write,follow", "/data/b", open("/data/b", O_WRONLY | O_CREAT, 0600)));
	close((int)DO("open,follow", "/data/b", open("/data/b", O_RDONLY)));
	return 0;
}
