#include "cmd/explore/terminal/terminal_type.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define NCURSES_NOMACROS 1
#include <curses.h>
#include <term.h>

int explore_terminal_type_check(struct err *err)
{
	const char *term = getenv("TERM");
	const bool in = isatty(STDIN_FILENO);
	int known;
	if (!in || !isatty(STDOUT_FILENO))
		return err_set(
		    err, ERR_INVAL, "terminal-missing",
		    "slim explore needs a terminal, and standard %s is not a terminal; slim inspect, slim diff and "
		    "slim why print text",
		    in ? "output" : "input");
	if (!term || !*term || setupterm(NULL, STDOUT_FILENO, &known) != OK || !tigetstr("cup") ||
	    tigetstr("cup") == (char *)-1)
		return err_set(
		    err, ERR_INVAL, "terminal-unsupported",
		    "slim explore cannot place the cursor on a terminal of the type \"%.60s\"; set TERM to the "
		    "terminal's type, such as TERM=xterm",
		    term ? term : "");
	del_curterm(cur_term);
	return 0;
}
