/* transport/file/tar_stream.h - makes a tar while it is read. Its members lie in memory and in files, and come in the
 * order in which they were added. Private to lib/transport/. Spec: as tar_writer.h. Not thread-safe. */
#pragma once

#include <stdint.h>

#include "os/io.h"

struct file_tar_stream;
struct file_tar_stream *file_tar_stream_new(void);
void file_tar_stream_free(struct file_tar_stream *t);
static inline void file_tar_stream_freep(struct file_tar_stream **t)
{
	file_tar_stream_free(*t);
}
#define CLEANUP_FILE_TAR_STREAM CLEANUP(file_tar_stream_freep)

/* data is copied. */
int file_tar_stream_bytes(struct file_tar_stream *t, const char *name, const void *data, size_t n,
			  struct err *err) MUST_CHECK;
/* n bytes of fd, from offset 0 on; fd is duplicated. */
int file_tar_stream_file(struct file_tar_stream *t, const char *name, int fd, uint64_t n, struct err *err) MUST_CHECK;
/* Of all that was added, with the end. */
uint64_t file_tar_stream_size(const struct file_tar_stream *t);
/* From its beginning; t lives longer. A file that has become shorter is ERR_CORRUPT. */
struct io_reader file_tar_stream_reader(struct file_tar_stream *t);
