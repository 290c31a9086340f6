#include <assert.h>
#include <stdint.h>

#include "formats/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that JSON can hold an accepted value, that its lines are known, and that a refusal has a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	json_t *v = NULL;
	struct err err = {0};
	CLEANUP_YAML_LINES struct yaml_lines lines = {0};
	if (yaml_parse((const char *)data, n, "the file", &lines, &v, &err) < 0) {
		assert(!v && err.code && err.msg[0]);
		return 0;
	}
	char *text = json_dumps(v, JSON_ENCODE_ANY);
	assert(text);
	free(text);
	const char *key;
	json_t *member;
	json_object_foreach (v, key, member)
		assert(yaml_line_of(&lines, v, key) <= n + 1);
	json_decref(v);
	return 0;
}
