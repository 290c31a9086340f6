#include "transport/engine/endpoint.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/buf.h"
#include "base/mem.h"

#define FORMS "unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST"
#define URL_MAX 1024

void engine_endpoint_done(struct engine_endpoint *e)
{
	free(e->path);
	free(e->user);
	free(e->host);
	*e = (struct engine_endpoint){0};
}

static int refuse(const char *url, const char *why, struct err *err)
{
	CLEANUP_BUF struct buf shown = {0};
	buf_escape(&shown, url, strnlen(url, 200));
	return err_set(err, ERR_INVAL, "engine-address-malformed", "\"%s\" %s: an engine's address is " FORMS,
		       shown.data ? shown.data : "", why);
}

static bool only(const char *s, size_t n, const char *more)
{
	for (size_t i = 0; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= 'A' && s[i] <= 'Z') && !(s[i] >= '0' && s[i] <= '9') &&
		    !strchr(more, s[i]))
			return false;
	return true;
}

/* A leading dash would make an option of it. */
static bool is_word(const char *s, size_t n, const char *more)
{
	return n > 0 && s[0] != '-' && only(s, n, more);
}

/* HOST[:PORT], n bytes of s. */
static bool parse_host(const char *s, size_t n, bool brackets, struct engine_endpoint *e)
{
	const char *end = s + n, *host_end;
	if (n && *s == '[') {
		const char *close = memchr(s, ']', n);
		if (!close || close == s + 1 || !only(s + 1, (size_t)(close - s - 1), ":.%"))
			return false;
		host_end = close + 1;
		e->host =
		    brackets ? mem_strndup(s, (size_t)(host_end - s)) : mem_strndup(s + 1, (size_t)(close - s - 1));
	} else {
		const char *colon = memchr(s, ':', n);
		host_end = colon ? colon : end;
		if (!is_word(s, (size_t)(host_end - s), ".-_"))
			return false;
		e->host = mem_strndup(s, (size_t)(host_end - s));
	}
	if (host_end == end)
		return true;
	size_t digits = strspn(host_end + 1, "0123456789");
	if (*host_end != ':' || !digits || digits > 5 || host_end + 1 + digits != end)
		return false;
	e->port = (unsigned)strtoul(host_end + 1, NULL, 10);
	return e->port >= 1 && e->port <= 65535;
}

static int parse_unix(const char *url, const char *path, struct engine_endpoint *e, struct err *err)
{
	if (path[0] != '/')
		return refuse(url, "names no absolute path", err);
	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return refuse(url, "is longer than a socket's path may be", err);
	e->path = mem_strdup(path);
	return 0;
}

static int parse_tcp(const char *url, const char *rest, struct engine_endpoint *e, struct err *err)
{
	size_t n = strcspn(rest, "/");
	if (rest[n] && rest[n + 1])
		return refuse(url, "has a path behind its host", err);
	return parse_host(rest, n, true, e) ? 0 : refuse(url, "has no valid host and port", err);
}

static int parse_ssh(const char *url, const char *rest, struct engine_endpoint *e, struct err *err)
{
	size_t n = strcspn(rest, "/");
	const char *at = memchr(rest, '@', n);
	if (at) {
		if (memchr(rest, ':', (size_t)(at - rest)))
			return err_set(
			    err, ERR_INVAL, "engine-address-with-password",
			    "an engine's address contains a password, which ssh does not accept there: use a key");
		if (!is_word(rest, (size_t)(at - rest), "._-"))
			return refuse(url, "has no valid user", err);
		e->user = mem_strndup(rest, (size_t)(at - rest));
		n -= (size_t)(at + 1 - rest);
		rest = at + 1;
	}
	if (!parse_host(rest, n, false, e))
		return refuse(url, "has no valid host and port", err);
	const char *path = rest + n;
	if (!path[0] || !path[1])
		return 0;
	/* the remote shell reads it too */
	if (!only(path, strlen(path), "/._-"))
		return refuse(url, "has a path with other characters than letters, digits and /._-", err);
	e->path = mem_strdup(path);
	return 0;
}

static int parse(const char *url, struct engine_endpoint *e, struct err *err)
{
	static const struct {
		const char *scheme;
		enum engine_endpoint_kind kind;
		int (*parse)(const char *url, const char *rest, struct engine_endpoint *e, struct err *err);
	} forms[] = {
	    {"unix://", ENGINE_UNIX, parse_unix}, {"tcp://", ENGINE_TCP, parse_tcp}, {"ssh://", ENGINE_SSH, parse_ssh}};
	for (const char *s = url; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return refuse(url, "has control characters", err);
	if (strlen(url) > URL_MAX)
		return refuse(url, "is too long", err);
	if (strcmp(url, ENGINE_PODMAN_HERE) == 0) {
		e->kind = ENGINE_PODMAN;
		return 0;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t n = strlen(forms[i].scheme);
		if (strncmp(url, forms[i].scheme, n) != 0)
			continue;
		e->kind = forms[i].kind;
		return forms[i].parse(url, url + n, e, err);
	}
	if (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0)
		return refuse(url, "is written as tcp:// (with DOCKER_TLS_VERIFY=1 for TLS)", err);
	if (strncmp(url, "npipe://", 8) == 0 || strncmp(url, "fd://", 5) == 0)
		return err_set(err, ERR_UNSUPPORTED, "engine-address-unsupported",
			       "slim reaches no engine at %.5s...: write " FORMS, url);
	return refuse(url, "is not a form that slim knows", err);
}

int engine_endpoint_parse(const char *url, struct engine_endpoint *out, struct err *err)
{
	CLEANUP_ENGINE_ENDPOINT struct engine_endpoint e = {0};
	int r = parse(url, &e, err);
	if (r < 0)
		return r;
	*out = e;
	e = (struct engine_endpoint){0};
	return 0;
}
