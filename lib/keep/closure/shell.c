/* Shell scripts: the commands that they name on any branch, and the paths. Of an application also what has neither a
 * #! line nor an ending: parts that are read in (.) by a computed name, scripts that are given to sh. */
#include <string.h>

#include "keep/closure/closure.h"
#include "keep/source/place.h"
#include "keep/source/shell_text.h"

#define MAX_PART (64u << 10) /* bytes of one that is told by its content */

static bool may_be_part(const struct keep_file *f)
{
	static const char *const endings[] = {".bash", ".ksh", ".envsh", ".inc", ".shlib", ".lib"};
	bool ending = !strchr(f->info->name, '.');
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		ending = ending || keep_file_ends(f, endings[i]);
	if (!ending || f->info->size > MAX_PART || (f->n > 1 && memcmp(f->head, "#!", 2) == 0) ||
	    memchr(f->head, '\0', f->n))
		return false;
	return keep_place_is_local(f);
}

static bool applies(const struct keep_file *f)
{
	static const char *const shells[] = {"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"};
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (keep_file_runs_by(f, shells[i]))
			return true;
	return keep_file_ends(f, ".sh") || may_be_part(f);
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	keep_script_source_read(&s, f, NULL);
	if (may_be_part(f) && !keep_shell_text_is(&s, s.text.data, s.text.len))
		return 0;
	keep_shell_text_read(&s, s.text.data, s.text.len);
	return 0;
}

const struct keep_closure keep_closure_shell = {.name = "shell", .level = KEEP_CLOSURE, .applies = applies, .run = run};
