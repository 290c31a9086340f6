/* probe/wire/socket.h - the socket of a wire (see wire.h): to open it, and bytes as they are below TLS. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/progress.h"

struct ssl_st;

struct probe_wire {
	int fd;                           /* non-blocking */
	struct ssl_st *ssl;               /* NULL = plain */
	const char *alpn;                 /* the protocol that TLS is to agree on, a constant; NULL = none */
	const char *cert_file, *key_file; /* of the client, PEM, for TLS; key_file: NULL = it is in cert_file */
	const struct progress *progress;  /* borrowed, may be NULL */
	uint64_t deadline;                /* clock_ms; every call ends then */
	struct buf in;                    /* received; what stands before at was taken */
	size_t at;
	uint64_t received; /* bytes in all */
	bool ended;        /* the peer sends no more */
};

/* host: an address, no name. The deadline begins with the call. *out is valid in any case. */
int probe_wire_open_tcp(struct probe_wire *out, const char *host, uint16_t port, unsigned timeout_ms,
			const struct progress *progress, struct err *err) MUST_CHECK;
/* path: in the file system whose root is the fd root; no symlink leads out of it. */
int probe_wire_open_unix(struct probe_wire *out, int root, const char *path, unsigned timeout_ms,
			 const struct progress *progress, struct err *err) MUST_CHECK;
/* Takes a connected socket over. */
void probe_wire_of_fd(struct probe_wire *out, int fd, unsigned timeout_ms, const struct progress *progress);
/* A new deadline, from now on. */
void probe_wire_allow(struct probe_wire *w, unsigned timeout_ms);
/* Sends no more; what comes can still be read. Without TLS only. */
void probe_wire_end(struct probe_wire *w);

/* For wire.c and wire_tls.c: all n bytes; some bytes, 0 at the end. */
int probe_wire_raw_send(struct probe_wire *w, const void *data, size_t n, const char *what, struct err *err) MUST_CHECK;
ssize_t probe_wire_raw_receive(struct probe_wire *w, void *data, size_t n, const char *what,
			       struct err *err) MUST_CHECK;
