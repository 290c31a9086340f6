#include "net/auth/token_server.h"

#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/mem.h"
#include "net/retry.h"
#include "net/url.h"
#include "text/base64.h"
#include "text/json.h"
#include "text/secret.h"

#define CLIENT_ID "slim"
#define REDIRECTS_MAX 3
#define SHOWN_MAX 300 /* of what a server says when it refuses */

/* The ways to ask for a token. */
enum form {
	FORM_GET,           /* with Basic, or anonymously */
	FORM_REFRESH_TOKEN, /* POST, with an identity token */
	FORM_PASSWORD,      /* POST, for a server without GET */
};

bool net_token_server_denies(int status)
{
	return status == 400 || status == 401 || status == 403;
}

/* One request, made of a question. Secrets are in all of it. */
struct request {
	enum form form;
	struct buf url, body;
	struct strlist headers;
	size_t sent; /* of body */
};

static void request_done(struct request *r)
{
	secret_buf_done(&r->url);
	secret_buf_done(&r->body);
	for (size_t i = 0; i < r->headers.count; i++)
		secret_blank(r->headers.items[i]);
	strlist_done(&r->headers);
}
#define CLEANUP_REQUEST CLEANUP(request_done)

static void add_parameter(struct buf *b, const char *separator, const char *name, const char *value, size_t n)
{
	static const char plain[] = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	buf_reserve(b, 3 * n + 64);
	buf_printf(b, "%s%s=", separator, name);
	for (size_t i = 0; i < n; i++)
		if (strchr(plain, value[i]))
			buf_char(b, value[i]);
		else
			buf_printf(b, "%%%02X", (unsigned char)value[i]);
}

static void add_string(struct buf *b, const char *name, const char *value)
{
	if (value)
		add_parameter(b, b->len ? "&" : "", name, value, strlen(value));
}

static void make_get(const struct net_token_question *q, struct request *out)
{
	const char *user = q->credentials->user;
	buf_append(&out->url, q->realm, strcspn(q->realm, "#"));
	const char *next = strchr(out->url.data, '?') ? "&" : "?";
	if (q->service) {
		add_parameter(&out->url, next, "service", q->service, strlen(q->service));
		next = "&";
	}
	for (const char *s = q->scope; *(s += strspn(s, " "));) {
		size_t n = strcspn(s, " ");
		add_parameter(&out->url, next, "scope", s, n);
		next = "&";
		s += n;
	}
	if (!user)
		return;
	add_parameter(&out->url, next, "account", user, strlen(user));
	CLEANUP_SECRET_BUF struct buf pair = {0}, header = {0};
	size_t n = strlen(user) + strlen(q->credentials->password) + 1;
	buf_reserve(&pair, n);
	buf_printf(&pair, "%s:%s", user, q->credentials->password);
	buf_reserve(&header, 64 + n / 3 * 4 + 4);
	buf_str(&header, "Authorization: Basic ");
	base64_encode(pair.data, pair.len, &header);
	strlist_add(&out->headers, header.data);
}

static void make_post(const struct net_token_question *q, struct request *out)
{
	const struct net_auth_credentials *c = q->credentials;
	const char *secret = c->identity_token ? c->identity_token : c->password;
	buf_append(&out->url, q->realm, strcspn(q->realm, "#"));
	buf_reserve(&out->body,
		    3 * (strlen(secret) + strlen(c->user ? c->user : "") + strlen(q->scope) + LIMIT_CHALLENGE) + 256);
	if (out->form == FORM_REFRESH_TOKEN) {
		add_string(&out->body, "grant_type", "refresh_token");
		add_string(&out->body, "refresh_token", c->identity_token);
	} else {
		add_string(&out->body, "grant_type", "password");
		add_string(&out->body, "username", c->user);
		add_string(&out->body, "password", c->password);
	}
	add_string(&out->body, "service", q->service);
	add_string(&out->body, "client_id", CLIENT_ID);
	add_string(&out->body, "scope", q->scope);
	strlist_add(&out->headers, "Content-Type: application/x-www-form-urlencoded");
}

static ssize_t read_body(void *ctx, void *data, size_t n, struct err *err)
{
	struct request *r = ctx;
	n = n < r->body.len - r->sent ? n : r->body.len - r->sent;
	memcpy(data, r->body.data + r->sent, n);
	r->sent += n;
	return (ssize_t)n;
}

static int send_request(struct net_exchange_client *client, struct request *r, const struct progress *progress,
			struct net_exchange **out, struct err *err)
{
	struct io_reader body = {.read = read_body, .ctx = r};
	r->sent = 0;
	const struct net_exchange_request q = {
	    .method = r->form == FORM_GET ? "GET" : "POST",
	    .url = r->url.data,
	    .headers = &r->headers,
	    .body = r->form == FORM_GET ? NULL : &body,
	    .body_size = r->body.len,
	};
	return net_exchange_open(client, &q, progress, out, err);
}

