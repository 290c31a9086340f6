#include "keep/policy.h"
#include "sources.h"

static void use(struct keep_policy *p)
{
	struct fuzz_image *m = FUZZ_IMAGE(sources);
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_STRLIST struct strlist unused = {0};
	keep_set_init(&k, m->index, NULL, KEEP_EXACT);
	keep_policy_exclude(&k, p, &unused);
	keep_policy_include(&k, p, &unused);
	for (uint32_t id = 1; id < image_index_count(m->index); id++)
		assert(!keep_has(&k, id) || keep_has(&k, image_index_node(m->index, id)->parent));
}

/* A policy, and the same bytes as a file of patterns. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char path[FD_PROC_PATH];
	CLEANUP_FD int fd = fuzz_file(data, n);
	int r = fd_proc_path(fd, "", path);
	assert(r == 0);
	struct keep_policy p = {0};
	struct err err = {0};
	if (keep_policy_load(AT_FDCWD, path, &p, &err) < 0)
		assert(err.code && err.msg[0]);
	else
		use(&p);
	r = keep_policy_load_patterns(AT_FDCWD, path, &p.include, &err);
	assert(r == 0);
	if (p.include.count < 64)
		use(&p);
	keep_policy_done(&p);
	return 0;
}
