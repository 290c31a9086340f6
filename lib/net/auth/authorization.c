#include "net/auth/authorization.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/auth/challenge.h"
#include "net/auth/token_server.h"
#include "net/url.h"
#include "text/base64.h"
#include "text/secret.h"

#define RENEW_BEFORE_MS 10000 /* the end of a token's life, or a tenth of a short one */
#define FRESH_MS 2000         /* a token refused so soon was never good */
#define CHANGES_MAX 8         /* of what a registry asks for */
#define BEARER "Authorization: Bearer "

/* The token of one scope. */
struct scope_token {
	char *scope;
	char *token; /* NULL = none */
	uint64_t got_ms, renew_ms;
	unsigned in_a_row;  /* tokens refused as soon as they came */
	unsigned fetches;   /* that have ended */
	bool busy;          /* one thread asks for it; the others wait */
	unsigned waiting;   /* threads */
	struct err failure; /* of the last fetch */
};

struct net_authorization {
	char *origin, *name; /* name: for messages */
	bool https;
	struct net_auth_credentials credentials;
	struct net_exchange_peer peer; /* of token servers */
	struct strlist ca_files;

	pthread_mutex_t mutex; /* over all that follows */
	pthread_cond_t fetched;
	struct net_challenge challenge; /* what the registry asked for */
	unsigned changes;
	struct scope_token *tokens[LIMIT_TOKENS];
	size_t n_tokens;
};

/* As people and "login" write it. */
static char *name_of(const char *origin)
{
	CLEANUP_NET_URL struct net_url u = {0};
	if (net_url_parse(origin, &u, NULL) < 0)
		return mem_strdup(origin);
	if (strcmp(u.host, "registry-1.docker.io") == 0)
		return mem_strdup("docker.io");
	bool usual = u.port == (strcmp(u.scheme, "https") == 0 ? 443 : 80);
	return usual ? mem_strdup(u.host) : mem_printf("%s:%u", u.host, u.port);
}

struct net_authorization *net_authorization_new(const char *origin, struct net_auth_credentials *credentials,
						const struct net_exchange_peer *peer)
{
	struct net_authorization *a = mem_alloc(sizeof(*a));
	a->origin = mem_strdup(origin);
	a->name = name_of(origin);
	a->https = strncasecmp(origin, "https:", 6) == 0;
	a->credentials = *credentials;
	*credentials = (struct net_auth_credentials){0};
	if (peer->ca_files)
		strlist_extend(&a->ca_files, peer->ca_files);
	a->peer = *peer;
	a->peer.ca_files = &a->ca_files;
	a->peer.unix_socket = NULL;
	a->peer.dial = NULL;
	a->peer.cert_file = mem_strdup(peer->cert_file);
	a->peer.key_file = mem_strdup(peer->key_file);
	pthread_mutex_init(&a->mutex, NULL);
	pthread_cond_init(&a->fetched, NULL);
	return a;
}

static void scope_token_free(struct scope_token *t)
{
	free(t->scope);
	secret_free(t->token);
	free(t);
}

void net_authorization_free(struct net_authorization *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->n_tokens; i++)
		scope_token_free(a->tokens[i]);
	net_challenge_done(&a->challenge);
	net_auth_credentials_done(&a->credentials);
	strlist_done(&a->ca_files);
	free((char *)a->peer.cert_file);
	free((char *)a->peer.key_file);
	free(a->origin);
	free(a->name);
	pthread_cond_destroy(&a->fetched);
	pthread_mutex_destroy(&a->mutex);
	free(a);
}

/* Set the error: the fault, then advice on what the user can do. */
static int denied(const struct net_authorization *a, struct err *err, const char *what)
{
	const struct net_auth_credentials *c = &a->credentials;
	if (!c->user && !c->identity_token)
		return err_set(err, ERR_DENIED, "credentials-missing",
			       "%.700s; there are no credentials for it: run skopeo login %s, or use --creds", what,
			       a->name);
	return err_set(err, ERR_DENIED, "credentials-refused",
		       "%.600s; slim used the credentials of %.200s: run skopeo login %s, or use --creds", what,
		       c->from ? c->from : "the caller", a->name);
}

/* ---- tokens ---- */

static struct scope_token *find_token(struct net_authorization *a, const char *scope)
{
	for (size_t i = 0; i < a->n_tokens; i++)
		if (strcmp(a->tokens[i]->scope, scope) == 0)
			return a->tokens[i];
	return NULL;
}

/* NULL: too many of them are in use. */
static struct scope_token *add_token(struct net_authorization *a, const char *scope)
{
	size_t at = a->n_tokens;
	if (at == LIMIT_TOKENS) { /* the oldest that nobody works with */
		for (size_t i = 0; i < a->n_tokens; i++) {
			const struct scope_token *t = a->tokens[i];
			if (!t->busy && !t->waiting && (at == LIMIT_TOKENS || t->got_ms < a->tokens[at]->got_ms))
				at = i;
		}
		if (at == LIMIT_TOKENS)
			return NULL;
		scope_token_free(a->tokens[at]);
	} else {
		a->n_tokens++;
	}
	a->tokens[at] = mem_alloc(sizeof(**a->tokens));
	a->tokens[at]->scope = mem_strdup(scope);
	return a->tokens[at];
}

