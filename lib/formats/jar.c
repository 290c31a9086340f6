#include "formats/jar.h"

#include <archive_entry.h>
#include <unistd.h>

struct archive *jar_open(int fd)
{
	struct archive *a = archive_read_new();
	if (!a)
		return NULL;
	archive_read_support_format_zip_seekable(a);
	(void)lseek(fd, 0, SEEK_SET); /* a file: can't fail */
	if (archive_read_open_fd(a, fd, 65536) == ARCHIVE_OK)
		return a;
	archive_read_free(a);
	return NULL;
}

const char *jar_next(struct archive *jar)
{
	struct archive_entry *e;
	int r = archive_read_next_header(jar, &e);
	return r == ARCHIVE_OK || r == ARCHIVE_WARN ? archive_entry_pathname(e) : NULL;
}

void jar_read(struct archive *jar, size_t max, struct buf *out)
{
	out->len = 0;
	buf_reserve(out, max);
	ssize_t n = archive_read_data(jar, out->data, max);
	out->len = n > 0 ? (size_t)n : 0;
	out->data[out->len] = '\0';
}
