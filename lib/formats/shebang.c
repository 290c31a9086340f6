#include "formats/shebang.h"

#include <string.h>
#include <unistd.h>

char *shebang_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	char *end = word + strcspn(word, " \t");
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

bool shebang_read(int fd, char line[LIMIT_SCRIPT_LINE + 1], char **interpreter, char **rest)
{
	ssize_t n = pread(fd, line, LIMIT_SCRIPT_LINE, 0);
	if (n < 2 || line[0] != '#' || line[1] != '!')
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	*rest = line + 2;
	*rest += strspn(*rest, " \t");
	bool cut = strlen(line) == LIMIT_SCRIPT_LINE && !strpbrk(*rest, " \t"); /* the kernel refuses it */
	*interpreter = shebang_word(rest);
	return **interpreter == '/' && !cut;
}
