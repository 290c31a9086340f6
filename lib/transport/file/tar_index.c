#include "transport/file/tar_index.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/strset.h"
#include "text/path.h"
#include "transport/file/layout_index.h"
#include "transport/file/spool.h"

struct member {
	struct file_tar_member at;
	char *link; /* normalised name of the target; NULL for a regular file */
};

struct file_tar_index {
	int fd;
	struct strset names; /* normalised; a map to members by id */
	struct member *members;
	size_t cap;
	bool cut_short; /* no end-of-archive block: what is missing may have been there */
};

void file_tar_index_free(struct file_tar_index *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->names.count; i++)
		free(t->members[i].link);
	free(t->members);
	strset_done(&t->names);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

static void tar_index_freep(struct file_tar_index **t)
{
	file_tar_index_free(*t);
}

static void archive_freep(struct archive **a)
{
	archive_read_free(*a);
}

/* name relative to the directory of base (NULL = the top) with "." and ".." worked out; NULL for what is absolute,
 * leads out of the archive or is too long. */
static char *normalise(const char *base, const char *name)
{
	CLEANUP_BUF struct buf b = {0};
	if (!name || !name[0] || name[0] == '/' || strlen(name) > LIMIT_PATH)
		return NULL;
	const char *slash = base ? strrchr(base, '/') : NULL;
	if (slash)
		buf_append(&b, base, (size_t)(slash - base));
	const char *part;
	size_t n;
	while (path_next(&name, &part, &n)) {
		if (n == 1 && part[0] == '.')
			continue;
		if (n == 2 && part[0] == '.' && part[1] == '.') {
			if (!b.len)
				return NULL;
			char *end = memrchr(b.data, '/', b.len);
			b.len = end ? (size_t)(end - b.data) : 0;
			continue;
		}
		if (b.len)
			buf_char(&b, '/');
		buf_append(&b, part, n);
	}
	if (!b.len || b.len > LIMIT_PATH)
		return NULL;
	b.data[b.len] = '\0';
	return buf_steal(&b);
}

/* Note the place of the entry's data, or its link target. False if it has neither (directories, devices, sparse
 * files). */
static bool describe(struct archive *a, struct archive_entry *entry, const char *name, struct member *out)
{
	*out = (struct member){0};
	if (archive_entry_hardlink(entry)) {
		out->link = normalise(NULL, archive_entry_hardlink(entry));
		return out->link;
	}
	if (archive_entry_filetype(entry) == AE_IFLNK) {
		out->link = normalise(name, archive_entry_symlink(entry));
		return out->link;
	}
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_sparse_count(entry) > 0)
		return false;
	/* Filter 0 is the end of the chain that the tar reader consumes: after a header it stands at the first byte of
	 * the data. */
	out->at.offset = (uint64_t)archive_filter_bytes(a, 0);
	out->at.size = (uint64_t)archive_entry_size(entry);
	return true;
}

static int add_entry(struct file_tar_index *t, struct archive *a, struct archive_entry *entry, uint64_t file_size,
		     struct err *err)
{
	struct member m;
	CLEANUP_FREE char *name = normalise(NULL, archive_entry_pathname(entry));
	if (!name || !describe(a, entry, name, &m))
		return 0;
	if (!m.link && (m.at.size > file_size || m.at.offset > file_size - m.at.size)) {
		CLEANUP_BUF struct buf shown = {0};
		buf_escape(&shown, name, strnlen(name, 200));
		return err_set(err, ERR_CORRUPT, "archive-truncated", "the archive is cut short in its member %s",
			       shown.data);
	}
	size_t id = strset_find(&t->names, name);
	if (id == STRSET_NONE) {
		t->members = mem_grow(t->members, t->names.count, &t->cap, sizeof(*t->members));
		id = strset_add(&t->names, name);
	} else {
		free(t->members[id].link);
	}
	t->members[id] = m;
	return 0;
}

static int not_a_tar(struct archive *a, bool first, struct err *err)
{
	return first ? file_spool_archive_error(a, ERR_INVAL, "the file is not a tar archive", err)
		     : file_spool_archive_error(a, ERR_CORRUPT, FILE_SPOOL_DAMAGED, err);
}

static int read_headers(struct file_tar_index *t, struct err *err)
{
	struct stat st;
	if (fstat(t->fd, &st) < 0 || lseek(t->fd, 0, SEEK_SET) < 0)
		return err_sys(err, errno, "file-seek", "cannot seek");
	if (st.st_size == 0)
		return err_set(err, ERR_INVAL, "archive-empty", "the file is empty, not a tar archive");
	CLEANUP(archive_freep) struct archive *a = archive_read_new();
	archive_read_support_format_tar(a);
	if (archive_read_open_fd(a, t->fd, 16384) != ARCHIVE_OK)
		return not_a_tar(a, true, err);
	uint64_t end = 0; /* of the last member's data */
	for (size_t n = 0;; n++) {
		struct archive_entry *entry;
		int r = stop_check(err);
		if (r < 0)
			return r;
		r = archive_read_next_header(a, &entry);
		if (r == ARCHIVE_EOF)
			break;
		if (r == ARCHIVE_RETRY)
			continue;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return not_a_tar(a, n == 0, err);
		if (n == LIMIT_ARCHIVE_MEMBERS)
			return err_set(err, ERR_LIMIT, "archive-too-many-members",
				       "the archive has more than %d members", LIMIT_ARCHIVE_MEMBERS);
		r = add_entry(t, a, entry, (uint64_t)st.st_size, err);
		if (r < 0)
			return r;
		int64_t size = archive_entry_size(entry);
		end = (uint64_t)archive_filter_bytes(a, 0) + (size > 0 ? (uint64_t)size : 0);
	}
	t->cut_short = (uint64_t)st.st_size < ((end + 511) & ~511ull) + 512;
	return 0;
}

