#include "image/content.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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
	CLEANUP_FD int fd = image_index_open(x, node, err);
	CLEANUP_SHA256 struct sha256 *h = sha256_new();
	char block[BLOCK];
	bool first = true;
	ssize_t n;
	if (fd < 0)
		return fd;
	while ((n = read(fd, block, BLOCK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "layer-entry-read", "%s", name);
		if (first)
			blank_source_time(name, block, n);
		first = false;
		sha256_update(h, block, (size_t)n);
	}
	sha256_final(h, out);
	return 0;
}
