#include "layer/codec.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"
#include "formats/tar.h"

#define IN_SIZE ((size_t)256 << 10)
#define WINDOW_LOG_MAX 27 /* zstd: 128 MiB of window, what its own tool accepts by default */

enum format { FORMAT_UNKNOWN, FORMAT_PLAIN, FORMAT_GZIP, FORMAT_ZSTD };

struct layer_decoder {
	struct io_reader source;
	enum format format;
	uint8_t *in;
	size_t in_pos, in_len;
	bool source_end; /* nothing comes after in */
	bool open;       /* inside a gzip member or zstd frame */
	bool padding;    /* zeros were seen behind a gzip member: only zeros may follow */
	bool failed;
	struct err failure; /* given again by every later call */
	struct inflate_state *gzip;
	ZSTD_DCtx *zstd;
	struct sha256 *blob_hash, *tar_hash; /* plain tar: only blob_hash is fed */
	uint64_t blob_size, tar_size;
};

struct layer_decoder *layer_decoder_new(struct io_reader source)
{
	struct layer_decoder *d = mem_alloc(sizeof(*d));
	d->source = source;
	d->in = mem_alloc(IN_SIZE);
	d->blob_hash = sha256_new();
	d->tar_hash = sha256_new();
	return d;
}

void layer_decoder_free(struct layer_decoder *d)
{
	if (!d)
		return;
	io_reader_close(&d->source);
	free(d->in);
	free(d->gzip);
	ZSTD_freeDCtx(d->zstd);
	sha256_free(d->blob_hash);
	sha256_free(d->tar_hash);
	free(d);
}

static ssize_t source_read(struct layer_decoder *d, void *buf, size_t n, struct err *err)
{
	ssize_t got = io_read(&d->source, buf, n, err);
	if (got < 0)
		return got;
	if (got == 0)
		d->source_end = true;
	sha256_update(d->blob_hash, buf, (size_t)got);
	d->blob_size += (uint64_t)got;
	return got;
}

/* Once all input is used: the next block, full unless the source ends, as the cost of an inflate call
 * is partly fixed. Afterwards in is empty only at the end. */
static int fill(struct layer_decoder *d, struct err *err)
{
	if (d->in_pos < d->in_len)
		return 0;
	d->in_pos = d->in_len = 0;
	while (!d->source_end && d->in_len < IN_SIZE) {
		ssize_t got = io_read(&d->source, d->in + d->in_len, IN_SIZE - d->in_len, err);
		if (got < 0)
			return (int)got;
		if (got == 0)
			d->source_end = true;
		d->in_len += (size_t)got;
	}
	sha256_update(d->blob_hash, d->in, d->in_len);
	d->blob_size += d->in_len;
	return 0;
}

static void detect(struct layer_decoder *d)
{
	switch (tar_compression_of(d->in, d->in_len)) {
	case TAR_GZIP:
		d->format = FORMAT_GZIP;
		d->gzip = mem_alloc(sizeof(*d->gzip));
		break;
	case TAR_ZSTD:
		d->format = FORMAT_ZSTD;
		d->zstd = ZSTD_createDCtx();
		if (!d->zstd)
			abort();
		ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
		break;
	default:
		d->format = FORMAT_PLAIN;
	}
}

/* The three readers: up to n bytes into out, *done says how many, also when they fail behind them. 0 bytes
 * mean the end. */
static int read_plain(struct layer_decoder *d, uint8_t *out, size_t n, size_t *done, struct err *err)
{
	*done = d->in_len - d->in_pos;
	if (!*done && !d->source_end) {
		ssize_t got = source_read(d, out, n, err);
		*done = got < 0 ? 0 : (size_t)got;
		return got < 0 ? (int)got : 0;
	}
	if (*done > n)
		*done = n;
	memcpy(out, d->in + d->in_pos, *done);
	d->in_pos += *done;
	return 0;
}

