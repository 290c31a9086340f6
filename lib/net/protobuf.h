/* net/protobuf.h - writes and reads messages of Protocol Buffers, field by field. Covers what gRPC services of
 * today use: varints, strings, bytes, messages and maps of strings; fields of a fixed size are stepped over. Spec:
 * protobuf.dev/programming-guides/encoding. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Each appends a field to the message in b. As proto3 does, the value 0 and an empty string are left out. */
void net_protobuf_put_uint(struct buf *b, uint32_t number, uint64_t value);
void net_protobuf_put_string(struct buf *b, uint32_t number, const char *s); /* NULL = empty */
void net_protobuf_put_bytes(struct buf *b, uint32_t number, const void *data, size_t n);
void net_protobuf_put_message(struct buf *b, uint32_t number, const struct buf *message); /* also an empty one */
/* An element of map<string, string>. */
void net_protobuf_put_pair(struct buf *b, uint32_t number, const char *key, const char *value);

/* A message that is being read; n bytes at data, borrowed. */
struct net_protobuf_reader {
	const char *data;
	size_t n;
};

struct net_protobuf_field {
	uint32_t number;
	bool is_bytes;    /* a string, bytes or a message: data and n; else value */
	uint64_t value;   /* of a varint; 0 for a fixed size */
	const char *data; /* within the message, no NUL behind it */
	size_t n;
};

/* Takes the next field. 1 = there is one, 0 = the end, negative: ERR_PROTO. */
int net_protobuf_next(struct net_protobuf_reader *r, struct net_protobuf_field *out, struct err *err) MUST_CHECK;
/* Finds the last field of that number, as a reader takes it that is not repeated. 1 = there is one, 0 = none;
 * ERR_PROTO. */
int net_protobuf_find(struct net_protobuf_reader r, uint32_t number, struct net_protobuf_field *out,
		      struct err *err) MUST_CHECK;
/* A copy of the field's text, "" if it is no string; free(). It may have any bytes but NUL, at which it ends. */
char *net_protobuf_text(const struct net_protobuf_field *f);
/* The field's message. */
static inline struct net_protobuf_reader net_protobuf_message(const struct net_protobuf_field *f)
{
	return (struct net_protobuf_reader){f->data, f->n};
}
/* Reads an element of map<string, string>; both are free(). */
int net_protobuf_pair(const struct net_protobuf_field *f, char **key, char **value, struct err *err) MUST_CHECK;
