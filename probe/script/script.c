#include "probe/script/script.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define REPEAT_MAX 10000
#define CONCURRENCY_MAX 64
#define PATTERN_MAX 4096 /* bytes: a longer one takes regcomp too long */

struct probe_request *probe_script_add(struct probe_script *s, const char *method, const char *path)
{
	s->requests = mem_grow(s->requests, s->count, &s->cap, sizeof(*s->requests));
	s->requests[s->count] = (struct probe_request){.method = mem_strdup(method), .path = mem_strdup(path)};
	return &s->requests[s->count++];
}

/* Room for one more behind n: as many as the next power of two, so that no list costs its square. */
static void *grown(void *array, size_t n, size_t size)
{
	return n & (n - 1) ? array : mem_realloc(array, n ? 2 * n : 1, size);
}

bool probe_script_has_http(const struct probe_script *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->requests[i].protocol != PROBE_TCP)
			return true;
	return false;
}

void probe_request_capture(struct probe_request *r, enum probe_capture_from from, const char *name, const char *where)
{
	r->captures = grown(r->captures, r->n_captures, sizeof(*r->captures));
	r->captures[r->n_captures++] = (struct probe_capture){from, mem_strdup(name), mem_strdup(where), false};
}

void probe_request_check(struct probe_request *r, enum probe_check_of of, const char *where, const char *pattern,
			 bool fails)
{
	r->checks = grown(r->checks, r->n_checks, sizeof(*r->checks));
	r->checks[r->n_checks++] = (struct probe_check){of, mem_strdup(where), mem_strdup(pattern), fails};
}

void probe_request_status(struct probe_request *r, int first, int last)
{
	r->statuses = grown(r->statuses, r->n_statuses, sizeof(*r->statuses));
	r->statuses[r->n_statuses++] = (struct probe_status_range){first, last};
}

struct probe_part *probe_request_part(struct probe_request *r, const char *name, const char *file_name,
				      const char *type)
{
	r->parts = grown(r->parts, r->n_parts, sizeof(*r->parts));
	r->parts[r->n_parts] = (struct probe_part){mem_strdup(name), mem_strdup(file_name), mem_strdup(type), {0}};
	return &r->parts[r->n_parts++];
}

/* ---- what is allowed ---- */

static bool is_method(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");
	return n > 0 && n <= 32 && !s[n];
}

static bool is_path(const char *s)
{
	if (*s != '/' || strlen(s) > LIMIT_LINK)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return false;
	return true;
}

static bool is_header(const char *s)
{
	size_t n = strcspn(s, ": \t\r\n");
	return n > 0 && s[n] == ':' && !strpbrk(s, "\r\n");
}

static bool is_pattern(const char *s)
{
	regex_t re;
	if (strlen(s) > PATTERN_MAX || regcomp(&re, s, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	regfree(&re);
	return true;
}

static bool is_pointer(const char *s)
{
	return !*s || *s == '/';
}

/* Return the fault of the expected answer, and the wrong value; NULL = no fault. */
static const char *fault_of_answer(const struct probe_request *r, const char **value)
{
	for (size_t i = 0; i < r->n_captures; i++) {
		const struct probe_capture *c = &r->captures[i];
		*value = c->where;
		if (c->from == PROBE_CAPTURE_REGEX && !is_pattern(c->where))
			return "is not a regular expression";
		if (c->from == PROBE_CAPTURE_JSON && !is_pointer(c->where))
			return "is not a JSON pointer (/key/0/key)";
		*value = c->name;
		if (!*c->name ||
		    c->name[strspn(c->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")])
			return "is not a name of a variable";
	}
	for (size_t i = 0; i < r->n_checks; i++) {
		const struct probe_check *c = &r->checks[i];
		*value = c->pattern;
		if (!is_pattern(c->pattern))
			return "is not a regular expression";
		*value = c->where;
		if (c->of == PROBE_CHECK_JSON && !is_pointer(c->where))
			return "is not a JSON pointer (/key/0/key)";
	}
	for (size_t i = 0; i < r->n_statuses; i++)
		if (r->statuses[i].first < 100 || r->statuses[i].last > 599 ||
		    r->statuses[i].first > r->statuses[i].last)
			return *value = "", "has a status that is not between 100 and 599";
	return NULL;
}

static const char *fault_of(const struct probe_request *r, const char **value)
{
	*value = r->method;
	if (!is_method(r->method))
		return "is not a method";
	*value = r->path;
	if (!is_path(r->path))
		return "is not a path: it begins with a slash and has no blanks (%20)";
	for (size_t i = 0; i < r->headers.count; i++)
		if (!is_header(r->headers.items[i]))
			return *value = r->headers.items[i], "is not a header (Name: value)";
	*value = r->socket ? r->socket : "";
	if (r->socket && (r->socket[0] != '/' || strlen(r->socket) > LIMIT_PATH))
		return "is not an absolute path of a socket";
	*value = r->host ? r->host : "";
	if (r->host && (!*r->host || strpbrk(r->host, " \t\r\n/")))
		return "is not a host";
	*value = "";
	if (r->repeat > REPEAT_MAX)
		return "is repeated more than 10000 times";
	if (r->concurrency > CONCURRENCY_MAX)
		return "is sent more than 64 times at once";
	return fault_of_answer(r, value);
}

int probe_script_check(const struct probe_script *s, size_t first, const char *origin, struct err *err)
{
	const char *value;
	for (size_t i = first; i < s->count; i++) {
		const char *fault = fault_of(&s->requests[i], &value);
		if (fault)
			return err_set(err, ERR_INVAL, "probe-request-malformed", "%s: request %zu: %s%s%s%s", origin,
				       i - first + 1, *value ? "\"" : "", value, *value ? "\" " : "", fault);
	}
	return 0;
}

/* ---- end ---- */

static void request_done(struct probe_request *r)
{
	for (size_t i = 0; i < r->n_captures; i++) {
		free(r->captures[i].name);
		free(r->captures[i].where);
	}
	for (size_t i = 0; i < r->n_checks; i++) {
		free(r->checks[i].where);
		free(r->checks[i].pattern);
	}
	for (size_t i = 0; i < r->n_parts; i++) {
		free(r->parts[i].name);
		free(r->parts[i].file_name);
		free(r->parts[i].type);
		buf_done(&r->parts[i].data);
	}
	char *const strings[] = {r->name,     r->method, r->scheme,    r->host,     r->path,  r->user,
				 r->password, r->bearer, r->cert_file, r->key_file, r->socket};
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		free(strings[i]);
	strlist_done(&r->headers);
	strlist_done(&r->params);
	buf_done(&r->body);
	free(r->captures);
	free(r->checks);
	free(r->parts);
	free(r->statuses);
}

void probe_script_drop(struct probe_script *s)
{
	request_done(&s->requests[--s->count]);
}

void probe_script_done(struct probe_script *s)
{
	for (size_t i = 0; i < s->count; i++)
		request_done(&s->requests[i]);
	free(s->requests);
	*s = (struct probe_script){0};
}
