#include "net/auth/challenge.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

static const char tchar[] = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char token68[] = "-._~+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void net_challenge_done(struct net_challenge *c)
{
	free(c->realm);
	free(c->service);
	free(c->scope);
	free(c->error);
	*c = (struct net_challenge){0};
}

static const char *skip_space(const char *p)
{
	return p + strspn(p, " \t");
}

/* Commas that separate nothing are allowed in lists (RFC 9110, 5.6.1). */
static const char *skip_separators(const char *p)
{
	return p + strspn(p, " \t,");
}

static int broken(const char *why, struct err *err)
{
	return err_set(err, ERR_PROTO, "challenge-malformed", "the WWW-Authenticate header %s", why);
}

/* A token or quoted string at *p, taken out of its quotes. */
static int read_value(const char **p, struct buf *out, struct err *err)
{
	buf_append(out, "", 0);
	if (**p != '"') {
		/* URLs and scopes are no tokens by the letter, but some registries send them without quotes. */
		size_t n = 0;
		while ((unsigned char)(*p)[n] > 0x20 && (*p)[n] != 0x7f && (*p)[n] != ',' && (*p)[n] != '"')
			n++;
		buf_append(out, *p, n);
		*p += n;
		return n ? 0 : broken("has a parameter without a value", err);
	}
	const char *q = *p + 1;
	for (; *q && *q != '"'; q++) {
		if (*q == '\\' && !*++q)
			break;
		if (((unsigned char)*q < 0x20 && *q != '\t') || *q == 0x7f)
			return broken("has control characters", err);
		buf_char(out, *q);
	}
	if (!*q)
		return broken("ends within quotes", err);
	*p = q + 1;
	return 0;
}

static int take(struct net_challenge *c, const char *name, size_t n, struct buf *value, struct err *err)
{
	const struct {
		const char *name;
		char **out;
	} known[] = {{"realm", &c->realm}, {"service", &c->service}, {"scope", &c->scope}, {"error", &c->error}};
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strlen(known[i].name) != n || strncasecmp(known[i].name, name, n) != 0)
			continue;
		if (!*known[i].out)
			*known[i].out = buf_steal(value);
		else if (known[i].out != &c->scope) /* which may be several; we ask for what we need anyway */
			return broken("says a parameter twice", err);
	}
	return 0;
}

/* Whether a name, "=" and a value follow; *n: the name's length. */
static bool is_parameter(const char *p, size_t *n, const char **value)
{
	*n = strspn(p, tchar);
	const char *q = skip_space(p + *n);
	if (!*n || *q != '=')
		return false;
	*value = skip_space(q + 1);
	return true;
}

/* What follows a scheme instead of parameters: to the end of this challenge. */
static const char *skip_token68(const char *p)
{
	const char *q = p + strspn(p, token68);
	q = skip_space(q + strspn(q, "="));
	return q > p && (!*q || *q == ',') ? q : NULL;
}

/* One challenge, from its scheme on; *p: at the next one or at the end. */
static int read_challenge(const char **p, unsigned *parameters, struct net_challenge *out, struct err *err)
{
	size_t n = strspn(*p, tchar);
	if (!n || ((*p)[n] && !strchr(" \t,", (*p)[n])))
		return broken("has no scheme where one should be", err);
	if (n == 5 && strncasecmp(*p, "Basic", n) == 0)
		out->scheme = NET_CHALLENGE_BASIC;
	else if (n == 6 && strncasecmp(*p, "Bearer", n) == 0)
		out->scheme = NET_CHALLENGE_BEARER;
	const char *q = skip_space(*p + n), *value, *end = skip_token68(q);
	if (end) {
		*p = skip_separators(end);
		return 0;
	}
	while (is_parameter(q = skip_separators(q), &n, &value)) {
		const char *name = q;
		CLEANUP_BUF struct buf text = {0};
		if (++*parameters > LIMIT_CHALLENGE_PARAMETERS)
			return broken("has too many parameters", err);
		q = value;
		int r = read_value(&q, &text, err);
		if (r == 0)
			r = take(out, name, n, &text, err);
		if (r < 0)
			return r;
		q = skip_space(q);
		if (*q && *q != ',')
			return broken("has no comma between two parameters", err);
	}
	*p = q;
	return 0;
}

int net_challenge_parse(const char *header, struct net_challenge *out, struct err *err)
{
	if (strlen(header) > LIMIT_CHALLENGE)
		return broken("is too large", err);
	CLEANUP_NET_CHALLENGE struct net_challenge best = {0};
	unsigned parameters = 0;
	const char *p = skip_separators(header);
	if (!*p)
		return broken("is empty", err);
	while (*p) {
		CLEANUP_NET_CHALLENGE struct net_challenge c = {0};
		int r = read_challenge(&p, &parameters, &c, err);
		if (r < 0)
			return r;
		/* without a realm nobody knows where the token server is */
		if (c.scheme == NET_CHALLENGE_BEARER && (!c.realm || !c.realm[0]))
			continue;
		if (c.scheme > best.scheme) {
			net_challenge_done(&best);
			best = c;
			c = (struct net_challenge){0};
		}
	}
	*out = best;
	best = (struct net_challenge){0};
	return 0;
}
