#include "probe/script/har.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/script/fields.h"
#include "probe/script/har_body.h"
#include "probe/script/headers.h"
#include "probe/script/origin.h"

struct reader {
	const char *what;
	const struct probe_har_options *options;
	struct probe_origin origin;
	struct probe_script *out;
	size_t number; /* of the entry, from 1 */
	size_t long_ones;
};

#define MALFORMED(h, err, fmt, ...)                                                                                    \
	err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s: entry %zu: " fmt, (h)->what, (h)->number,             \
		##__VA_ARGS__)

/* Whether a recorded header is not for another connection. */
static bool is_left_out(const struct reader *h, const char *name)
{
	static const char *const never[] = {"Connection", "Keep-Alive",     "Proxy-Connection",  "Proxy-Authorization",
					    "TE",         "Trailer",        "Transfer-Encoding", "Upgrade",
					    "Host",       "Content-Length", "Accept-Encoding",   NULL};
	if (*name == ':' || strncasecmp(name, "Sec-WebSocket-", 14) == 0)
		return true;
	for (size_t i = 0; never[i]; i++)
		if (strcasecmp(never[i], name) == 0)
			return true;
	return strcasecmp(name, "Cookie") == 0 && !h->options->cookies;
}

static int add_headers(const struct reader *h, const json_t *headers, struct probe_request *r, struct err *err)
{
	size_t i;
	json_t *v;
	json_array_foreach (headers, i, v) {
		const char *name = json_string_value(json_object_get(v, "name")),
			   *value = json_string_value(json_object_get(v, "value"));
		if (!name || !value)
			return MALFORMED(h, err, "a header has no name or no value");
		if (is_left_out(h, name))
			continue;
		CLEANUP_BUF struct buf text = {0};
		probe_fields_literal(&text, value,
				     strcspn(value, "\r\n")); /* Chromium joins equal ones by a line end */
		probe_headers_add(r, name, text.data);
	}
	return 0;
}

/* A browser's own extension: the messages of a WebSocket; the first one that was sent. */
static void add_message(const json_t *entry, struct probe_request *r)
{
	size_t i;
	json_t *m;
	json_array_foreach (json_object_get(entry, "_webSocketMessages"), i, m) {
		const char *type = json_string_value(json_object_get(m, "type")),
			   *data = json_string_value(json_object_get(m, "data"));
		if (type && data && strcmp(type, "send") == 0) {
			probe_fields_literal(&r->body, data, strlen(data));
			r->has_body = true;
			return;
		}
	}
}

static bool is_of_web(const char *url)
{
	static const char *const schemes[] = {"http://", "https://", "ws://", "wss://"};
	for (size_t i = 0; i < 4; i++)
		if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

static int read_entry(struct reader *h, const json_t *entry, struct err *err)
{
	const json_t *request = json_object_get(entry, "request");
	const char *method = json_string_value(json_object_get(request, "method")),
		   *url = json_string_value(json_object_get(request, "url"));
	struct err cause = {0};
	if (!method || !url)
		return MALFORMED(h, err, "it has no request with a method and a URL");
	if (!is_of_web(url)) {
		h->origin.left_out += h->origin.host != NULL;
		return 0;
	}
	if (strlen(url) > LIMIT_LINK) {
		h->long_ones++;
		return 0;
	}
	int e = probe_origin_add(&h->origin, method, url, h->out, &cause);
	if (e < 0)
		return MALFORMED(h, err, "\"%.200s\": %.200s", url, cause.msg);
	if (e == 0)
		return 0;
	struct probe_request *r = &h->out->requests[h->out->count - 1];
	if ((e = add_headers(h, json_object_get(request, "headers"), r, err)) < 0)
		return e;
	if (r->protocol == PROBE_WEBSOCKET) {
		add_message(entry, r);
		return 0;
	}
	const char *wrong = probe_har_body(json_object_get(request, "postData"), r);
	return wrong ? MALFORMED(h, err, "%s", wrong) : 0;
}

/* An upper bound of the values of a JSON text, in whose strings nothing counts. */
static size_t count_values(const char *data, size_t n)
{
	size_t count = 0;
	bool quoted = false;
	for (size_t i = 0; i < n; i++)
		if (data[i] == '"')
			quoted = !quoted;
		else if (quoted)
			i += data[i] == '\\';
		else
			count += data[i] == ',' || data[i] == '[' || data[i] == '{';
	return count;
}

/* jansson's values take more than ten times their text: what can't be a recording that is worth it is refused before.
 */
static int parse(const char *data, size_t n, const char *what, json_t **out, struct err *err)
{
	json_error_t at;
	if (n > LIMIT_HAR)
		return err_set(err, ERR_LIMIT, "input-too-large",
			       "%.300s is larger than %u bytes: save it without the answers' content", what, LIMIT_HAR);
	if (count_values(data, n) > LIMIT_HAR_VALUES)
		return err_set(err, ERR_LIMIT, "input-too-large", "%.300s has more than %d values", what,
			       LIMIT_HAR_VALUES);
	size_t bom = n >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* the specification allows it */
	if (!(*out = json_loadb(n ? data + bom : "", n - bom, JSON_ALLOW_NUL, &at)))
		return err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s, line %d: %s", what, at.line, at.text);
	return 0;
}

int probe_har_parse(const char *data, size_t n, const char *what, const struct probe_har_options *o,
		    struct probe_script *out, struct notes *notes, struct err *err)
{
	json_auto_t *root = NULL;
	size_t i, first = out->count;
	json_t *entry;
	int e = parse(data, n, what, &root, err);
	if (e < 0)
		return e;
	const json_t *entries = json_object_get(json_object_get(root, "log"), "entries");
	if (!json_is_array(entries) || json_array_size(entries) > LIMIT_PROBE_REQUESTS)
		return err_set(err, ERR_INVAL, "probe-file-malformed",
			       "%.300s has no \"log\" with up to %d \"entries\": it is not a HAR file", what,
			       LIMIT_PROBE_REQUESTS);
	struct reader h = {.what = what, .options = o, .out = out};
	json_array_foreach (entries, i, entry) {
		h.number++;
		if (e == 0)
			e = read_entry(&h, entry, err);
	}
	if (e == 0 && h.long_ones)
		notes_add(notes, "probe-urls-left-out", "%s: %zu URLs are longer than %d bytes, and were left out",
			  what, h.long_ones, LIMIT_LINK);
	if (e == 0)
		probe_origin_tell(&h.origin, what, notes);
	probe_origin_done(&h.origin);
	if (e == 0 && out->count == first)
		e = err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s has no request", what);
	return e < 0 ? e : probe_script_check(out, first, what, err);
}

int probe_har_read(const char *path, const struct probe_har_options *o, struct probe_script *out, struct notes *notes,
		   struct err *err)
{
	CLEANUP_BUF struct buf data = {0};
	int e = fd_read_file(AT_FDCWD, path, LIMIT_HAR, &data, err);
	return e < 0 ? e : probe_har_parse(data.data, data.len, path, o, out, notes, err);
}
