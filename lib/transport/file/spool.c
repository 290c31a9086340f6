#include "transport/file/spool.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"
#include "formats/tar.h"
#include "os/fd.h"
#include "os/io.h"

#define BLOCK (1u << 17)

bool file_spool_is_needed(int fd)
{
	struct stat st;
	char head[8];
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return true;
	ssize_t n = pread(fd, head, sizeof(head), 0);
	return n > 0 && tar_compression_of(head, (size_t)n) != TAR_PLAIN;
}

static int open_unlinked(const char *dir, struct err *err)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd < 0
			   ? err_sys(err, errno, "temporary-file-create", "cannot create a temporary file in %s", dir)
			   : fd;
	CLEANUP_FREE char *path = mem_printf("%s/slim-spool-XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "temporary-file-create", "cannot create a temporary file in %s", dir);
	unlink(path);
	return fd;
}

/* libarchive names the damage ("truncated gzip input"), with bytes of the input in some messages. */
int file_spool_archive_error(struct archive *a, enum err_code code, const char *what, struct err *err)
{
	CLEANUP_BUF struct buf why = {0};
	const char *text = archive_error_string(a);
	text = text ? text : "unknown error";
	buf_escape(&why, text, strnlen(text, 200));
	return err_set(err, code, "archive-damaged", "%s: %s", what, why.data ? why.data : "");
}

struct input {
	int fd;
	struct archive *archive;
	struct err failure; /* libarchive can't carry it */
	char block[BLOCK];
};

static void input_free(struct input **in)
{
	archive_read_free((*in)->archive);
	free(*in);
}

/* Unlike archive_read_open_fd's, it waits for a pipe no longer than the user does. */
static la_ssize_t next_block(struct archive *a, void *ctx, const void **out)
{
	struct input *in = ctx;
	ssize_t n = -1;
	*out = in->block;
	do {
		if (io_await(in->fd, &in->failure) < 0)
			break;
		n = read(in->fd, in->block, BLOCK);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n < 0)
		archive_set_error(a, EIO, "%s", in->failure.code ? in->failure.msg : strerror(errno));
	return n < 0 ? ARCHIVE_FATAL : n;
}

static int problem(struct input *in, struct err *err)
{
	if (!in->failure.code)
		return file_spool_archive_error(in->archive, ERR_CORRUPT, FILE_SPOOL_DAMAGED, err);
	if (err)
		*err = in->failure;
	return -(int)in->failure.code;
}

static int copy_out(struct input *in, int to, const char *tmp_dir, struct err *err)
{
	CLEANUP_FREE char *block = mem_alloc(BLOCK);
	uint64_t total = 0;
	for (;;) {
		int r = stop_check(err);
		if (r < 0)
			return r;
		la_ssize_t n = archive_read_data(in->archive, block, BLOCK);
		if (n == ARCHIVE_RETRY)
			continue;
		if (n < 0)
			return problem(in, err);
		if (n == 0)
			return 0;
		total += (uint64_t)n;
		uint64_t consumed = (uint64_t)archive_filter_bytes(in->archive, -1);
		if (total > LIMIT_LAYER_BYTES || (total > LIMIT_LAYER_FREE && total / LIMIT_LAYER_RATIO > consumed))
			return err_set(err, ERR_LIMIT, "archive-too-large",
				       "the archive decompresses to more than %llu bytes from %llu",
				       (unsigned long long)total, (unsigned long long)consumed);
		r = fd_write_all(to, block, (size_t)n, err);
		if (r < 0)
			return err_wrap(err, "decompress into %s", tmp_dir);
	}
}

int file_spool_decompress(int fd, const char *tmp_dir, struct err *err)
{
	if (!tmp_dir)
		return err_set(err, ERR_INVAL, "temporary-directory-missing",
			       "the archive is compressed and there is no temporary directory for it");
	CLEANUP_FD int to = open_unlinked(tmp_dir, err);
	if (to < 0)
		return to;
	CLEANUP(input_free) struct input *in = mem_alloc(sizeof(*in));
	struct archive *a = in->archive = archive_read_new();
	in->fd = fd;
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_format_raw(a);
	archive_read_support_format_empty(a);
	struct archive_entry *entry;
	if (archive_read_open(a, in, NULL, next_block, NULL) != ARCHIVE_OK)
		return problem(in, err);
	int r = archive_read_next_header(a, &entry);
	if (r == ARCHIVE_EOF)
		return steal_fd(&to);
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
		return problem(in, err);
	r = copy_out(in, to, tmp_dir, err);
	return r < 0 ? r : steal_fd(&to);
}
