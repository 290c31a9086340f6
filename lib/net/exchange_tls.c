#include "net/exchange_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/x509.h>

/* Sees each record as it comes in. A plain-HTTP server's answer to our hello shows here and nowhere else. */
static void on_record(int sent, int version, int type, const void *data, size_t n, SSL *ssl, void *ctx)
{
	struct net_exchange_tls *t = ctx;
	const unsigned char *p = data;
	if (sent)
		return;
	if (type == SSL3_RT_HEADER && n >= 2) {
		bool known = p[0] >= SSL3_RT_CHANGE_CIPHER_SPEC && p[0] <= SSL3_RT_APPLICATION_DATA && p[1] == 3;
		if (!known && !t->record)
			t->foreign = true;
		t->record = true;
	}
	if (type == SSL3_RT_HANDSHAKE && n >= 1 && p[0] == SSL3_MT_CERTIFICATE_REQUEST)
		t->asks = true;
	if (type == SSL3_RT_ALERT && n >= 2 && p[1] != SSL_AD_CLOSE_NOTIFY && p[1] != SSL_AD_USER_CANCELLED)
		t->alert = p[1];
}

/* An error that names the file, once for "is not there" and once for "holds nothing of use". */
static int unusable(const char *what, const char *path, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "certificate-read", "%s %s", what, path);
	return err_set(err, ERR_INVAL, "certificate-malformed", "%s %s holds none that is usable, it must be PEM", what,
		       path);
}

static int make_store(struct net_exchange_client *c, struct err *err)
{
	X509_STORE *store = X509_STORE_new();
	if (!store)
		abort();                           /* out of memory */
	(void)X509_STORE_set_default_paths(store); /* a machine without any: those of ca_files may do */
	/* A certificate that was named is trusted, be it no root. */
	X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	int r = 0;
	for (size_t i = 0; i < c->ca_files.count && r == 0; i++)
		if (X509_STORE_load_locations(store, c->ca_files.items[i], NULL) != 1)
			r = unusable("CA file", c->ca_files.items[i], err);
	ERR_clear_error();
	if (r < 0)
		X509_STORE_free(store);
	else
		c->tls.store = store;
	return r;
}

static CURLcode on_context(CURL *easy, void *context, void *ctx)
{
	struct net_exchange_client *c = ctx;
	SSL_CTX_set_msg_callback(context, on_record);
	SSL_CTX_set_msg_callback_arg(context, &c->tls);
	if (c->peer.insecure)
		return CURLE_OK;
	if (!c->tls.store && make_store(c, &c->tls.failed) < 0)
		return CURLE_SSL_CACERT_BADFILE;
	SSL_CTX_set1_cert_store(context, c->tls.store); /* read once for all connections */
	return CURLE_OK;
}

void net_exchange_tls_options(struct net_exchange *x)
{
	struct net_exchange_client *c = x->client;
	CURL *easy = c->easy;
	c->tls.record = c->tls.foreign = c->tls.asks = false;
	c->tls.alert = -1;
	c->tls.failed.code = ERR_NONE;
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, c->peer.insecure ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, c->peer.insecure ? 0L : 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* The store is ours, see on_context: curl would refuse a machine whose bundle is elsewhere. */
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
	if (curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context) != CURLE_OK)
		abort(); /* a libcurl that does not use OpenSSL: meson.build asks for one that does */
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, c);
	if (x->cert_file) {
		curl_easy_setopt(easy, CURLOPT_SSLCERT, x->cert_file);
		curl_easy_setopt(easy, CURLOPT_SSLKEY, x->key_file);
		curl_easy_setopt(easy, CURLOPT_KEYPASSWD, ""); /* else OpenSSL asks for it on the terminal */
	}
}