/* One byte of a gzip header, or a negative code. */
static int gzip_byte(struct layer_decoder *d, struct err *err)
{
	int r = fill(d, err);
	if (r < 0)
		return r;
	if (d->in_pos == d->in_len)
		return err_set(err, ERR_CORRUPT, "compressed-data-truncated", "gzip data is truncated inside a header");
	return d->in[d->in_pos++];
}

static int gzip_skip(struct layer_decoder *d, size_t n, struct err *err)
{
	for (; n; n--) {
		int c = gzip_byte(d, err);
		if (c < 0)
			return c;
	}
	return 0;
}

/* The member header, RFC 1952 2.3. Not left to ISA-L, which forgets what it read of one that is split
 * over two input blocks. */
static int gzip_header(struct layer_decoder *d, struct err *err)
{
	enum { HCRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16, RESERVED = 0xe0 };
	int head[10];
	for (int i = 0; i < 10; i++) {
		head[i] = gzip_byte(d, err);
		if (head[i] < 0)
			return head[i];
	}
	if (head[0] != 0x1f || head[1] != 0x8b || head[2] != 8 || head[3] & RESERVED)
		return err_set(err, ERR_CORRUPT, "compressed-data-trailing",
			       "bytes that are not a gzip member follow a gzip member");
	int r = 0;
	if (head[3] & EXTRA) {
		int low = gzip_byte(d, err), high = low < 0 ? low : gzip_byte(d, err);
		r = high < 0 ? high : gzip_skip(d, (size_t)(low | high << 8), err);
	}
	for (int flag = NAME; r >= 0 && flag <= COMMENT; flag <<= 1) {
		if (head[3] & flag)
			while ((r = gzip_byte(d, err)) > 0)
				;
	}
	if (r >= 0 && head[3] & HCRC)
		r = gzip_skip(d, 2, err);
	if (r < 0)
		return r;
	isal_inflate_init(d->gzip);
	d->gzip->crc_flag = ISAL_GZIP_NO_HDR_VER;
	d->open = true;
	return 0;
}

/* Between members: 1 when another one begins, 0 at the end of the blob. */
static int gzip_next_member(struct layer_decoder *d, struct err *err)
{
	for (;;) {
		int r = fill(d, err);
		if (r < 0)
			return r;
		if (d->in_pos == d->in_len)
			return 0;
		if (d->in[d->in_pos] == 0) {
			d->padding = true;
			d->in_pos++;
			continue;
		}
		if (d->padding)
			return err_set(err, ERR_CORRUPT, "compressed-data-trailing",
				       "bytes other than zeros follow the end of the gzip data");
		r = gzip_header(d, err);
		return r < 0 ? r : 1;
	}
}

static const char *inflate_problem(int code)
{
	return code == ISAL_INCORRECT_CHECKSUM ? "the checksum does not match" : "the deflate stream is damaged";
}

static int read_gzip(struct layer_decoder *d, uint8_t *out, size_t n, size_t *done, struct err *err)
{
	struct inflate_state *z = d->gzip;
	while (*done < n) {
		if (!d->open) {
			int r = gzip_next_member(d, err);
			if (r <= 0)
				return r;
		}
		int r = fill(d, err);
		if (r < 0)
			return r;
		size_t have = d->in_len - d->in_pos, room = n - *done;
		if (room > UINT32_MAX / 2)
			room = UINT32_MAX / 2;
		z->next_in = d->in + d->in_pos;
		z->avail_in = (uint32_t)have;
		z->next_out = out + *done;
		z->avail_out = (uint32_t)room;
		r = isal_inflate(z);
		if (r < 0)
			return err_set(err, ERR_CORRUPT, "compressed-data-broken", "broken gzip data: %s",
				       inflate_problem(r));
		size_t used = have - z->avail_in, got = room - z->avail_out;
		d->in_pos += used;
		*done += got;
		if (z->block_state == ISAL_BLOCK_FINISH)
			d->open = false;
		else if (!used && !got)
			return err_set(err, ERR_CORRUPT, "compressed-data-truncated",
				       have ? "broken gzip data: the stream has no end" : "gzip data is truncated");
	}
	return 0;
}

