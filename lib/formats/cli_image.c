#include "formats/cli_image.h"

#include <string.h>
#include <unistd.h>

#include "base/limits.h"

#define HEAD 4096 /* bytes that hold all headers of a PE file */
#define MAX_SECTIONS 96
#define SECTION 40 /* bytes of a section header */
#define MAX_STREAMS 16

uint64_t cli_stream_number(const struct cli_stream *s, size_t at, size_t bytes)
{
	uint64_t v = 0;
	for (size_t i = 0; i < bytes && at < s->n && i < s->n - at; i++)
		v |= (uint64_t)s->p[at + i] << (8 * i);
	return v;
}

static struct cli_stream part(const struct buf *b)
{
	return (struct cli_stream){(const unsigned char *)b->data, b->len};
}

/* The part of a stream; empty if it is not all there. */
static struct cli_stream part_of(const struct cli_stream *s, uint64_t at, uint64_t n)
{
	if (at > s->n || n > s->n - at)
		return (struct cli_stream){0};
	return (struct cli_stream){s->p + at, n};
}

static void read_at(int fd, uint64_t at, size_t n, struct buf *out)
{
	buf_reserve(out, n);
	ssize_t got = at <= INT64_MAX ? pread(fd, out->data, n, (off_t)at) : 0;
	out->len = got > 0 ? (size_t)got : 0;
	out->data[out->len] = '\0';
}

struct sections {
	struct cli_stream table;
	size_t count;
};

/* Returns the offset in the file of n bytes at the address; 0 if they are not in the file. */
static uint64_t locate(const struct sections *s, uint64_t address, uint64_t n)
{
	for (size_t i = 0; i < s->count; i++) {
		uint64_t start = cli_stream_number(&s->table, i * SECTION + 12, 4);
		uint64_t size = cli_stream_number(&s->table, i * SECTION + 16, 4);
		if (address >= start && address - start <= size && n <= size - (address - start))
			return cli_stream_number(&s->table, i * SECTION + 20, 4) + (address - start);
	}
	return 0;
}

/* The address of the CLI header: the 15th directory of the PE file. */
static uint64_t cli_header(const struct cli_stream *head, struct sections *sections)
{
	uint64_t pe = cli_stream_number(head, 0x3c, 4);
	if (cli_stream_number(head, 0, 2) != 0x5a4d || pe > head->n || cli_stream_number(head, pe, 4) != 0x4550)
		return 0;
	uint64_t optional = pe + 24, magic = cli_stream_number(head, optional, 2);
	size_t directories = magic == 0x10b ? 96 : 112;
	if ((magic != 0x10b && magic != 0x20b) || cli_stream_number(head, optional + directories - 4, 4) <= 14)
		return 0;
	sections->count = cli_stream_number(head, pe + 6, 2);
	if (sections->count > MAX_SECTIONS)
		return 0;
	sections->table =
	    part_of(head, optional + cli_stream_number(head, pe + 20, 2), (uint64_t)sections->count * SECTION);
	return cli_stream_number(head, optional + directories + 14 * 8, 4);
}

static bool read_metadata(int fd, struct buf *out)
{
	CLEANUP_BUF struct buf head = {0}, cli = {0};
	read_at(fd, 0, HEAD, &head);
	struct cli_stream h = part(&head);
	struct sections sections = {0};
	uint64_t address = cli_header(&h, &sections), at = address ? locate(&sections, address, 16) : 0;
	if (!at)
		return false;
	read_at(fd, at, 16, &cli);
	struct cli_stream c = part(&cli);
	uint64_t size = cli_stream_number(&c, 12, 4);
	at = locate(&sections, cli_stream_number(&c, 8, 4), size);
	if (!at || !size || size > LIMIT_CLI_METADATA)
		return false;
	read_at(fd, at, size, out);
	return out->len == size;
}

bool cli_image_read(int fd, struct cli_image *out)
{
	*out = (struct cli_image){0};
	if (!read_metadata(fd, &out->metadata))
		return false;
	struct cli_stream m = part(&out->metadata);
	if (cli_stream_number(&m, 0, 4) != 0x424a5342)
		return false;
	uint64_t at = 16 + cli_stream_number(&m, 12, 4), count = cli_stream_number(&m, at + 2, 2);
	at += 4;
	for (uint64_t i = 0; i < count && i < MAX_STREAMS && at + 12 <= m.n; i++) {
		const char *name = (const char *)m.p + at + 8;
		size_t n = strnlen(name, m.n - at - 8);
		struct cli_stream s = part_of(&m, cli_stream_number(&m, at, 4), cli_stream_number(&m, at + 4, 4));
		if (strncmp(name, "#~", n + 1) == 0 || strncmp(name, "#-", n + 1) == 0)
			out->tables = s;
		else if (strncmp(name, "#Strings", n + 1) == 0)
			out->strings = s;
		else if (strncmp(name, "#US", n + 1) == 0)
			out->texts = s;
		at += 8 + (n / 4 + 1) * 4;
	}
	return out->tables.n && out->strings.n;
}

void cli_image_done(struct cli_image *i)
{
	buf_done(&i->metadata);
}
