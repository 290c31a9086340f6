#include "oci/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NOP "#(nop) "
#define MARK " # buildkit"
#define SHELL "/bin/sh -c "
#define BLANKS " \t\n\r"

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);
	return n >= m && memcmp(s + n - m, with, m) == 0;
}

char *oci_history_instruction(const char *step, bool *runs)
{
	const char *nop = strstr(step, NOP);
	*runs = !nop && (begins(step, "RUN ") || begins(step, SHELL));
	char *text = mem_strdup(nop ? nop + strlen(NOP) + strspn(nop + strlen(NOP), " ") : step);
	if (ends(text, MARK))
		text[strlen(text) - strlen(MARK)] = '\0';
	for (size_t n = strlen(text); n && text[n - 1] == ' '; n--)
		text[n - 1] = '\0';
	return text;
}

/* The command behind "RUN": without the values of build arguments, which a count announces, and without the shell. */
static const char *command_of(const char *text)
{
	if (begins(text, "RUN "))
		text += strlen("RUN ");
	const char *shell = text[0] == '|' ? strstr(text, SHELL) : text;
	return shell && begins(shell, SHELL) ? shell + strlen(SHELL) : text;
}

void oci_history_line(const char *step, struct buf *out)
{
	bool runs;
	CLEANUP_FREE char *text = oci_history_instruction(step, &runs);
	const char *at = runs ? command_of(text) : text, *blank = runs ? " " : "";
	if (runs)
		buf_str(out, "RUN");
	for (at += strspn(at, BLANKS); *at; at += strspn(at, BLANKS)) {
		const size_t n = strcspn(at, BLANKS);
		buf_str(out, blank);
		buf_append(out, at, n);
		blank = " ";
		at += n;
	}
}
