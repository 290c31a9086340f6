#include "ci/output/dotenv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 600 /* of a value */

static bool is_plain(const char *value)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./:@_+-";
	size_t n = strspn(value, letters);
	return !value[n] && n <= LONGEST;
}

void ci_dotenv_line(const char *name, const char *value, struct buf *out)
{
	buf_printf(out, "%s=%s\n", name, is_plain(value) ? value : "");
}

void ci_dotenv(const struct ci_build *b, struct buf *out)
{
	for (int i = 0; i < CI_FIGURES; i++) {
		if (!ci_verb_has_figure(b->verb, (enum ci_figure)i))
			continue;
		CLEANUP_FREE char *value = ci_build_figure(b, (enum ci_figure)i),
				  *name = mem_printf("SLIM_%s", ci_figure_names[i]);
		for (char *c = name; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		ci_dotenv_line(name, value, out);
	}
}
