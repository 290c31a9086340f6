#include "layer/reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"
#include "layer/convert.h"
#include "layer/header.h"
#include "layer/readahead.h"

#define FILE_BLOCK ((size_t)64 << 10)

struct layer_reader {
	struct layer_readahead *tar; /* NULL = it is the file of fd, read into file_block */
	int fd;
	uint8_t *file_block;
	struct archive *archive;
	bool opened, in_entry, ended;
	struct err source; /* what the decoder said, as libarchive cannot carry it */
	struct err failure;

	/* libarchive gets whole blocks of the tar; while it reads headers, those blocks that it lets go
	 * are copied to header, from header_start on. */
	const uint8_t *block;
	uint64_t block_start;
	size_t block_len;
	bool in_header;
	uint64_t header_start;
	struct buf header;

	uint64_t n_entries;
	uint64_t data_end;          /* behind the last block of the current file's content */
	uint64_t tar_end;           /* where the next header must begin in the tar; 0 = not known */
	uint64_t data_left;         /* bytes of content that are still to come, holes not counted */
	struct layer_converted now; /* the current entry */
};

static struct layer_reader *new_reader(void)
{
	struct layer_reader *r = mem_alloc(sizeof(*r));
	r->fd = -1;
	r->archive = archive_read_new();
	if (!r->archive)
		abort();
	archive_read_support_format_tar(r->archive);
	archive_read_support_format_empty(r->archive);
	return r;
}

struct layer_reader *layer_reader_new(struct io_reader source)
{
	struct layer_reader *r = new_reader();
	r->tar = layer_readahead_new(source);
	return r;
}

struct layer_reader *layer_reader_new_file(int fd)
{
	struct layer_reader *r = new_reader();
	r->fd = fd;
	r->file_block = mem_alloc(FILE_BLOCK);
	return r;
}

void layer_reader_free(struct layer_reader *r)
{
	if (!r)
		return;
	layer_converted_done(&r->now);
	archive_read_free(r->archive);
	layer_readahead_free(r->tar);
	free(r->file_block);
	buf_done(&r->header);
	free(r);
}

/* libarchive converts the UTF-8 names of pax headers to the locale's charset, and in a UTF-8 locale
 * composes what is decomposed. In the C locale it finds that it cannot convert and gives the bytes
 * as they are. */
static locale_t enter_locale(locale_t *c)
{
	*c = newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
	return uselocale(*c);
}

static void leave_locale(locale_t c, locale_t old)
{
	uselocale(old);
	freelocale(c);
}

/* Append what is in the current block of [from, to) */
static void keep_header(struct layer_reader *r, uint64_t to)
{
	uint64_t from = r->header_start + r->header.len, end = r->block_start + r->block_len;
	if (to > end)
		to = end;
	if (from >= r->block_start && from < to)
		buf_append(&r->header, r->block + (from - r->block_start), (size_t)(to - from));
}

/* The block of the file that begins at block_start; 0 at the end. */
static ssize_t read_file(struct layer_reader *r, const void **out, struct err *err)
{
	ssize_t n;
	do
		n = pread(r->fd, r->file_block, FILE_BLOCK, (off_t)r->block_start);
	while (n < 0 && errno == EINTR);
	*out = r->file_block;
	return n < 0 ? err_sys(err, errno, "file-read", "cannot read the tar") : n;
}

/* Content that nobody reads. Headers are never skipped, since they are kept. */
static la_int64_t skip_blocks(struct archive *a, void *ctx, la_int64_t n)
{
	struct layer_reader *r = ctx;
	if (r->tar || r->in_header)
		return 0;
	off_t size = lseek(r->fd, 0, SEEK_END);
	uint64_t at = r->block_start + r->block_len, left = size > 0 && (uint64_t)size > at ? (uint64_t)size - at : 0;
	if ((uint64_t)n > left)
		n = (la_int64_t)left; /* then libarchive reads on, and sees the end */
	r->block_start = at + (uint64_t)n;
	r->block_len = 0;
	return n;
}

static la_ssize_t next_block(struct archive *a, void *ctx, const void **out)
{
	struct layer_reader *r = ctx;
	if (r->in_header) {
		keep_header(r, UINT64_MAX);
		if (r->header.len > LIMIT_LAYER_HEADER) {
			(void)err_set(&r->source, ERR_LIMIT, "tar-header-too-large",
				      "its headers have more than %u bytes", LIMIT_LAYER_HEADER);
			archive_set_error(a, EINVAL, "headers too large");
			return ARCHIVE_FATAL;
		}
	}
	r->block_start += r->block_len;
	r->block_len = 0;
	const void *block;
	ssize_t n = r->tar ? layer_readahead_next(r->tar, &block, &r->source) : read_file(r, &block, &r->source);
	if (n < 0) {
		archive_set_error(a, EIO, "source");
		return ARCHIVE_FATAL;
	}
	r->block_len = (size_t)n;
	r->block = block;
	*out = block;
	return n;
}