static int read_zstd(struct layer_decoder *d, uint8_t *out, size_t n, size_t *done, struct err *err)
{
	ZSTD_outBuffer o = {out, n, 0};
	while (o.pos < n) {
		int r = fill(d, err);
		if (r < 0)
			return r;
		if (d->in_pos == d->in_len && !d->open)
			return 0;
		ZSTD_inBuffer i = {d->in, d->in_len, d->in_pos};
		size_t rc = ZSTD_decompressStream(d->zstd, &o, &i);
		if (ZSTD_getErrorCode(rc) == ZSTD_error_frameParameter_windowTooLarge)
			return err_set(err, ERR_LIMIT, "zstd-window-too-large",
				       "zstd data asks for a window above %u MiB", 1u << (WINDOW_LOG_MAX - 20));
		if (ZSTD_isError(rc))
			return err_set(err, ERR_CORRUPT, "compressed-data-broken", "broken zstd data: %s",
				       ZSTD_getErrorName(rc));
		if (i.pos == d->in_pos && o.pos == *done && rc)
			return err_set(err, ERR_CORRUPT, "compressed-data-truncated", "zstd data is truncated");
		d->in_pos = i.pos;
		*done = o.pos;
		d->open = rc != 0;
	}
	return 0;
}

static int check_limits(struct layer_decoder *d, struct err *err)
{
	if (d->tar_size > LIMIT_LAYER_BYTES)
		return err_set(err, ERR_LIMIT, "layer-too-large", "the layer unpacks to more than %llu bytes",
			       LIMIT_LAYER_BYTES);
	if (d->tar_size > LIMIT_LAYER_FREE && d->tar_size / LIMIT_LAYER_RATIO > d->blob_size)
		return err_set(err, ERR_LIMIT, "compression-ratio-too-high",
			       "the layer unpacks to more than %d times its size", LIMIT_LAYER_RATIO);
	return 0;
}

static int read_some(struct layer_decoder *d, void *buf, size_t n, size_t *done, struct err *err)
{
	int r = stop_check(err); /* a little input can become much */
	if (r == 0 && d->format == FORMAT_UNKNOWN) {
		if ((r = fill(d, err)) == 0)
			detect(d);
	}
	if (r < 0)
		return r;
	r = d->format == FORMAT_GZIP   ? read_gzip(d, buf, n, done, err)
	    : d->format == FORMAT_ZSTD ? read_zstd(d, buf, n, done, err)
				       : read_plain(d, buf, n, done, err);
	d->tar_size += *done;
	if (d->format != FORMAT_PLAIN)
		sha256_update(d->tar_hash, buf, *done);
	return r < 0 ? r : check_limits(d, err);
}

/* Bytes that came before an error are returned first, so that the reader knows which entry is hit. */
ssize_t layer_decoder_read(struct layer_decoder *d, void *buf, size_t n, struct err *err)
{
	size_t done = 0;
	if (!d->failed)
		d->failed = read_some(d, buf, n, &done, &d->failure) < 0;
	if (!d->failed || done)
		return (ssize_t)done;
	if (err)
		*err = d->failure;
	return -(ssize_t)d->failure.code;
}

int layer_decoder_finish(struct layer_decoder *d, struct layer_digests *out, struct err *err)
{
	CLEANUP_FREE char *trash = mem_alloc(IN_SIZE);
	ssize_t got;
	while ((got = layer_decoder_read(d, trash, IN_SIZE, err)) > 0)
		;
	if (got < 0)
		return (int)got;
	uint8_t hash[SHA256_SIZE];
	*out = (struct layer_digests){.blob_size = d->blob_size, .tar_size = d->tar_size};
	sha256_final(d->blob_hash, hash);
	oci_digest_from_bytes(hash, &out->blob);
	if (d->format != FORMAT_PLAIN)
		sha256_final(d->tar_hash, hash);
	oci_digest_from_bytes(hash, &out->diff_id);
	return 0;
}
