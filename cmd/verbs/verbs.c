#include "cmd/verbs/verbs.h"

#include <string.h>

const struct command *const verbs_table[] = {&command_build, &command_cache,   &command_diff,  &command_explore,
					     &command_init,  &command_inspect, &command_probe, &command_record,
					     &command_trace, &command_verify,  &command_why};
#define COUNT (sizeof(verbs_table) / sizeof(verbs_table[0]))
const size_t verbs_count = COUNT;

const struct command *verbs_find(const char *name, struct err *err)
{
	const char *names[COUNT];
	for (size_t i = 0; i < COUNT; i++) {
		names[i] = verbs_table[i]->name;
		if (strcmp(names[i], name) == 0)
			return verbs_table[i];
	}
	const char *near = option_nearest(name, names, COUNT);
	if (near)
		err_set(err, ERR_INVAL, "verb-unknown", "unknown verb %s; did you mean %s?", name, near);
	else
		err_set(err, ERR_INVAL, "verb-unknown", "unknown verb %s; see slim --help", name);
	return NULL;
}
