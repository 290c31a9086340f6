#include "probe/script/seen.h"

#include <string.h>

bool probe_seen_is_new(struct probe_seen *seen, const struct probe_script *s)
{
	const struct probe_request *r = &s->requests[s->count - 1];
	CLEANUP_BUF struct buf key = {0};
	CLEANUP_FREE char *text = mem_printf("%s %s %s", r->method, r->host ? r->host : "", r->path);
	buf_escape(&key, text, strlen(text)); /* a path may have any bytes, a JSON key not */
	if (!seen->keys)
		seen->keys = json_object();
	if (json_object_get(seen->keys, key.data))
		return false;
	json_object_set_new(seen->keys, key.data, json_null());
	return true;
}

void probe_seen_done(struct probe_seen *seen)
{
	json_decref(seen->keys);
	seen->keys = NULL;
}
