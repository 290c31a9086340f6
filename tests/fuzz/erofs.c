#include "fuzz.h"

#include <endian.h>

#include "erofs/format.h"
#include "erofs/image.h"

/* Makes an image of a layer, whole or cut: either an error, or blocks that begin with a superblock. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FREE uint8_t *sealed = mem_dup(data, n);
	fuzz_seal_tar(sealed, n);
	CLEANUP_FD int tar = fuzz_file(sealed, n), out = fuzz_file("", 0);
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	struct erofs_super super;
	struct err err = {0};
	int r = erofs_image_write(tar, out, "0123456789abcdef", &made, &err);
	if (r < 0) {
		assert(err.code == (enum err_code) - r && err.msg[0] && !made.samples[0].path);
		return 0;
	}
	assert(pread(out, &super, sizeof(super), EROFS_SUPER_AT) == sizeof(super));
	assert(le32toh(super.magic) == EROFS_MAGIC && made.size % EROFS_BLOCK == 0);
	assert(lseek(out, 0, SEEK_END) == (off_t)made.size && le64toh(super.inodes) >= 1);
	return 0;
}
