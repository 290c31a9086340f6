#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "packages/install_command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that each name is a short word. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct strset names[PACKAGES_MANAGERS] = {{0}};
	packages_install_command((const char *)data, n, names);
	for (size_t i = 0; i < PACKAGES_MANAGERS; i++) {
		for (size_t j = 0; j < names[i].count; j++) {
			size_t len = names[i].items[j].len;
			assert(len && len <= LIMIT_NAME && !strpbrk(names[i].items[j].s, " \t\n;|&") &&
			       strlen(names[i].items[j].s) == len);
		}
		strset_done(&names[i]);
	}
	return 0;
}
