/* Files that the kernel executes by the interpreter that the machine registered for them. */
#include "say.h"

int main(int argc, char **argv)
{
	say_started(argv[0]);
	CHILD({
		char *args[] = {argv[1], NULL}, *env[] = {NULL};
		say("exec,follow", 0, argv[1]);
		execve(argv[1], args, env);
		_exit(1);
	});
	/* what was registered with F is open since then, a file of outside */
	if (!strstr(argv[1], "-fixed"))
		say("kernel,open,follow", 0, "/bin/next");
	return 0;
}
