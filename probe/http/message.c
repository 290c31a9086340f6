#include "probe/http/message.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "probe/http/multipart.h"
#include "probe/http/variables.h"
#include "text/base64.h"

void probe_message_done(struct probe_message *m)
{
	for (size_t i = 0; i < m->headers.count; i++)
		explicit_bzero(m->headers.items[i], strlen(m->headers.items[i]));
	free(m->path);
	strlist_done(&m->headers);
	buf_done(&m->body);
	*m = (struct probe_message){0};
}

static int expand(const struct strlist *variables, const char *text, enum probe_place place, char **out,
		  struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	int r = probe_variables_expand(variables, text, strlen(text), place, &b, err);
	if (r == 0)
		*out = buf_steal(&b);
	return r;
}

/* Return the value of the header of that name, NULL = it is not set. */
static const char *header(const struct probe_message *m, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < m->headers.count; i++) {
		const char *line = m->headers.items[i];
		if (strncasecmp(line, name, n) == 0 && line[n] == ':')
			return line + n + 1 + strspn(line + n + 1, " \t");
	}
	return NULL;
}

static int add_headers(struct probe_message *m, const struct strlist *variables, struct err *err)
{
	for (size_t i = 0; i < m->request->headers.count; i++) {
		char *line = NULL;
		int r = expand(variables, m->request->headers.items[i], PROBE_PLACE_TEXT, &line, err);
		if (r < 0)
			return r;
		strlist_take(&m->headers, line);
		if (strpbrk(line, "\r\n"))
			return err_set(err, ERR_INVAL, "request-header-invalid",
				       "not sent: a variable puts a line break into header %s",
				       m->request->headers.items[i]);
	}
	return 0;
}

static int add_credentials(struct probe_message *m, const struct strlist *variables, struct err *err)
{
	const struct probe_request *q = m->request;
	CLEANUP_FREE char *user = NULL, *password = NULL, *token = NULL;
	int r = 0;
	if (q->bearer) {
		if ((r = expand(variables, q->bearer, PROBE_PLACE_TEXT, &token, err)) == 0)
			strlist_take(&m->headers, mem_printf("Authorization: Bearer %s", token));
		return r;
	}
	if (!q->user)
		return 0;
	r = expand(variables, q->user, PROBE_PLACE_TEXT, &user, err);
	if (r == 0)
		r = expand(variables, q->password ? q->password : "", PROBE_PLACE_TEXT, &password, err);
	if (r < 0)
		return r;
	CLEANUP_FREE char *both = mem_printf("%s:%s", user, password);
	CLEANUP_BUF struct buf line = {0};
	buf_str(&line, "Authorization: Basic ");
	base64_encode(both, strlen(both), &line);
	strlist_take(&m->headers, buf_steal(&line));
	return 0;
}

static bool is_type(const char *type, const char *name)
{
	size_t n = strlen(name);
	return strncasecmp(type, name, n) == 0 && (!type[n] || strchr("; \t", type[n]));
}

static enum probe_place place_in_body(const char *type)
{
	size_t n = type ? strcspn(type, "; \t") : 0;
	if (n && is_type(type, "application/x-www-form-urlencoded"))
		return PROBE_PLACE_FORM;
	if (n && (is_type(type, "application/json") || (n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0)))
		return PROBE_PLACE_JSON;
	return PROBE_PLACE_TEXT;
}

/* Methods that usually have a body: if it is empty, they send a length of 0. */
static bool wants_body(const char *method)
{
	return strcasecmp(method, "POST") == 0 || strcasecmp(method, "PUT") == 0 || strcasecmp(method, "PATCH") == 0;
}

static int add_body(struct probe_message *m, const struct strlist *variables, struct err *err)
{
	const struct probe_request *q = m->request;
	m->has_body = q->n_parts || q->has_body || wants_body(q->method);
	if (q->n_parts) {
		CLEANUP_FREE char *type = NULL;
		int r = probe_multipart_write(q, variables, &m->body, &type, err);
		if (r == 0 && !header(m, "Content-Type"))
			strlist_take(&m->headers, mem_printf("Content-Type: %s", type));
		return r;
	}
	if (!q->body.len)
		return 0;
	return probe_variables_expand(variables, q->body.data, q->body.len, place_in_body(header(m, "Content-Type")),
				      &m->body, err);
}

int probe_message_make(const struct probe_request *q, const struct strlist *variables, struct probe_message *out,
		       struct err *err)
{
	CLEANUP_PROBE_MESSAGE struct probe_message m = {.request = q};
	int r = expand(variables, q->path, PROBE_PLACE_PATH, &m.path, err);
	if (r == 0 && strlen(m.path) > LIMIT_LINK)
		r = err_set(err, ERR_LIMIT, "probe-variable-too-large", "not sent: the path is too long");
	if (r == 0)
		r = add_headers(&m, variables, err);
	if (r == 0 && !header(&m, "Authorization"))
		r = add_credentials(&m, variables, err);
	if (r == 0)
		r = add_body(&m, variables, err);
	if (r < 0)
		return r;
	*out = m;
	m = (struct probe_message){0};
	return 0;
}
