#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/limits.h"
#include "formats/cli_metadata.h"
#include "os/fd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void on_name(void *ctx, const char *name)
{
	assert(*name && strlen(name) <= LIMIT_NAME);
}

static void on_type(void *ctx, const char *space, const char *name)
{
	assert(strlen(space) <= LIMIT_NAME && strlen(name) <= LIMIT_NAME);
}

static void on_text(void *ctx, const char *text, size_t n)
{
	assert(n && n <= 3 * LIMIT_PATH && text[n] == '\0');
}

/* Checks that names are whole strings below their cap. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err err = {0};
	CLEANUP_FD int fd = memfd_create("assembly", MFD_CLOEXEC);
	int r = fd_write_all(fd, data, n, &err);
	assert(r == 0);
	(void)cli_metadata_read(fd, &(struct cli_metadata){on_name, on_name, on_type, on_text, NULL});
	return 0;
}
