/* What the kernel opens by itself, and what is refused because it opens without a call. */
#include "say.h"

static void run(const char *path)
{
	CHILD({
		char *args[] = {(char *)path, NULL}, *env[] = {NULL};
		DO("exec,follow", path, 0);
		execve(path, args, env);
		_exit(1);
	});
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	run("/data/script"); /* #!/data/script2, which is #!/data/to-interpreter, which leads to /bin/next */
	say("kernel,open,follow", 0, "/data/script2");
	say("kernel,open,follow", 0, "/bin/next");
	if (syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno != EPERM)
		_exit(1);
	return 0;
}
