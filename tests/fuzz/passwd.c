/* A user as a config names one, a line; then /etc/passwd and /etc/group, a line "--" between them. */
#include "fuzz.h"
#include "runtime/user.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	const int root = fuzz_directory();
	CLEANUP_FREE char *user = fuzz_cut(&in, "\n"), *passwd = fuzz_cut(&in, "\n--\n");
	CLEANUP_RUNTIME_USER struct runtime_user u = {0};
	struct err err = {0};
	fuzz_write(root, "etc/passwd", passwd, strlen(passwd), 0644);
	fuzz_write(root, "etc/group", in.data, in.n, 0644);
	if (runtime_user_lookup(root, user, &u, &err) < 0) {
		assert((err.code == ERR_NOTFOUND || err.code == ERR_LIMIT) && err.msg[0]);
		return 0;
	}
	assert(u.uid <= INT32_MAX && u.gid <= INT32_MAX && u.home[0]);
	for (size_t i = 0; i < u.n_groups; i++)
		assert(u.groups[i] != u.gid && (i == 0 || u.groups[i - 1] < u.groups[i]));
	return 0;
}
