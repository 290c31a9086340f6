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

void ci_dotenv(const struct ci_build *b, struct buf *out)
{
	for (int i = 0; i < CI_FIGURES; i++) {
		CLEANUP_FREE char *value = ci_build_figure(b, (enum ci_figure)i);
		buf_str(out, "SLIM_");
		for (const char *c = ci_figure_names[i]; *c; c++)
			buf_char(out, (char)toupper((unsigned char)*c));
		buf_printf(out, "=%s\n", is_plain(value) ? value : "");
	}
}
