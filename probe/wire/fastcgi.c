#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/wire/bytes.h"
#include "probe/wire/carrier.h"
#include "probe/wire/reach.h"

#define RECORD_MAX 65535
enum record { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, STDERR = 7 };

/* ---- the parameters ---- */

static void put_length(struct buf *out, size_t n)
{
	probe_bytes_put_be(out, n < 128 ? n : n | 0x80000000u, n < 128 ? 1 : 4);
}

static void put(struct buf *out, const char *name, const char *value)
{
	put_length(out, strlen(name));
	put_length(out, strlen(value));
	buf_str(out, name);
	buf_str(out, value);
}

/* The value that the user gave to a parameter, or NULL. */
static const char *given(const struct probe_carrier_request *q, const char *name)
{
	return q->params ? strlist_get_env(q->params, name) : NULL;
}

static bool is_file(int root, const char *dir, const char *path)
{
	struct stat st;
	CLEANUP_FREE char *whole = mem_printf("%s%s", dir, path);
	CLEANUP_FD int fd = root >= 0 ? fd_open_in_root(root, whole, O_PATH | O_CLOEXEC, 0, NULL) : -1;
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* The script of a request: its path below the document root, the path info behind it, and that root. */
struct script {
	const char *root;
	char *name, *info;
};

static void script_done(struct script *s)
{
	free(s->name);
	free(s->info);
}

/* Splits behind ".php", as fastcgi_split_path_info does; a directory's script is its index.php. */
static void split_path(const char *path, struct script *s)
{
	const size_t n = strcspn(path, "?");
	CLEANUP_FREE char *plain = mem_strndup(path, n);
	const char *end = plain;
	while ((end = strstr(end, ".php")) && end[4] && end[4] != '/')
		end += 4;
	if (end) {
		s->name = mem_strndup(plain, (size_t)(end + 4 - plain));
		s->info = mem_strdup(end + 4);
	} else {
		s->name = mem_printf("%s%s", plain, n && plain[n - 1] == '/' ? "index.php" : "");
		s->info = mem_strdup("");
	}
}

static void find_script(const struct exercise_target *t, const struct probe_carrier_request *q, struct script *s)
{
	static const char *const usual[] = {
	    "/var/www/html",   "/var/www/html/public", "/var/www", "/var/www/public", "/app", "/app/public", "/srv",
	    "/srv/app/public", "/usr/share/nginx/html"};
	static const char front[] = "/index.php"; /* "try_files $uri /index.php" of most applications */
	const char *root = given(q, "DOCUMENT_ROOT");
	split_path(q->path, s);
	s->root = root ? root : usual[0];
	if (t->root < 0 || (root && is_file(t->root, root, s->name)))
		return;
	const int tries =
	    strstr(q->path, ".php") ? 1 : 2; /* a script that is named is that one, even if it is not there */
	for (int second = 0; second < tries; second++) {
		const char *name = second ? front : s->name;
		for (size_t i = 0; i < (root ? 1 : sizeof(usual) / sizeof(usual[0])); i++) {
			const char *dir = root ? root : usual[i];
			if (!is_file(t->root, dir, name))
				continue;
			s->root = dir;
			if (second) {
				free(s->name);
				s->name = mem_strdup(front);
			}
			return;
		}
	}
}

static const char *value_of(const char *header)
{
	const char *value = strchr(header, ':');
	return value ? value + 1 + strspn(value + 1, " \t") : "";
}

static void put_headers(struct buf *out, const struct probe_carrier_request *q)
{
	for (size_t i = 0; q->headers && i < q->headers->count; i++) {
		const char *h = q->headers->items[i];
		const size_t n = strcspn(h, ":");
		CLEANUP_BUF struct buf name = {0};
		if (strncasecmp(h, "Content-Type:", 13) == 0 || strncasecmp(h, "Host:", 5) == 0)
			continue; /* they are put by themselves */
		buf_str(&name, "HTTP_");
		for (size_t k = 0; k < n; k++)
			buf_char(&name, (char)(h[k] == '-' ? '_' : toupper((unsigned char)h[k])));
		if (!given(q, name.data))
			put(out, name.data, value_of(h));
	}
}

static void put_given(struct buf *out, const struct probe_carrier_request *q)
{
	for (size_t i = 0; q->params && i < q->params->count; i++) {
		const char *value = strchr(q->params->items[i], '=');
		if (!value)
			continue;
		CLEANUP_FREE char *name = mem_strndup(q->params->items[i], (size_t)(value - q->params->items[i]));
		put(out, name, value + 1);
	}
}

static const char *header(const struct probe_carrier_request *q, const char *name)
{
	const size_t n = strlen(name);
	for (size_t i = 0; q->headers && i < q->headers->count; i++)
		if (strncasecmp(q->headers->items[i], name, n) == 0 && q->headers->items[i][n] == ':')
			return value_of(q->headers->items[i]);
	return NULL;
}

static void put_parameters(struct buf *out, const struct exercise_target *t, const struct probe_carrier_request *q)
{
	CLEANUP(script_done) struct script s = {0};
	find_script(t, q, &s);
	const char *query = strchr(q->path, '?'), *type = header(q, "Content-Type");
	const char *host = q->host ? q->host : header(q, "Host") ? header(q, "Host") : exercise_target_host(t, q->port);
	CLEANUP_FREE char *file = mem_printf("%s%s", s.root, s.name), *port = mem_printf("%u", q->port);
	CLEANUP_FREE char *length = q->body ? mem_printf("%zu", q->body->len) : mem_strdup("");
	CLEANUP_FREE char *uri = mem_strndup(q->path, strcspn(q->path, "?"));
	const char *const parameters[][2] = {
	    {"SCRIPT_FILENAME", file},
	    {"QUERY_STRING", query ? query + 1 : ""},
	    {"REQUEST_METHOD", q->method},
	    {"CONTENT_TYPE", type ? type : ""},
	    {"CONTENT_LENGTH", length},
	    {"SCRIPT_NAME", s.name},
	    {"PATH_INFO", s.info},
	    {"REQUEST_URI", q->path},
	    {"DOCUMENT_URI", uri},
	    {"DOCUMENT_ROOT", s.root},
	    {"SERVER_PROTOCOL", "HTTP/1.1"},
	    {"REQUEST_SCHEME", "http"},
	    {"GATEWAY_INTERFACE", "CGI/1.1"},
	    {"SERVER_SOFTWARE", "slim"},
	    {"REMOTE_ADDR", exercise_target_host(t, q->port)},
	    {"REMOTE_PORT", "49152"},
	    {"SERVER_ADDR", exercise_target_host(t, q->port)},
	    {"SERVER_PORT", port},
	    {"SERVER_NAME", host},
	    {"REDIRECT_STATUS", "200"},
	    {"HTTP_HOST", host},
	};
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		if (!given(q, parameters[i][0]))
			put(out, parameters[i][0], parameters[i][1]);
	put_headers(out, q);
	put_given(out, q);
}

/* ---- records ---- */

static void put_record(struct buf *out, enum record type, const void *data, size_t n)
{
	probe_bytes_put_be(out, 1, 1);
	probe_bytes_put_be(out, type, 1);
	probe_bytes_put_be(out, 1, 2); /* of the request */
	probe_bytes_put_be(out, n, 2);
	probe_bytes_put_be(out, 0, 2);
	buf_append(out, data, n);
}

/* A stream ends with an empty record. */
static void put_stream(struct buf *out, enum record type, const char *data, size_t n)
{
	for (size_t at = 0; at < n;) {
		size_t part = n - at < RECORD_MAX ? n - at : RECORD_MAX;
		put_record(out, type, data + at, part);
		at += part;
	}
	put_record(out, type, "", 0);
}

static int send_request(struct probe_wire *w, const struct exercise_target *t, const struct probe_carrier_request *q,
			struct err *err)
{
	static const char begin[8] = {0, 1}; /* a responder; the connection is closed at the end */
	CLEANUP_BUF struct buf parameters = {0}, all = {0};
	put_parameters(&parameters, t, q);
	put_record(&all, BEGIN_REQUEST, begin, sizeof(begin));
	put_stream(&all, PARAMS, parameters.data, parameters.len);
	put_stream(&all, STDIN, q->body ? q->body->data : NULL, q->body ? q->body->len : 0);
	return probe_wire_send(w, all.data, all.len, "the request", err);
}

static int check_end(const uint8_t *data, size_t n, struct err *err)
{
	static const char *const why[] = {"", "it takes only one request at a time", "it is overloaded",
					  "it is not a responder"};
	if (n < 5)
		return err_set(err, ERR_PROTO, "fastcgi-malformed", "the end of the request is cut off");
	if (data[4] == 0)
		return 0;
	return err_set(err, ERR_PROTO, "fastcgi-refused", "the request is refused: %s",
		       data[4] < 4 ? why[data[4]] : "the reason is unknown");
}

/* Reads records up to the last one; what the script wrote is in out. */
static int read_records(struct probe_wire *w, struct buf *out, struct err *err)
{
	for (bool ends = false; !ends;) {
		int r = probe_wire_need(w, 8, "an answer", err);
		if (r < 0)
			return r;
		const uint8_t *head = probe_wire_data(w);
		const size_t n = (size_t)head[4] << 8 | head[5], whole = 8 + n + head[6];
		if (head[0] != 1 || head[1] == 0 || head[1] > 11)
			return err_set(err, ERR_PROTO, "fastcgi-malformed", "this port does not speak FastCGI");
		if ((r = probe_wire_need(w, whole, "an answer", err)) < 0)
			return r;
		head = probe_wire_data(w);
		ends = head[1] == END_REQUEST;
		if (head[1] == STDOUT)
			buf_append(out, head + 8, n);
		if (ends && (r = check_end(head + 8, n, err)) < 0)
			return r;
		probe_wire_take(w, whole);
		if (out->len > LIMIT_HTTP_HEADER + LIMIT_HTTP_BODY)
			return 0;
	}
	return 0;
}

/* What a script writes: headers, a blank line, the body. */
static int parse_output(const struct buf *text, struct probe_carrier_answer *out, struct err *err)
{
	const char *at = text->data ? text->data : "", *end = at + text->len;
	const char *most = text->len > LIMIT_HTTP_HEADER ? at + LIMIT_HTTP_HEADER : end;
	int r = probe_carrier_headers(&at, most, out, err);
	if (r < 0)
		return r;
	if (most != end && at == most)
		return err_set(err, ERR_LIMIT, "carrier-header-too-large", "the answer's header has more than %u bytes",
			       LIMIT_HTTP_HEADER);
	if (!out->headers.count)
		return err_set(err, ERR_PROTO, "fastcgi-empty", "the script wrote no header");
	const char *status = probe_carrier_header(out, "Status");
	out->status = status ? atoi(status) : probe_carrier_header(out, "Location") ? 302 : 200;
	if (out->status < 100 || out->status > 999)
		return err_set(err, ERR_PROTO, "fastcgi-malformed", "the answer has no valid status");
	probe_carrier_body(out, at, (size_t)(end - at));
	return 0;
}

int probe_fastcgi_over(struct probe_wire *w, const struct exercise_target *t, const struct probe_carrier_request *q,
		       struct probe_carrier_answer *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = send_request(w, t, q, err);
	if (r == 0)
		r = read_records(w, &text, err);
	return r < 0 ? r : parse_output(&text, out, err);
}

int probe_fastcgi(const struct exercise_target *t, const struct probe_carrier_request *q,
		  struct probe_carrier_answer *out, struct err *err)
{
	CLEANUP_WIRE struct probe_wire w = {.fd = -1};
	*out = (struct probe_carrier_answer){0};
	int r = probe_wire_reach(&w, t, q->port, q->socket, q->timeout_ms, 0, err);
	return r < 0 ? r : probe_fastcgi_over(&w, t, q, out, err);
}