/* Its own words, in any of the forms that are in use; NULL: none. */
static const char *words(const json_t *root)
{
	const char *const names[] = {"error_description", "details", "message", "detail", "error"};
	const json_t *first = json_array_get(json_object_get(root, "errors"), 0);
	const char *s = json_string_value(json_object_get(first, "message"));
	for (size_t i = 0; !s && i < sizeof(names) / sizeof(*names); i++)
		s = json_string_value(json_object_get(root, names[i]));
	return s && s[0] ? s : NULL;
}

static bool echoes(const char *s, const char *secret)
{
	return secret && secret[0] && strstr(s, secret);
}

static int refused(const struct net_token_question *q, struct net_exchange *x, struct err *err)
{
	int status = net_exchange_status(x);
	CLEANUP_SECRET_BUF struct buf text = {0};
	CLEANUP_SECRET_JSON json_t *root = NULL;
	const char *said = NULL;
	buf_reserve(&text, LIMIT_TOKEN_ANSWER + (1u << 15));
	if (net_exchange_read_all(x, LIMIT_TOKEN_ANSWER, &text, NULL) == 0 &&
	    secret_json_parse(text.data, text.len, LIMIT_TOKEN_ANSWER, "", &root, NULL) == 0)
		said = words(root);
	if (said && (echoes(said, q->credentials->password) || echoes(said, q->credentials->identity_token)))
		said = NULL;
	enum err_code code = net_token_server_denies(status) ? ERR_DENIED : ERR_PROTO;
	return err_set(err, code, "token-refused", "it answers %d%s%.*s", status, said ? ": " : "", SHOWN_MAX,
		       said ? said : "");
}

/* A redirect: r is made to ask there. */
static int redirect(const struct net_token_question *q, struct request *r, const char *location, struct err *err)
{
	CLEANUP_FREE char *url = NULL;
	if (!location)
		return err_set(err, ERR_PROTO, "redirect-without-target", "it redirects without a target");
	int e = net_url_resolve(r->url.data, location, &url, err);
	if (e < 0)
		return e;
	bool secret = q->credentials->user || q->credentials->identity_token;
	if (r->form != FORM_GET || (secret && !net_url_same_origin(r->url.data, url))) {
		CLEANUP_FREE char *shown = net_url_without_query(url);
		return err_set(err, ERR_DENIED, "redirect-refused",
			       "it redirects to %.300s, to which slim does not send credentials", shown);
	}
	secret_buf_done(&r->url);
	buf_str(&r->url, url);
	return 0;
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static int read_answer(struct net_exchange *x, struct net_token_answer *out, struct err *err)
{
	CLEANUP_SECRET_BUF struct buf text = {0};
	buf_reserve(&text, LIMIT_TOKEN_ANSWER + (1u << 15)); /* it does not grow */
	int r = net_exchange_read_all(x, LIMIT_TOKEN_ANSWER, &text, err);
	return r < 0 ? r : net_token_answer_parse(text.data, text.len, time(NULL), out, err);
}

/* The final answer, and what is to be done with it: *again: ask once more. */
static int take(const struct net_token_question *q, struct request *request, struct net_exchange *x,
		struct net_retry *retry, int *redirects, const struct progress *progress, bool *again,
		struct net_token_answer *out, struct err *err)
{
	int status = net_exchange_status(x);
	*again = false;
	if (status == 200)
		return read_answer(x, out, err);
	if (is_redirect(status) && ++*redirects <= REDIRECTS_MAX) {
		*again = true;
		return redirect(q, request, net_exchange_header(x, "Location"), err);
	}
	int r = net_retry_status(status)
		    ? net_retry_wait(retry, net_exchange_header(x, "Retry-After"), progress, again, err)
		    : 0;
	return r < 0 || *again ? r : refused(q, x, err);
}

/* One form, until it is answered. *status: of the answer. */
static int ask(struct net_exchange_client *client, const struct net_token_question *q, enum form form,
	       const struct progress *progress, int *status, struct net_token_answer *out, struct err *err)
{
	CLEANUP_REQUEST struct request request = {.form = form};
	struct net_retry retry = {0};
	int redirects = 0, r = 0;
	(form == FORM_GET ? make_get : make_post)(q, &request);
	for (bool again = true; r == 0 && again;) {
		CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
		r = send_request(client, &request, progress, &x, err);
		if (r < 0)
			return r; /* which names the server */
		*status = net_exchange_status(x);
		r = take(q, &request, x, &retry, &redirects, progress, &again, out, err);
	}
	if (r == 0)
		return 0;
	CLEANUP_FREE char *shown = net_url_without_query(request.url.data);
	return err_wrap(err, "the token server %.300s", shown);
}

int net_token_server_ask(const struct net_token_question *q, const struct progress *progress, int *status,
			 struct net_token_answer *out, struct err *err)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *client = net_exchange_client_new(q->peer);
	*status = 0;
	if (q->credentials->identity_token)
		return ask(client, q, FORM_REFRESH_TOKEN, progress, status, out, err);
	int r = ask(client, q, FORM_GET, progress, status, out, err);
	if (r < 0 && q->credentials->user && (*status == 404 || *status == 405))
		r = ask(client, q, FORM_PASSWORD, progress, status, out, err);
	return r;
}
