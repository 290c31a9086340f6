/* tests/fuzz/fuzz.h - shared by fuzz targets: parts of an input, and files of its bytes.
 * A process makes its files in one directory, and removes it when it exits. A target returns -1 to keep an input out of
 * the corpus. */
#pragma once

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "formats/tar.h"
#include "image/index.h"
#include "os/fd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The rest of an input. */
struct fuzz_input {
	const uint8_t *data;
	size_t n;
};

/* Cuts off the part before the mark, or all of the input if it lacks the mark. Returns a string; free(). */
static inline char *fuzz_cut(struct fuzz_input *in, const char *mark)
{
	const uint8_t *end = in->n ? memmem(in->data, in->n, mark, strlen(mark)) : NULL;
	const size_t n = end ? (size_t)(end - in->data) : in->n, cut = end ? n + strlen(mark) : n;
	char *s = mem_strndup((const char *)in->data, n);
	in->data += cut;
	in->n -= cut;
	return s;
}

/* Reads the input as a struct io_reader does, at most 700 bytes at once: a size that no format uses. ctx: a fuzz_input.
 */
static inline ssize_t fuzz_read(void *ctx, void *out, size_t n, struct err *err)
{
	struct fuzz_input *in = ctx;
	n = n < in->n ? n : in->n;
	n = n < 700 ? n : 700;
	memcpy(out, in->data, n);
	in->data += n;
	in->n -= n;
	return (ssize_t)n;
}

/* Returns an fd of a file without a name. Its offset is 0. */
static inline int fuzz_file(const void *data, size_t n)
{
	const int fd = memfd_create("fuzz", MFD_CLOEXEC);
	const int r = fd < 0 ? fd : fd_write_all(fd, data, n, NULL);
	assert(r == 0 && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* Corrects the checksum of each block that looks like a tar's header, because no input finds it by chance. */
static inline void fuzz_seal_tar(uint8_t *data, size_t n)
{
	for (size_t i = 0; i + TAR_BLOCK <= n; i += TAR_BLOCK) {
		struct tar_ustar *h = (struct tar_ustar *)(data + i);
		unsigned sum = 0;
		if (memcmp(h->magic, "ustar", 5) != 0)
			continue;
		memset(h->sum, ' ', sizeof(h->sum));
		for (size_t at = 0; at < TAR_BLOCK; at++)
			sum += data[i + at];
		(void)tar_put_octal(h->sum, 7, sum); /* it fits */
	}
}

static char fuzz_path[] = "/tmp/slim-fuzz-XXXXXX";

static inline void fuzz_remove(void)
{
	fd_remove_tree(AT_FDCWD, fuzz_path, NULL);
}

/* Returns an fd of the process's directory, whose path is fuzz_path. */
static inline int fuzz_directory(void)
{
	static int fd = -1;
	if (fd < 0) {
		char *made = mkdtemp(fuzz_path);
		fd = made ? open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
		assert(fd >= 0 && atexit(fuzz_remove) == 0);
	}
	return fd;
}

/* Writes a file, and the directories above it, below dir. */
static inline void fuzz_write(int dir, const char *path, const void *data, size_t n, mode_t mode)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *parent = slash ? mem_strndup(path, (size_t)(slash - path)) : NULL;
	int r = parent ? fd_mkdir_p(dir, parent, 0755, NULL) : 0;
	CLEANUP_FD int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	r = r < 0 || fd < 0 ? -1 : fd_write_all(fd, data, n, NULL);
	assert(r == 0);
}
