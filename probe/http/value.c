#include "probe/http/value.h"

#include <ctype.h>
#include <jansson.h>
#include <pthread.h>
#include <regex.h>
#include <string.h>

#include "base/mem.h"
#include "text/json.h"

static const char *body_of(const struct net_answer *a, size_t *n)
{
	*n = a->body.len < PROBE_VALUE_BODY ? a->body.len : PROBE_VALUE_BODY;
	return a->body.data ? a->body.data : "";
}

/* ---- JSON ---- */

/* A token of a pointer, of n bytes, unescaped. */
static char *token_of(const char *s, size_t n)
{
	CLEANUP_BUF struct buf b = {0};
	for (size_t i = 0; i < n; i++)
		if (s[i] == '~' && i + 1 < n && (s[i + 1] == '0' || s[i + 1] == '1'))
			buf_char(&b, s[++i] == '0' ? '~' : '/');
		else
			buf_char(&b, s[i]);
	return buf_steal(&b);
}

static const json_t *member(const json_t *v, const char *token)
{
	char *end;
	if (json_is_object(v))
		return json_object_get(v, token);
	if (!json_is_array(v) || !isdigit((unsigned char)*token) || (token[0] == '0' && token[1]))
		return NULL;
	unsigned long i = strtoul(token, &end, 10);
	return *end ? NULL : json_array_get(v, i);
}

static const json_t *find(const json_t *v, const char *pointer)
{
	while (v && *pointer == '/') {
		size_t n = strcspn(++pointer, "/");
		CLEANUP_FREE char *token = token_of(pointer, n);
		v = member(v, token);
		pointer += n;
	}
	return v;
}

static char *text_of(const json_t *v, bool scalar)
{
	CLEANUP_BUF struct buf b = {0};
	if (!v || (scalar && (json_is_object(v) || json_is_array(v))))
		return NULL;
	if (json_is_string(v))
		return mem_strdup(json_string_value(v));
	if (json_is_integer(v))
		return mem_printf("%lld", (long long)json_integer_value(v));
	if (json_is_boolean(v))
		return mem_strdup(json_is_true(v) ? "true" : "false");
	if (json_is_null(v))
		return mem_strdup("null");
	char *text = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	buf_str(&b, text ? text : "");
	free(text);
	return buf_steal(&b);
}

char *probe_value_json(const struct net_answer *a, const char *pointer, bool scalar)
{
	/* The values of one body at a time, however many requests are under way. */
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	size_t n;
	const char *data = body_of(a, &n);
	pthread_mutex_lock(&one);
	json_t *v = json_loadb(data, n, JSON_DECODE_ANY, NULL);
	char *text = text_of(find(v, pointer), scalar);
	json_decref(v);
	pthread_mutex_unlock(&one);
	return text;
}

/* ---- text ---- */

static bool search(const char *pattern, const char *data, size_t n, regmatch_t group[2])
{
	regex_t re;
	if (regcomp(&re, pattern, REG_EXTENDED) != 0)
		return false;
	group[0] = (regmatch_t){.rm_so = 0, .rm_eo = (regoff_t)n};
	bool found = regexec(&re, data, 2, group, REG_STARTEND) == 0;
	if (found && re.re_nsub == 0)
		group[1].rm_so = -1;
	regfree(&re);
	return found;
}

bool probe_value_matches(const char *pattern, const char *data, size_t n)
{
	regmatch_t group[2];
	return search(pattern, data, n < PROBE_VALUE_BODY ? n : PROBE_VALUE_BODY, group);
}

char *probe_value_regex(const struct net_answer *a, const char *pattern)
{
	regmatch_t group[2];
	size_t n;
	const char *data = body_of(a, &n);
	if (!search(pattern, data, n, group))
		return NULL;
	const regmatch_t *m = group[1].rm_so >= 0 ? &group[1] : &group[0];
	return mem_strndup(data + m->rm_so, (size_t)(m->rm_eo - m->rm_so));
}

char *probe_value_segment(const struct net_answer *a, const char *header)
{
	const char *url = net_answer_header(a, header);
	if (!url)
		return NULL;
	size_t end = strcspn(url, "?#");
	while (end && url[end - 1] == '/')
		end--;
	size_t start = end;
	while (start && url[start - 1] != '/')
		start--;
	return start && start < end ? mem_strndup(url + start, end - start) : NULL;
}
