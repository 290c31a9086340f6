#include "fuzz.h"

#include "cmd/batch/file.h"

/* Checks that each image's name can be a file's name, and that its command line has only options of the verb. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_BATCH_FILE struct batch_file f;
	struct err err = {0};
	if (batch_file_parse((const char *)data, n, "slim.yaml", &command_build, NULL, NULL, &f, &err) < 0) {
		assert(err.code && err.msg[0]);
		return 0;
	}
	assert(f.count && f.jobs <= 100);
	for (size_t i = 0; i < f.count; i++) {
		const struct strlist *argv = &f.images[i].argv;
		char *value;
		assert(f.images[i].name[0] && f.images[i].name[0] != '-' && !strpbrk(f.images[i].name, "/ \n"));
		assert(argv->count >= 3 && argv->items[1][0] != '-');
		for (size_t k = 3; k < argv->count; k++)
			assert(option_match(&command_build.options, argv->items[k], &value));
	}
	return 0;
}
