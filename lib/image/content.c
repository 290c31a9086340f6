#include "image/content.h"

#include <string.h>

#include "os/io.h"
#include "text/path.h"

#define BLOCK (32 << 10)
#define PYC_HEADER 16 /* magic, flags, time and size of the source: four bytes each */

static void blank_source_time(const char *name, char *block, ssize_t n)
{
	static const char by_time[4] = {0};
	if (path_ends_with(name, ".pyc") && n >= PYC_HEADER && memcmp(block + 4, by_time, sizeof(by_time)) == 0)
		memset(block + 8, 0, 4);
}

int image_content_digest(const struct image_index *x, uint32_t node, uint8_t out[SHA256_SIZE], struct err *err)
{
	const char *name = image_index_node(x, node)->name;
	int fd = image_index_open(x, node, err);
	CLEANUP_SHA256 struct sha256 *h = sha256_new();
	char block[BLOCK];
	ssize_t n;
	if (fd < 0)
		return fd;
	CLEANUP_IO_READER struct io_reader file = io_reader_fd(fd);
	for (bool first = true; (n = io_read(&file, block, BLOCK, err)) > 0; first = false) {
		if (first)
			blank_source_time(name, block, n);
		sha256_update(h, block, (size_t)n);
	}
	if (n < 0)
		return err_wrap(err, "%s", name);
	sha256_final(h, out);
	return 0;
}