static int untrusted(struct net_exchange *x, struct err *err)
{
	long verify = 0;
	curl_easy_getinfo(x->client->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
	/* The host's name is compared by curl, after OpenSSL found nothing to say (or was not asked yet). */
	bool named = verify != X509_V_OK && verify != X509_V_ERR_UNSPECIFIED;
	const char *why = named ? X509_verify_cert_error_string(verify) : "it is for another host name";
	return err_set(err, ERR_DENIED, "certificate-not-trusted",
		       "the server's certificate is not trusted: %s; put the CA's certificate into certs.d, or use "
		       "--tls-verify=false",
		       why);
}

static int own_certificate(const char *cert, const char *key, struct err *err)
{
	CLEANUP_FD int fd = open(key, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "certificate-read", "the client certificate's key %s", key);
	return unusable("client certificate or key", cert, err);
}

static int alerted(const struct net_exchange_tls *t, bool has_certificate, struct err *err)
{
	int alert = t->alert;
	if (alert == SSL_AD_HANDSHAKE_FAILURE && t->asks && !has_certificate)
		alert = SSL_AD_CERTIFICATE_REQUIRED; /* TLS 1.2 has no name for it */
	switch (alert) {
	case SSL_AD_CERTIFICATE_REQUIRED:
	case SSL_AD_BAD_CERTIFICATE:
	case SSL_AD_UNSUPPORTED_CERTIFICATE:
	case SSL_AD_CERTIFICATE_REVOKED:
	case SSL_AD_CERTIFICATE_EXPIRED:
	case SSL_AD_CERTIFICATE_UNKNOWN:
	case SSL_AD_UNKNOWN_CA:
	case SSL_AD_ACCESS_DENIED:
		return err_set(err, ERR_DENIED, "client-certificate-refused", "the server %s (TLS alert: %s)",
			       has_certificate ? "does not accept our client certificate"
					       : "wants a client certificate",
			       SSL_alert_desc_string_long(alert));
	default:
		return err_set(err, ERR_PROTO, "tls-handshake-failed", "the server ended the TLS handshake (alert: %s)",
			       SSL_alert_desc_string_long(alert));
	}
}

/* In TLS 1.3 a server refuses a missing certificate after the handshake. Its alert is lost if the connection is reset
 * while our request is being written. */
static bool is_cut_after_asking(const struct net_exchange *x, CURLcode code)
{
	bool broke = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
	return broke && x->client->tls.asks && !x->cert_file && !x->answer.header_bytes;
}

bool net_exchange_tls_failure(struct net_exchange *x, CURLcode code, struct err *err)
{
	struct net_exchange_client *c = x->client;
	const struct net_exchange_tls *t = &c->tls;
	long os = 0;
	if (t->failed.code) {
		*err = t->failed;
	} else if (code == CURLE_PEER_FAILED_VERIFICATION) {
		(void)untrusted(x, err);
	} else if (code == CURLE_SSL_CERTPROBLEM && x->cert_file) {
		(void)own_certificate(x->cert_file, x->key_file, err);
	} else if (t->foreign) {
		(void)err_set(err, ERR_PROTO, "tls-not-spoken", "the server does not speak TLS; is it plain HTTP?");
		err->sys = EPROTO;
	} else if (t->alert >= 0) {
		(void)alerted(t, x->cert_file, err);
	} else if (is_cut_after_asking(x, code)) {
		(void)err_set(err, ERR_DENIED, "client-certificate-refused",
			      "the server asked for a client certificate, got none, and closed the connection");
	} else if (code == CURLE_SSL_CONNECT_ERROR && !t->record) {
		curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os);
		(void)err_sys(err, os ? (int)os : ECONNRESET, "tls-handshake-failed",
			      "the server closed the connection during the TLS handshake");
	} else if (code == CURLE_SSL_CONNECT_ERROR) {
		(void)err_set(err, ERR_PROTO, "tls-handshake-failed", "the TLS handshake failed: %s",
			      x->curl_says[0] ? x->curl_says : "no reason known");
	} else {
		return false;
	}
	return true;
}
