/* formats/shebang.h - reads a script's interpreter as Linux does (fs/binfmt_script.c): the first word of the #! line,
 * which must end in the first LIMIT_SCRIPT_LINE bytes; what follows is one argument. */
#pragma once

#include <stdbool.h>

#include "base/limits.h"

/* line: room for the line; *interpreter: an absolute path in it, *rest: the argument behind it. False if the file is
 * not a script, or if the kernel refuses it. */
bool shebang_read(int fd, char line[LIMIT_SCRIPT_LINE + 1], char **interpreter, char **rest);
/* Cut the first word off *rest, in place; "" at the end. */
char *shebang_word(char **rest);
