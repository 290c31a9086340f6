#include "probe/wire/wire_tls.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>

#define PIECE 16384

/* libssl reads and writes memory: what waits is the wire alone. */

/* Sends what libssl wrote. */
static int flush(struct probe_wire *w, const char *what, struct err *err)
{
	char piece[PIECE];
	int n, r = 0;
	while (r == 0 && (n = BIO_read(SSL_get_wbio(w->ssl), piece, sizeof(piece))) > 0)
		r = probe_wire_raw_send(w, piece, (size_t)n, what, err);
	return r;
}

/* Gives libssl what comes. 1: some came; 0: the peer ended. */
static int feed(struct probe_wire *w, const char *what, struct err *err)
{
	char piece[PIECE];
	ssize_t n = probe_wire_raw_receive(w, piece, sizeof(piece), what, err);
	if (n <= 0)
		return (int)n;
	return BIO_write(SSL_get_rbio(w->ssl), piece, (int)n) == n
		   ? 1
		   : err_set(err, ERR_SYS, "wire-tls-failed", "libssl refused the data that was received");
}

static int failed(const char *what, struct err *err)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());
	ERR_clear_error();
	return err_set(err, ERR_PROTO, "wire-tls-failed", "TLS failed before %s: %s", what,
		       reason ? reason : "it ended");
}

/* After a call of libssl that returned result. 1: call it again; 0: the peer ended. */
static int go_on(struct probe_wire *w, int result, const char *what, struct err *err)
{
	const int why = SSL_get_error(w->ssl, result);
	int r = flush(w, what, why == SSL_ERROR_WANT_READ ? err : NULL); /* an alert, if TLS failed */
	if (why == SSL_ERROR_ZERO_RETURN)
		return 0;
	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		return failed(what, err);
	if (r < 0)
		return r;
	return why == SSL_ERROR_WANT_WRITE ? 1 : feed(w, what, err);
}

/* A name of more than 255 bytes is left out. */
static void set_alpn(struct probe_wire *w)
{
	unsigned char list[256];
	const size_t n = strnlen(w->alpn, sizeof(list) - 1);
	list[0] = (unsigned char)n;
	memcpy(list + 1, w->alpn, n);
	(void)SSL_set_alpn_protos(w->ssl, list, (unsigned)n + 1); /* fails without memory only */
}

static int set_certificate(struct probe_wire *w, struct err *err)
{
	if (!w->cert_file ||
	    (SSL_use_certificate_chain_file(w->ssl, w->cert_file) == 1 &&
	     SSL_use_PrivateKey_file(w->ssl, w->key_file ? w->key_file : w->cert_file, SSL_FILETYPE_PEM) == 1))
		return 0;
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	ERR_clear_error();
	return err_set(err, ERR_INVAL, "client-certificate-unusable",
		       "the client's certificate %s or its key is not usable: %s", w->cert_file,
		       reason ? reason : "they do not belong together");
}

int probe_wire_begin_tls(struct probe_wire *w, const char *name, struct err *err)
{
	if (w->in.len > w->at)
		return err_set(err, ERR_PROTO, "wire-tls-failed", "the service sent data before TLS began");
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	w->ssl = context ? SSL_new(context) : NULL;
	SSL_CTX_free(context); /* w->ssl has it */
	if (!w->ssl || !in || !out) {
		BIO_free(in);
		BIO_free(out);
		return err_set(err, ERR_SYS, "wire-tls-failed", "libssl is not usable");
	}
	SSL_set_bio(w->ssl, in, out);
	SSL_set_verify(w->ssl, SSL_VERIFY_NONE, NULL);
	SSL_set_security_level(w->ssl, 0); /* old servers are driven, too */
	if (name)
		(void)SSL_set_tlsext_host_name(w->ssl, name); /* a name that is too long is left out */
	if (w->alpn)
		set_alpn(w);
	int r = set_certificate(w, err);
	if (r < 0)
		return r;
	for (;;) {
		int done = SSL_connect(w->ssl);
		if (done == 1)
			return flush(w, "the TLS handshake", err);
		r = go_on(w, done, "the end of the TLS handshake", err);
		if (r == 0)
			return err_set(err, ERR_PROTO, "wire-tls-failed",
				       "the service closed the connection in the TLS handshake");
		if (r < 0)
			return r;
	}
}

int probe_wire_tls_send(struct probe_wire *w, const void *data, size_t n, const char *what, struct err *err)
{
	for (const char *p = data; n;) {
		int sent = SSL_write(w->ssl, p, n < PIECE ? (int)n : PIECE);
		int r = sent > 0 ? flush(w, what, err) : go_on(w, sent, what, err);
		if (r < 0)
			return r;
		if (sent <= 0 && r == 0)
			return err_set(err, ERR_PROTO, "wire-ended", "the service closed the connection before %s",
				       what);
		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		}
	}
	return 0;
}

ssize_t probe_wire_tls_receive(struct probe_wire *w, void *data, size_t n, const char *what, struct err *err)
{
	for (;;) {
		int got = SSL_read(w->ssl, data, n < INT_MAX ? (int)n : INT_MAX);
		if (got > 0)
			return got;
		int r = go_on(w, got, what, err);
		if (r <= 0)
			return r; /* an end without TLS's own is one, too: the protocol above knows whether it may be */
	}
}

void probe_wire_tls_done(struct probe_wire *w)
{
	char piece[PIECE];
	if (!w->ssl)
		return;
	(void)SSL_shutdown(w->ssl); /* writes to memory */
	int n = BIO_read(SSL_get_wbio(w->ssl), piece, sizeof(piece));
	if (n > 0 && w->fd >= 0)
		(void)!send(w->fd, piece, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
	ERR_clear_error();
	SSL_free(w->ssl);
	w->ssl = NULL;
}
