#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "transport/engine/tar_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that the root of an accepted file is a directory, and that a refusal has a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct layer_unpacked u = {0};
	struct err err = {0};
	int fd = memfd_create("split", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	if (engine_tar_split_read(fd, &u, &err) < 0)
		assert(err.code && err.msg[0] && !u.root.st_mode);
	else
		assert(S_ISDIR(u.root.st_mode));
	return 0;
}
