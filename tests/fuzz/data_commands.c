/* Data with commands in it: a line with the file's path, then its text. */
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "keep/data/commands.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data, *end = n ? memchr(text, '\n', n) : NULL;
	if (!end)
		return 0;
	CLEANUP_FREE char *path = mem_strndup(text, (size_t)(end - text));
	CLEANUP_KEEP_DATA_COMMANDS struct keep_data_commands c = {0};
	CLEANUP_STRSET struct strset paths = {0};
	const size_t left = n - (size_t)(end + 1 - text);
	const struct keep_data_format *f = keep_data_format_of(path, end + 1, left);
	if (f)
		keep_data_commands_read(f, end + 1, left, &c);
	keep_data_commands_read_any(end + 1, left, &c);
	keep_data_scripts_read(end + 1, left, &c.texts, &c);
	keep_data_paths(end + 1, left, &paths);
	return 0;
}
