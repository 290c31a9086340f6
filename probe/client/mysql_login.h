/* probe/client/mysql_login.h - how a client of MySQL proves that it knows a password: mysql_native_password and
 * caching_sha2_password. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

#define PROBE_MYSQL_NATIVE "mysql_native_password"
#define PROBE_MYSQL_SHA2 "caching_sha2_password"
#define PROBE_MYSQL_NONCE 20

/* Appends the answer to the nonce; nothing for an empty password. False: the method is unknown. */
bool probe_mysql_answer(const char *method, const char *password, const unsigned char nonce[PROBE_MYSQL_NONCE],
			struct buf *out);
/* Appends the password, encrypted for the server's public key (PEM, n bytes): caching_sha2_password over a connection
 * that anyone could read. ERR_PROTO: that is no such key. */
int probe_mysql_encrypt(const char *password, const unsigned char nonce[PROBE_MYSQL_NONCE], const void *key, size_t n,
			struct buf *out, struct err *err) MUST_CHECK;
