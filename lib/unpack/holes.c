#include "unpack/holes.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/stop.h"

#define STORED_ELSEWHERE 4096 /* bytes that a file system may keep in the inode */

int unpack_check_holes(const struct store *s, uint64_t bytes, struct err *err)
{
	return bytes <= s->max_sparse ? 0
				      : err_set(err, ERR_LIMIT, "sparse-too-large",
						"the image's sparse files have more than %llu bytes in holes, which "
						"slim would write out as zeros; --max-sparse raises the limit",
						(unsigned long long)s->max_sparse);
}

/* Few blocks may mean holes, or that the file system compresses: the file itself knows. */
uint64_t unpack_file_holes(const struct walk_entry *e)
{
	const uint64_t size = (uint64_t)e->st.st_size, stored = (uint64_t)e->st.st_blocks * 512;
	if (stored + STORED_ELSEWHERE >= size)
		return 0;
	CLEANUP_FD int fd = openat(e->dir, e->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	uint64_t holes = 0;
	for (off_t at = 0; fd >= 0 && (uint64_t)at < size && !stop_requested();) {
		off_t data = lseek(fd, at, SEEK_DATA);
		holes += (data < 0 ? size : (uint64_t)data) - (uint64_t)at; /* ENXIO: a hole up to the end */
		at = data < 0 ? (off_t)size : lseek(fd, data, SEEK_HOLE);
		if (at < 0)
			break;
	}
	return holes;
}
