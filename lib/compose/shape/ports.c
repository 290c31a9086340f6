#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "compose/shape/shape.h"
#include "compose/shape/shaper.h"

/* A published port: parts of one text or of one mapping. Empty = not given. */
struct parts {
	char *ip, *published, *target, *protocol;
};

static void parts_done(struct parts *p)
{
	free(p->ip);
	free(p->published);
	free(p->target);
	free(p->protocol);
}

struct range {
	unsigned first, last;
};

static bool read_range(const char *s, unsigned least, struct range *out)
{
	char *end;
	const size_t n = strspn(s, "0123456789");
	if (!n || n > 5)
		return false;
	out->first = out->last = (unsigned)strtoul(s, &end, 10);
	if (*end == '-') {
		const char *last = end + 1;
		const size_t m = strspn(last, "0123456789");
		if (!m || m > 5)
			return false;
		out->last = (unsigned)strtoul(last, &end, 10);
	}
	return !*end && out->first >= least && out->last <= 65535 && out->first <= out->last;
}

/* "[IP:][PUBLISHED:]TARGET[/PROTOCOL]" */
static void split(const char *text, struct parts *out)
{
	const char *slash = strrchr(text, '/'), *end = slash ? slash : text + strlen(text), *colon;
	CLEANUP_FREE char *rest = mem_strndup(text, (size_t)(end - text));
	out->protocol = mem_strdup(slash ? slash + 1 : "");
	colon = strrchr(rest, ':');
	out->target = mem_strdup(colon ? colon + 1 : rest);
	if (!colon)
		return;
	rest[colon - rest] = 0;
	colon = strrchr(rest, ':');
	out->published = mem_strdup(colon ? colon + 1 : rest);
	if (!colon)
		return;
	rest[colon - rest] = 0;
	const size_t n = strlen(rest);
	out->ip = n > 2 && rest[0] == '[' && rest[n - 1] == ']' ? mem_strndup(rest + 1, n - 2) : mem_strdup(rest);
}

static bool is_address(const char *s, bool *v6)
{
	unsigned char bytes[16];
	*v6 = inet_pton(AF_INET6, s, bytes) == 1;
	return *v6 || inet_pton(AF_INET, s, bytes) == 1;
}

static const char *given(const char *s)
{
	return s && *s ? s : NULL;
}

/* Adds the ports as docker run --publish takes them, one for each port of the container. */
static int add(struct compose_scope *s, const struct compose_at *at, const struct parts *p, json_t *all,
	       struct err *err)
{
	struct range target, published = {0};
	const char *protocol = given(p->protocol) ? p->protocol : "tcp";
	CLEANUP_BUF struct buf ip = {0};
	bool v6 = false;
	if (!p->target || !read_range(p->target, 1, &target))
		return compose_fail(
		    s, at, err, "compose-port-invalid",
		    "the container's port is not a number from 1 to 65535, or a range (8000-8010): %.100s",
		    p->target ? p->target : "it is missing");
	if (given(p->published) && !read_range(p->published, 0, &published))
		return compose_fail(s, at, err, "compose-port-invalid",
				    "the published port is not a number up to 65535, or a range: %.100s", p->published);
	if (strcmp(protocol, "tcp") != 0 && strcmp(protocol, "udp") != 0 && strcmp(protocol, "sctp") != 0)
		return compose_fail(s, at, err, "compose-port-invalid", "the protocol is not tcp, udp or sctp: %.100s",
				    protocol);
	if (given(p->ip) && !is_address(p->ip, &v6))
		return compose_fail(s, at, err, "compose-port-invalid", "it is not the address of a host: %.100s",
				    p->ip);
	const unsigned n = target.last - target.first, m = published.last - published.first;
	if (given(p->published) && m != n && n != 0)
		return compose_fail(s, at, err, "compose-port-invalid", "the ranges differ in their length");
	if (json_array_size(all) + n > LIMIT_COMPOSE_ITEMS)
		return compose_fail(s, at, err, "compose-too-large", "more than %d ports are given",
				    LIMIT_COMPOSE_ITEMS);
	buf_str(&ip, "");
	if (given(p->ip))
		buf_printf(&ip, v6 ? "[%s]:" : "%s:", p->ip);
	for (unsigned i = 0; i <= n; i++) {
		CLEANUP_BUF struct buf text = {0};
		buf_str(&text, ip.data);
		if (given(p->published) && m == n)
			buf_printf(&text, "%u:", published.first + i);
		else if (given(p->published))
			buf_printf(&text, "%u-%u:", published.first, published.last);
		else if (ip.len)
			buf_char(&text, ':');
		buf_printf(&text, "%u", target.first + i);
		if (strcmp(protocol, "tcp") != 0)
			buf_printf(&text, "/%s", protocol);
		json_array_append_new(all, json_string(text.data));
	}
	return 0;
}

static char *text_of(const json_t *object, const char *key)
{
	return mem_strdup(json_string_value(json_object_get(object, key)));
}

static int add_object(struct compose_scope *s, const struct compose_at *at, json_t *in, json_t *all, struct err *err)
{
	json_t *new = NULL;
	int e = compose_shape(s, at, COMPOSE_PORT, in, &new, err);
	if (e < 0)
		return e;
	struct parts p = {text_of(new, "host_ip"), text_of(new, "published"), text_of(new, "target"),
			  text_of(new, "protocol")};
	const char *mode = json_string_value(json_object_get(new, "mode"));
	if (mode && strcmp(mode, "host") != 0 && strcmp(mode, "ingress") != 0)
		e = compose_fail(s, COMPOSE_KEY(at, "mode"), err, "compose-port-invalid",
				 "the mode is neither host nor ingress: %.100s", mode);
	else
		e = add(s, at, &p, all, err);
	json_decref(new);
	parts_done(&p);
	return e;
}

int compose_shape_ports(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
			json_t **out, struct err *err)
{
	json_auto_t *all = json_array();
	CLEANUP_BUF struct buf text = {0};
	size_t i;
	json_t *v;
	(void)row;
	int e = compose_check_list(s, at, in, err);
	if (e < 0)
		return e;
	json_array_foreach (in, i, v) {
		if (compose_scalar(v, &text)) {
			struct parts p = {0};
			split(text.data, &p);
			e = add(s, COMPOSE_ITEM(at, i), &p, all, err);
			parts_done(&p);
		} else {
			e = add_object(s, COMPOSE_ITEM(at, i), v, all, err);
		}
		if (e < 0)
			return e;
	}
	*out = json_incref(all);
	return 0;
}