static void drop_token(struct scope_token *t)
{
	secret_free(t->token);
	t->token = NULL;
}

static char *bearer(const char *token)
{
	return mem_printf(BEARER "%s", token);
}

/* The peer of a realm: a client's certificate is shown to its own host only. */
static struct net_exchange_peer peer_of(const struct net_authorization *a, const char *realm)
{
	struct net_exchange_peer peer = a->peer;
	CLEANUP_NET_URL struct net_url own = {0}, other = {0};
	if (net_url_parse(a->origin, &own, NULL) < 0 || net_url_parse(realm, &other, NULL) < 0 ||
	    strcasecmp(own.host, other.host) != 0)
		peer.cert_file = peer.key_file = NULL;
	return peer;
}

static int ask(const struct net_authorization *a, const char *realm, const char *service, const char *scope,
	       const struct progress *progress, struct net_token_answer *out, struct err *err)
{
	const struct net_exchange_peer peer = peer_of(a, realm);
	const struct net_token_question q = {
	    .realm = realm, .service = service, .scope = scope, .credentials = &a->credentials, .peer = &peer};
	struct err e = {0};
	int status;
	log_debug("%s: asking for a token for %s", a->name, scope);
	int r = net_token_server_ask(&q, progress, &status, out, &e);
	if (r < 0 && net_token_server_denies(status))
		return denied(a, err, e.msg);
	if (r < 0 && err)
		*err = e;
	return r;
}

/* Called and returns with the mutex held; without it in between. */
static int fetch(struct net_authorization *a, struct scope_token *t, const struct progress *progress, struct err *err)
{
	CLEANUP_FREE char *realm = mem_strdup(a->challenge.realm), *service = mem_strdup(a->challenge.service);
	struct net_token_answer answer = {0};
	struct err e = {0};
	t->busy = true;
	pthread_mutex_unlock(&a->mutex);
	int r = ask(a, realm, service, t->scope, progress, &answer, &e);
	pthread_mutex_lock(&a->mutex);
	drop_token(t);
	t->busy = false;
	t->fetches++;
	t->failure = e;
	if (r == 0) {
		uint64_t early = answer.life_ms / 10;
		t->token = steal_ptr(&answer.token);
		t->got_ms = clock_ms();
		t->renew_ms = t->got_ms + answer.life_ms - (early < RENEW_BEFORE_MS ? early : RENEW_BEFORE_MS);
	} else if (err) {
		*err = e;
	}
	pthread_cond_broadcast(&a->fetched);
	return r;
}

/* One that another thread asked for meanwhile is good, however short its life. */
static int wait_for_fetch(struct net_authorization *a, struct scope_token *t, struct err *err)
{
	unsigned fetches = t->fetches;
	t->waiting++;
	while (t->busy && t->fetches == fetches)
		pthread_cond_wait(&a->fetched, &a->mutex);
	t->waiting--;
	if (!t->failure.code)
		return 0;
	if (err)
		*err = t->failure;
	return -(int)t->failure.code;
}

static int bearer_header(struct net_authorization *a, const char *scope, const struct progress *progress, char **out,
			 struct err *err)
{
	struct scope_token *t = find_token(a, scope);
	int r = 0;
	if (!t)
		t = add_token(a, scope);
	if (!t)
		return err_set(err, ERR_LIMIT, "too-many-tokens", "%s: more than %d tokens at a time", a->name,
			       LIMIT_TOKENS);
	if (t->busy)
		r = wait_for_fetch(a, t, err);
	else if (!t->token || clock_ms() >= t->renew_ms)
		r = fetch(a, t, progress, err);
	if (r == 0 && t->token)
		*out = bearer(t->token);
	/* without a token (it was refused already) the request is sent all the same, and its 401 leads here again */
	return r;
}

/* ---- headers ---- */

static char *basic_header(const struct net_auth_credentials *c)
{
	if (!c->user)
		return NULL;
	CLEANUP_SECRET_BUF struct buf pair = {0};
	struct buf header = {0};
	size_t n = strlen(c->user) + strlen(c->password) + 1;
	buf_reserve(&pair, n);
	buf_printf(&pair, "%s:%s", c->user, c->password);
	buf_reserve(&header, 64 + n / 3 * 4 + 4); /* it does not grow */
	buf_str(&header, "Authorization: Basic ");
	base64_encode(pair.data, pair.len, &header);
	return buf_steal(&header);
}

int net_authorization_header(struct net_authorization *a, const char *scope, const struct progress *progress,
			     char **out, struct err *err)
{
	int r = 0;
	*out = NULL;
	pthread_mutex_lock(&a->mutex);
	if (a->challenge.scheme == NET_CHALLENGE_BASIC)
		*out = basic_header(&a->credentials);
	else if (a->challenge.scheme == NET_CHALLENGE_BEARER)
		r = bearer_header(a, scope, progress, out, err);
	pthread_mutex_unlock(&a->mutex);
	return r;
}

