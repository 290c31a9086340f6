#include "ci/output/tekton.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[CI_FIGURES] = {
    [CI_FIGURE_IMAGE] = "IMAGE_URL", [CI_FIGURE_DIGEST] = "IMAGE_DIGEST", [CI_FIGURE_PINNED] = "PINNED",
    [CI_FIGURE_SIZE] = "SIZE",       [CI_FIGURE_REDUCTION] = "REDUCTION", [CI_FIGURE_ORIGINAL_SIZE] = "ORIGINAL_SIZE",
    [CI_FIGURE_STATUS] = "STATUS",
};

const char *ci_tekton_name(enum ci_figure which)
{
	return names[which];
}

char *ci_tekton_value(const struct ci_build *b, enum ci_figure which)
{
	CLEANUP_FREE char *value = ci_build_figure(b, which);
	struct buf line = {0};
	buf_escape(&line, value, strlen(value));
	return line.len ? buf_steal(&line) : mem_strdup("");
}

void ci_tekton_fit(char **values, size_t n)
{
	size_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += strlen(values[i]);
	while (sum > CI_TEKTON_MAX) {
		size_t longest = 0;
		for (size_t i = 1; i < n; i++)
			if (strlen(values[i]) > strlen(values[longest]))
				longest = i;
		sum -= strlen(values[longest]);
		values[longest][0] = '\0';
	}
}

void ci_tekton_values(const struct ci_build *b, char *values[CI_FIGURES])
{
	for (int i = 0; i < CI_FIGURES; i++)
		values[i] = ci_tekton_value(b, (enum ci_figure)i);
	ci_tekton_fit(values, CI_FIGURES);
}
