#include "net/protobuf.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum wire { WIRE_VARINT, WIRE_64_BITS, WIRE_BYTES, WIRE_32_BITS = 5 };

/* ---- writing ---- */

static void put_varint(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_char(b, (char)(v | 0x80));
	buf_char(b, (char)v);
}

static void put_key(struct buf *b, uint32_t number, enum wire wire)
{
	put_varint(b, (uint64_t)number << 3 | wire);
}

void net_protobuf_put_uint(struct buf *b, uint32_t number, uint64_t value)
{
	if (!value)
		return;
	put_key(b, number, WIRE_VARINT);
	put_varint(b, value);
}

static void put_bytes(struct buf *b, uint32_t number, const void *data, size_t n)
{
	put_key(b, number, WIRE_BYTES);
	put_varint(b, n);
	if (n)
		buf_append(b, data, n);
}

void net_protobuf_put_bytes(struct buf *b, uint32_t number, const void *data, size_t n)
{
	if (n)
		put_bytes(b, number, data, n);
}

void net_protobuf_put_string(struct buf *b, uint32_t number, const char *s)
{
	if (s)
		net_protobuf_put_bytes(b, number, s, strlen(s));
}

void net_protobuf_put_message(struct buf *b, uint32_t number, const struct buf *message)
{
	put_bytes(b, number, message->data, message->len);
}

void net_protobuf_put_pair(struct buf *b, uint32_t number, const char *key, const char *value)
{
	CLEANUP_BUF struct buf pair = {0};
	net_protobuf_put_string(&pair, 1, key);
	net_protobuf_put_string(&pair, 2, value);
	net_protobuf_put_message(b, number, &pair);
}

/* ---- reading ---- */

static int malformed(struct err *err)
{
	return err_set(err, ERR_PROTO, "protobuf-malformed", "a message of Protocol Buffers is malformed");
}

static bool take_varint(struct net_protobuf_reader *r, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 64 && r->n; shift += 7) {
		const unsigned char c = (unsigned char)*r->data;
		r->data++;
		r->n--;
		*out |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return true;
	}
	return false;
}

static bool take_bytes(struct net_protobuf_reader *r, uint64_t n, struct net_protobuf_field *out)
{
	if (n > r->n)
		return false;
	out->data = r->data;
	out->n = (size_t)n;
	r->data += n;
	r->n -= (size_t)n;
	return true;
}

static bool take_value(struct net_protobuf_reader *r, unsigned wire, struct net_protobuf_field *out)
{
	uint64_t n;
	switch (wire) {
	case WIRE_VARINT:
		return take_varint(r, &out->value);
	case WIRE_64_BITS:
		return take_bytes(r, 8, out);
	case WIRE_32_BITS:
		return take_bytes(r, 4, out);
	case WIRE_BYTES:
		out->is_bytes = true;
		return take_varint(r, &n) && take_bytes(r, n, out);
	default:
		return false;
	}
}

int net_protobuf_next(struct net_protobuf_reader *r, struct net_protobuf_field *out, struct err *err)
{
	uint64_t key;
	*out = (struct net_protobuf_field){0};
	if (!r->n)
		return 0;
	if (!take_varint(r, &key) || key >> 3 == 0 || key >> 3 > UINT32_MAX || !take_value(r, key & 7, out))
		return malformed(err);
	out->number = (uint32_t)(key >> 3);
	return 1;
}

int net_protobuf_find(struct net_protobuf_reader r, uint32_t number, struct net_protobuf_field *out, struct err *err)
{
	struct net_protobuf_field f;
	int found, any = 0;
	*out = (struct net_protobuf_field){0};
	while ((found = net_protobuf_next(&r, &f, err)) > 0)
		if (f.number == number) {
			*out = f;
			any = 1;
		}
	return found < 0 ? found : any;
}

char *net_protobuf_text(const struct net_protobuf_field *f)
{
	return f->is_bytes ? mem_strndup(f->data, f->n) : mem_strdup("");
}

int net_protobuf_pair(const struct net_protobuf_field *f, char **key, char **value, struct err *err)
{
	struct net_protobuf_reader r = net_protobuf_message(f);
	struct net_protobuf_field part;
	char *parts[2] = {NULL, NULL};
	int found;
	while ((found = net_protobuf_next(&r, &part, err)) > 0)
		if (part.number == 1 || part.number == 2) {
			free(parts[part.number - 1]);
			parts[part.number - 1] = net_protobuf_text(&part);
		}
	if (found < 0) {
		free(parts[0]);
		free(parts[1]);
		return found;
	}
	*key = parts[0] ? parts[0] : mem_strdup("");
	*value = parts[1] ? parts[1] : mem_strdup("");
	return 0;
}