static int blame_entry(struct layer_reader *r, struct err *err)
{
	return layer_entry_wrap(r->now.path.data ? r->now.path.data : "", r->now.path.len, err);
}

/* libarchive gave up; its reason, or the decoder's. */
static int archive_problem(struct layer_reader *r, struct err *err)
{
	if (r->source.code) {
		*err = r->source;
		return -(int)err->code;
	}
	const char *text = archive_error_string(r->archive);
	return err_set(err, ERR_CORRUPT, "tar-damaged", "the tar is damaged: %s", text ? text : "no reason known");
}

/* A warning about a character set does no harm here, nor one about an ACL, which is then left out. All others
 * tell of something lost. */
static bool is_harmless(struct archive *a)
{
	const char *text = archive_error_string(a);
	return text && (strstr(text, "can't be converted") || strstr(text, "acl") || strstr(text, "ACL"));
}

/* Note how much content the entry has, for read_data and skip_content to check. */
static int expect_content(struct layer_reader *r, struct archive_entry *ae, const struct layer_header *header,
			  struct err *err)
{
	r->tar_end = r->data_left = r->data_end = 0;
	r->now.entry.holes = r->now.entry.start = 0;
	r->now.entry.mapped = false;
	if (!S_ISREG(r->now.entry.mode) || r->now.entry.hardlink)
		return 0;
	if (header->stored > LIMIT_LAYER_BYTES)
		return err_set(err, ERR_LIMIT, "entry-too-large", "its content has more than %llu bytes",
			       LIMIT_LAYER_BYTES);
	r->now.entry.start = r->header_start + header->data_start;
	r->now.entry.mapped = header->stored != r->now.entry.size;
	r->tar_end = r->now.entry.start + (header->stored + 511) / 512 * 512;
	r->data_left = r->now.entry.size;
	r->now.entry.holes = r->data_left > header->stored ? r->data_left - header->stored : 0;
	if (archive_entry_sparse_reset(ae) > 0) {
		la_int64_t at, n;
		r->data_left = 0;
		r->now.entry.mapped = true;
		while (archive_entry_sparse_next(ae, &at, &n) == ARCHIVE_OK)
			r->data_left += (uint64_t)n; /* one that overflows fits no data */
	}
	return 0;
}

/* Fill r->now. */
static int take_entry(struct layer_reader *r, struct archive_entry *ae, const struct layer_header *header,
		      struct err *err)
{
	const char *path = archive_entry_pathname(ae);
	if (!path || !path[0])
		return err_set(err, ERR_CORRUPT, "entry-without-name", "entry number %llu has no name",
			       (unsigned long long)r->n_entries);
	int rc = layer_convert_entry(ae, &r->now, err);
	if (rc >= 0)
		rc = expect_content(r, ae, header, err);
	if (rc < 0)
		return layer_entry_wrap(path, strlen(path), err);
	if (header->has_mtime)
		r->now.entry.mtime = header->mtime;
	return 0;
}

/* The raw bytes of the headers that libarchive just read: in the block, or pieced together. */
static const void *header_bytes(struct layer_reader *r, size_t *n)
{
	uint64_t end = (uint64_t)archive_filter_bytes(r->archive, 0);
	if (!r->header.len && r->header_start >= r->block_start && end <= r->block_start + r->block_len) {
		*n = (size_t)(end - r->header_start);
		return r->block + (r->header_start - r->block_start);
	}
	keep_header(r, end);
	*n = r->header.len;
	return r->header.data;
}

static int skip_content(struct layer_reader *r, struct err *err)
{
	if (!r->in_entry)
		return 0;
	r->in_entry = false;
	if (archive_read_data_skip(r->archive) != ARCHIVE_OK)
		(void)archive_problem(r, err);
	else if (r->tar_end && (uint64_t)archive_filter_bytes(r->archive, 0) != r->tar_end)
		(void)err_set(err, ERR_CORRUPT, "sparse-map-malformed", "its sparse map does not fit its content");
	else
		return 0;
	return blame_entry(r, err);
}

/* A header could not be read: name it by what its blocks say, else by the entry before it. */
static int header_problem(struct layer_reader *r, struct err *err)
{
	(void)archive_problem(r, err);
	CLEANUP_BUF struct buf name = {0};
	keep_header(r, UINT64_MAX);
	layer_header_name(r->header.data, r->header.len, &name);
	if (name.len)
		return layer_entry_wrap(name.data, name.len, err);
	if (r->n_entries) {
		CLEANUP_BUF struct buf b = {0};
		layer_entry_show(r->now.path.data, r->now.path.len, &b);
		return err_wrap(err, "after entry \"%s\"", b.data ? b.data : "");
	}
	return -(int)err->code;
}

