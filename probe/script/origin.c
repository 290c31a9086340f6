#include "probe/script/origin.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/url.h"
#include "probe/script/fields.h"

/* The URL with http or https in place of ws or wss. */
static char *as_http(const char *url, bool *websocket)
{
	*websocket = strncasecmp(url, "ws://", 5) == 0 || strncasecmp(url, "wss://", 6) == 0;
	return *websocket ? mem_printf("http%s", url + 2) : mem_strdup(url);
}

int probe_origin_add(struct probe_origin *o, const char *method, const char *url, struct probe_script *out,
		     struct err *err)
{
	CLEANUP_NET_URL struct net_url u = {0};
	CLEANUP_BUF struct buf path = {0};
	bool websocket;
	CLEANUP_FREE char *http = as_http(url, &websocket);
	int e = net_url_parse(http, &u, err);
	if (e < 0)
		return e;
	const bool local = net_url_is_loopback(http);
	const char *host = local ? "localhost" : u.host;
	if (!o->host)
		o->host = mem_strdup(host);
	if (strcasecmp(o->host, host) != 0) {
		o->left_out++;
		return 0;
	}
	o->taken++;
	probe_fields_literal(&path, u.path, strlen(u.path));
	struct probe_request *r = probe_script_add(out, method, path.data);
	if (websocket)
		r->protocol = PROBE_WEBSOCKET;
	const bool usual = u.port == (strcmp(u.scheme, "https") == 0 ? 443 : 80);
	if (!local)
		r->host = usual ? mem_strdup(u.host) : mem_printf("%s:%u", u.host, u.port);
	return 1;
}

void probe_origin_tell(const struct probe_origin *o, const char *what, struct notes *notes)
{
	if (o->left_out)
		notes_add(notes, "probe-urls-left-out", "%s: %zu of %zu URLs are not of %s, and were left out", what,
			  o->left_out, o->taken + o->left_out, o->host);
}

void probe_origin_done(struct probe_origin *o)
{
	free(o->host);
	*o = (struct probe_origin){0};
}
