#include "keep/rules/rules.h"
#include "sources.h"

/* Rules that parse are applied to a program and a source of the image. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FREE char *text = mem_strndup((const char *)data, n);
	CLEANUP_KEEP_RULES struct keep_rules rules = {0};
	struct err err = {0};
	if (keep_rules_parse(&rules, "f", text, &err) < 0) {
		assert((err.code == ERR_INVAL || err.code == ERR_LIMIT) && strncmp(err.msg, "f:", 2) == 0);
		return 0;
	}
	static const char *const paths[] = {"/usr/bin/date", "/srv/app/main.py"};
	struct fuzz_image *m = FUZZ_IMAGE(sources);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m->index, NULL, KEEP_SAFE);
	struct keep_rules_run *run = keep_rules_run_new(&rules, &k);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const uint32_t node = keep_path(&k, paths[i], true, KEEP_WHY(KEEP_TRACE, 0));
		CLEANUP_KEEP_FILE struct keep_file f;
		const int r = keep_file_open(&f, &k, node, &err);
		assert(r == 0);
		keep_rules_apply(run, &f);
	}
	keep_rules_run_free(run);
	return 0;
}
