#include "transport/file/tar_writer.h"

#include <stdio.h>
#include <string.h>

#include "os/fd.h"

static void set_size(char out[12], uint64_t size)
{
	if (tar_put_octal(out, 12, (int64_t)size))
		return;
	out[0] = (char)0x80;
	for (int i = 11; i > 0; i--, size >>= 8)
		out[i] = (char)(size & 0xff);
}

int file_tar_writer_header(char out[TAR_BLOCK], const char *name, char type, uint64_t size, struct err *err)
{
	struct tar_ustar h = {.type = type};
	if (snprintf(h.name, sizeof(h.name), "%s", name) >= (int)sizeof(h.name))
		return err_set(err, ERR_LIMIT, "archive-name-too-long", "the name %s is too long for the archive",
			       name);
	tar_put_octal(h.mode, sizeof(h.mode), type == '5' ? 0755 : 0644);
	tar_put_octal(h.uid, sizeof(h.uid), 0);
	tar_put_octal(h.gid, sizeof(h.gid), 0);
	set_size(h.size, size);
	tar_put_octal(h.mtime, sizeof(h.mtime), 0);
	tar_seal(&h);
	memcpy(out, &h, sizeof(h));
	return 0;
}

static int write_header(int fd, const char *name, char type, uint64_t size, struct err *err)
{
	char block[TAR_BLOCK];
	int r = file_tar_writer_header(block, name, type, size, err);
	return r == 0 ? fd_write_all(fd, block, sizeof(block), err) : r;
}

int file_tar_writer_dir(int fd, const char *name, struct err *err)
{
	return write_header(fd, name, '5', 0, err);
}

int file_tar_writer_file(int fd, const char *name, const void *data, int from, uint64_t n, struct err *err)
{
	static const char zeros[TAR_BLOCK];
	int r = write_header(fd, name, '0', n, err);
	if (r == 0)
		r = data ? fd_write_all(fd, data, (size_t)n, err) : fd_copy(from, fd, n, err);
	return r == 0 ? fd_write_all(fd, zeros, (size_t)(-n & (TAR_BLOCK - 1)), err) : r;
}

int file_tar_writer_end(int fd, struct err *err)
{
	static const char zeros[2 * TAR_BLOCK];
	return fd_write_all(fd, zeros, sizeof(zeros), err);
}