/* ---- refusals ---- */

static int choose(const struct net_authorization *a, const struct strlist *challenges, struct net_challenge *out,
		  struct err *err)
{
	struct err broken = {0};
	for (size_t i = 0; i < challenges->count && i < LIMIT_CHALLENGE_PARAMETERS; i++) {
		CLEANUP_NET_CHALLENGE struct net_challenge c = {0};
		struct err e = {0};
		if (net_challenge_parse(challenges->items[i], &c, &e) < 0)
			broken = e;
		if (c.scheme <= out->scheme)
			continue;
		net_challenge_done(out);
		*out = c;
		c = (struct net_challenge){0};
	}
	if (out->scheme != NET_CHALLENGE_NONE)
		return 0;
	if (broken.code)
		return err_set(err, broken.code, broken.id, "%s: %s", a->name, broken.msg);
	return err_set(err, ERR_DENIED, "auth-scheme-unsupported",
		       "%s wants an authorization that is neither Basic nor Bearer", a->name);
}

static int check_realm(const struct net_authorization *a, const char *realm, struct err *err)
{
	CLEANUP_NET_URL struct net_url u = {0};
	struct err e = {0};
	if (net_url_parse(realm, &u, &e) < 0)
		return err_set(err, ERR_PROTO, "token-server-malformed",
			       "%s names a token server that slim cannot use: %s", a->name, e.msg);
	if (a->https && strcmp(u.scheme, "https") != 0)
		return err_set(err, ERR_DENIED, "token-server-insecure",
			       "%s names a token server without TLS (%.200s), to which slim does not send credentials",
			       a->name, u.host);
	return 0;
}

static bool equal(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool asks_the_same(const struct net_challenge *a, const struct net_challenge *b)
{
	return a->scheme == b->scheme &&
	       (a->scheme == NET_CHALLENGE_BASIC || (equal(a->realm, b->realm) && equal(a->service, b->service)));
}

/* A bearer token, or the want of one: *again, if another one may do. */
static int refused_bearer(struct net_authorization *a, const struct net_challenge *c, const char *scope,
			  const char *sent, bool *again, struct err *err)
{
	struct scope_token *t = find_token(a, scope);
	bool had_token = sent && strncasecmp(sent, BEARER, strlen(BEARER)) == 0;
	/* None was sent, or it is not the last one any more: another thread got that meanwhile. */
	*again = !had_token || !t || t->busy || (t->token && strcmp(sent + strlen(BEARER), t->token) != 0);
	if (*again)
		return 0;
	bool too_little = c->error && strcasecmp(c->error, "insufficient_scope") == 0;
	if (t->token && !too_little) {
		t->in_a_row = clock_ms() - t->got_ms < FRESH_MS ? t->in_a_row + 1 : 1;
		drop_token(t);
	}
	*again = !too_little && t->in_a_row < 2;
	if (*again)
		return 0;
	t->in_a_row = 0;
	CLEANUP_FREE char *what = mem_printf("%s does not grant %.300s", a->name, scope);
	return denied(a, err, what);
}

static int refused_basic(struct net_authorization *a, const char *sent, bool *again, struct err *err)
{
	*again = !sent && a->credentials.user;
	if (*again)
		return 0;
	CLEANUP_FREE char *what =
	    mem_printf(sent                            ? "%s refuses user and password"
		       : a->credentials.identity_token ? "%s wants user and password, not an identity token"
						       : "%s wants user and password",
		       a->name);
	return denied(a, err, what);
}

int net_authorization_refused(struct net_authorization *a, const struct strlist *challenges, const char *scope,
			      const char *sent, bool *again, struct err *err)
{
	CLEANUP_NET_CHALLENGE struct net_challenge c = {0};
	int r = choose(a, challenges, &c, err);
	if (r == 0 && c.scheme == NET_CHALLENGE_BEARER)
		r = check_realm(a, c.realm, err);
	if (r < 0)
		return r;
	pthread_mutex_lock(&a->mutex);
	bool changed = a->challenge.scheme != NET_CHALLENGE_NONE && !asks_the_same(&a->challenge, &c);
	if (changed && ++a->changes > CHANGES_MAX) {
		r = err_set(err, ERR_PROTO, "authorization-loop", "%s asks for a different authorization each time",
			    a->name);
	} else if (changed) {
		for (size_t i = 0; i < a->n_tokens; i++)
			drop_token(a->tokens[i]);
		sent = NULL; /* it answered another question */
	}
	if (r == 0 && c.scheme == NET_CHALLENGE_BEARER)
		r = refused_bearer(a, &c, scope, sent, again, err);
	else if (r == 0)
		r = refused_basic(a, sent, again, err);
	net_challenge_done(&a->challenge);
	a->challenge = c;
	c = (struct net_challenge){0};
	pthread_mutex_unlock(&a->mutex);
	return r;
}
