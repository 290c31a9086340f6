/* transport/tar_stream.h - a tar that is made while it is read: members in memory and in files, in the order in which
 * they were added. Private to lib/transport/. Spec: as tar_writer.h. Not thread-safe. */
#pragma once

#include <stdint.h>

#include "base/io.h"

struct tar_stream;
struct tar_stream *tar_stream_new(void);
void tar_stream_free(struct tar_stream *t);
static inline void tar_stream_freep(struct tar_stream **t)
{
	tar_stream_free(*t);
}
#define CLEANUP_TAR_STREAM CLEANUP(tar_stream_freep)

/* data is copied. */
int tar_stream_bytes(struct tar_stream *t, const char *name, const void *data, size_t n, struct err *err) MUST_CHECK;
/* n bytes of fd, from offset 0 on; fd is duplicated. */
int tar_stream_file(struct tar_stream *t, const char *name, int fd, uint64_t n, struct err *err) MUST_CHECK;
/* Of all that was added, with the end. */
uint64_t tar_stream_size(const struct tar_stream *t);
/* From its beginning; t lives longer. A file that has become shorter is ERR_CORRUPT. */
struct io_reader tar_stream_reader(struct tar_stream *t);