static int open_file(const char *path, const char *tmp_dir, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, errno, "file-open", "cannot open the file");
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_INVAL, "source-is-directory",
			       "this is a directory; name it as oci:DIR:TAG if it is an OCI layout");
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return err_set(err, ERR_INVAL, "source-not-file", "this is neither a file nor a pipe");
	return file_spool_is_needed(fd) ? file_spool_decompress(fd, tmp_dir, err) : steal_fd(&fd);
}

int file_tar_index_open(const char *path, const char *tmp_dir, struct file_tar_index **out, struct err *err)
{
	CLEANUP(tar_index_freep) struct file_tar_index *t = mem_alloc(sizeof(*t));
	t->fd = open_file(path, tmp_dir, err);
	if (t->fd < 0)
		return t->fd;
	int r = read_headers(t, err);
	if (r == 0)
		*out = steal_ptr(&t);
	return r;
}

static const struct member *find(const struct file_tar_index *t, const char *name)
{
	CLEANUP_FREE char *plain = normalise(NULL, name);
	const char *next = plain;
	for (int i = 0; next && i <= LIMIT_SYMLINKS; i++) {
		size_t id = strset_find(&t->names, next);
		if (id == STRSET_NONE)
			return NULL;
		if (!t->members[id].link)
			return &t->members[id];
		next = t->members[id].link;
	}
	return NULL;
}

bool file_tar_index_has(const struct file_tar_index *t, const char *name)
{
	return find(t, name);
}

int file_tar_index_find(const struct file_tar_index *t, const char *name, struct file_tar_member *out, struct err *err)
{
	const struct member *m = find(t, name);
	if (m) {
		*out = m->at;
		return 0;
	}
	CLEANUP_BUF struct buf shown = {0};
	buf_escape(&shown, name, strnlen(name, 256));
	return err_set(err, ERR_NOTFOUND, "archive-member-not-found", "the archive has no member %s%s",
		       shown.data ? shown.data : "", t->cut_short ? "; it is cut short" : "");
}

/* ---- reading ---- */

struct member_reader {
	int fd;
	struct file_tar_member left;
};

static ssize_t member_read(void *ctx, void *buf, size_t n, struct err *err)
{
	struct member_reader *r = ctx;
	if (n > r->left.size)
		n = (size_t)r->left.size;
	if (n == 0)
		return 0;
	ssize_t got;
	do
		got = pread(r->fd, buf, n, (off_t)r->left.offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_sys(err, errno, "file-read", "cannot read the archive");
	if (got == 0)
		return err_set(err, ERR_CORRUPT, "archive-truncated", "the archive was cut short while it was read");
	r->left.offset += (uint64_t)got;
	r->left.size -= (uint64_t)got;
	return got;
}

struct io_reader file_tar_index_reader(const struct file_tar_index *t, const struct file_tar_member *m)
{
	struct member_reader *r = mem_alloc(sizeof(*r));
	*r = (struct member_reader){t->fd, *m};
	return (struct io_reader){member_read, free, r};
}

size_t file_tar_index_peek(const struct file_tar_index *t, const struct file_tar_member *m, void *out, size_t n)
{
	ssize_t got = pread(t->fd, out, n < m->size ? n : (size_t)m->size, (off_t)m->offset);
	return got < 0 ? 0 : (size_t)got;
}

int file_tar_index_blob(const struct file_tar_index *t, const struct oci_descriptor *d, struct io_reader *out,
			struct err *err)
{
	char path[FILE_LAYOUT_BLOB_PATH];
	struct file_tar_member m;
	int r = file_tar_index_find(t, file_layout_blob_path(&d->digest, path), &m, err);
	if (r < 0)
		return r;
	if (m.size != d->size)
		return err_set(err, ERR_CORRUPT, "blob-size-mismatch",
			       "member %s has the wrong size: %llu bytes, expected %llu", path,
			       (unsigned long long)m.size, (unsigned long long)d->size);
	*out = file_tar_index_reader(t, &m);
	return 0;
}

int file_tar_index_read(const struct file_tar_index *t, const char *name, size_t max, struct buf *out, struct err *err)
{
	struct file_tar_member m;
	int r = file_tar_index_find(t, name, &m, err);
	if (r < 0)
		return r;
	if (m.size > max)
		return err_set(err, ERR_LIMIT, "archive-member-too-large", "member %.100s is larger than %zu bytes",
			       name, max);
	CLEANUP_IO_READER struct io_reader reader = file_tar_index_reader(t, &m);
	out->len = 0;
	buf_reserve(out, (size_t)m.size + 1);
	for (ssize_t n; (n = io_read(&reader, out->data + out->len, (size_t)m.size - out->len, err)) != 0;) {
		if (n < 0)
			return (int)n;
		out->len += (size_t)n;
	}
	out->data[out->len] = '\0';
	return 0;
}
