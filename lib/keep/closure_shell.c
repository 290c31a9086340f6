/* Shell scripts: the commands that they name on any branch, and the paths. */
#include "keep/command.h"

static bool applies(const struct keep_file *f)
{
	static const char *const shells[] = {"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"};
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (keep_source_runs_by(f, shells[i]))
			return true;
	return keep_source_ends(f, ".sh");
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	CLEANUP_KEEP_SOURCE struct keep_source s;
	keep_source_read(&s, f, NULL);
	keep_command_text(&s, s.text.data, s.text.len);
	return 0;
}

const struct keep_closure keep_closure_shell = {.name = "shell", .level = KEEP_CLOSURE, .applies = applies, .run = run};
