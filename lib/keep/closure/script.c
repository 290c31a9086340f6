/* A script's interpreter. Only files with an execute bit count: in other files the #! line is a comment, as in most
 * modules of Python or Perl. */
#include <string.h>

#include "formats/shebang.h"
#include "keep/closure/closure.h"
#include "keep/program_lookup.h"

static bool applies(const struct keep_file *f)
{
	const char *head = f->head;
	return f->n > 2 && head[0] == '#' && head[1] == '!';
}

/* The program that env starts: behind its options (-S splits the rest of the line) and assignments. */
static char *env_program(char *rest)
{
	for (;;) {
		char *word = shebang_word(&rest);
		if (strncmp(word, "--split-string=", 15) == 0)
			word += 15;
		else if (strncmp(word, "-S", 2) == 0)
			word += 2;
		else if (strncmp(word, "-vS", 3) == 0)
			word += 3;
		else if (*word == '-')
			continue;
		else if (!*word)
			return word;
		if (*word && !strchr(word, '='))
			return word;
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	const char *ending = strrchr(f->info->name, '.');
	if (!(f->info->mode & 0111) || (ending && strcmp(ending, ".sample") == 0)) /* to be copied, not run */
		return 0;
	char line[LIMIT_SCRIPT_LINE + 1], *interpreter, *rest;
	if (!shebang_read(f->fd, line, &interpreter, &rest))
		return 0;
	(void)keep_lookup_path(f->k, interpreter, KEEP_WHY(KEEP_INTERPRETER, f->node)); /* absent: nothing to keep */
	const char *base = strrchr(interpreter, '/') + 1;
	if (strcmp(base, "env") == 0)
		(void)keep_lookup_program(f->k, env_program(rest), NULL, KEEP_WHY(KEEP_INTERPRETER, f->node));
	return 0;
}

const struct keep_closure keep_closure_script = {.name = "script", .starts = true, .applies = applies, .run = run};