/* One header: 1 and r->entry, or 0 at the end. */
static int read_entry(struct layer_reader *r, struct err *err)
{
	int rc = stop_check(err);
	if (rc < 0 || (rc = skip_content(r, err)) < 0)
		return rc;
	r->header.len = 0;
	r->header_start = r->opened ? (uint64_t)archive_filter_bytes(r->archive, 0) : 0;
	r->in_header = true;
	if (!r->opened) {
		r->opened = true;
		if (archive_read_open2(r->archive, r, NULL, next_block, skip_blocks, NULL) != ARCHIVE_OK)
			return header_problem(r, err);
	}
	struct archive_entry *ae;
	int got = archive_read_next_header(r->archive, &ae);
	r->in_header = false;
	if (r->source.code)
		return header_problem(r, err);
	if (got == ARCHIVE_EOF)
		return 0;
	if (got != ARCHIVE_OK && (got != ARCHIVE_WARN || !is_harmless(r->archive)))
		return header_problem(r, err);
	r->in_entry = true;
	if (++r->n_entries > LIMIT_ENTRIES)
		return err_set(err, ERR_LIMIT, "layer-too-many-entries", "the layer has more than %d entries",
			       LIMIT_ENTRIES);
	size_t n;
	const void *raw = header_bytes(r, &n);
	struct layer_header header;
	if (layer_header_check(raw, n, &header, err) < 0) {
		CLEANUP_BUF struct buf name = {0};
		layer_header_name(raw, n, &name);
		return layer_entry_wrap(name.data ? name.data : "", name.len, err);
	}
	rc = take_entry(r, ae, &header, err);
	return rc < 0 ? rc : 1;
}

static int fail(struct layer_reader *r, struct err *err)
{
	if (err)
		*err = r->failure;
	return -(int)r->failure.code;
}

int layer_reader_next(struct layer_reader *r, const struct layer_entry **out, struct err *err)
{
	if (r->failure.code)
		return fail(r, err);
	locale_t c, old = enter_locale(&c);
	int rc = r->ended ? 0 : 1;
	do
		rc = rc ? read_entry(r, &r->failure) : 0;
	while (rc > 0 && S_ISSOCK(r->now.entry.mode)); /* layers have none; the spec says nothing of them */
	leave_locale(c, old);
	if (rc < 0)
		return fail(r, err);
	r->ended = rc == 0;
	if (rc > 0)
		*out = &r->now.entry;
	return rc;
}

static int read_data(struct layer_reader *r, const void **data, size_t *n, uint64_t *offset, struct err *err)
{
	for (;;) {
		la_int64_t at;
		int rc = stop_check(err);
		if (rc < 0)
			return rc;
		rc = archive_read_data_block(r->archive, data, n, &at);
		if (rc == ARCHIVE_EOF && r->data_left)
			return err_set(err, ERR_CORRUPT, "sparse-map-malformed",
				       "its content ends before its sparse map does");
		if (rc == ARCHIVE_EOF)
			return 0;
		if (rc != ARCHIVE_OK)
			return archive_problem(r, err);
		if (!*n)
			continue;
		if (at < 0 || (uint64_t)at < r->data_end || (uint64_t)at > r->now.entry.size ||
		    *n > r->now.entry.size - (uint64_t)at || *n > r->data_left)
			return err_set(err, ERR_CORRUPT, "sparse-map-malformed",
				       "its sparse map does not fit its size");
		*offset = (uint64_t)at;
		r->data_end = *offset + *n;
		r->data_left -= *n;
		return 1;
	}
}

int layer_reader_data(struct layer_reader *r, const void **data, size_t *n, uint64_t *offset, struct err *err)
{
	if (r->failure.code)
		return fail(r, err);
	if (!r->in_entry || !S_ISREG(r->now.entry.mode) || r->now.entry.hardlink)
		return 0;
	int rc = read_data(r, data, n, offset, &r->failure);
	if (rc >= 0)
		return rc;
	(void)blame_entry(r, &r->failure);
	return fail(r, err);
}

int layer_reader_finish(struct layer_reader *r, struct layer_digests *out, struct err *err)
{
	const struct layer_entry *ignored;
	int rc;
	while ((rc = layer_reader_next(r, &ignored, err)) > 0)
		;
	return rc < 0 ? rc : layer_readahead_finish(r->tar, out, err);
}
