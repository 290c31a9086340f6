#include "probe/crawl/site.h"

#include <string.h>

#include "base/limits.h"

char *probe_site_url(const struct probe_site *s, const char *scheme, const char *path)
{
	CLEANUP_FREE char *own = exercise_target_authority(s->target, s->port);
	bool v6 = strchr(s->host, ':');
	if (s->authority || s->target->name)
		return mem_printf("%s://%s%s", scheme, s->authority ? s->authority : own, path);
	return mem_printf("%s://%s%s%s:%u%s", scheme, v6 ? "[" : "", s->host, v6 ? "]" : "", s->port, path);
}

char *probe_site_address(const struct probe_site *s)
{
	return s->authority || s->target->name ? exercise_target_address(s->target, s->port) : NULL;
}

int probe_site_fetch(const struct probe_site *s, struct net_exchange_client *client, const char *method,
		     const char *path, const struct strlist *headers, unsigned timeout_ms, struct net_answer *out,
		     struct err *err)
{
	CLEANUP_FREE char *url = probe_site_url(s, s->scheme, path), *address = probe_site_address(s);
	const struct net_fetch_request q = {.method = method,
					    .url = url,
					    .address = address,
					    .unix_socket = s->unix_socket,
					    .version = s->version,
					    .headers = headers ? headers : s->headers,
					    .cert_file = s->cert_file,
					    .key_file = s->key_file,
					    .timeout_ms = timeout_ms,
					    .max_body = LIMIT_HTTP_BODY};
	return net_fetch(client, &q, s->target->progress, out, err);
}
