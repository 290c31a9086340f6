#include "probe/openapi/schema/text.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "probe/openapi/schema/pattern.h"

#define LENGTH_MAX 4096

static const struct {
	const char *format, *value;
} formats[] = {
    {"date", "2024-01-15"},
    {"date-time", "2024-01-15T12:00:00Z"},
    {"time", "12:00:00Z"},
    {"duration", "P1D"},
    {"uuid", "3fa85f64-5717-4562-b3fc-2c963f66afa6"},
    {"email", "user@example.com"},
    {"idn-email", "user@example.com"},
    {"hostname", "localhost"},
    {"idn-hostname", "localhost"},
    {"ipv4", "127.0.0.1"},
    {"ipv6", "::1"},
    {"uri", "http://localhost/"},
    {"url", "http://localhost/"},
    {"iri", "http://localhost/"},
    {"uri-reference", "/"},
    {"iri-reference", "/"},
    {"uri-template", "/{id}"},
    {"json-pointer", "/key"},
    {"relative-json-pointer", "0"},
    {"regex", ".*"},
    {"byte", "c2xpbQ=="},
    {"base64", "c2xpbQ=="},
    {"binary", "slim"},
    {"password", "Passw0rd!"},
    {"phone", "+15555550100"},
    {"int32", "1"},
    {"int64", "1"},
    {"decimal", "1.5"},
};

/* Endings of names, whatever their case. */
static const struct {
	const char *ending, *value;
} names[] = {
    {"email", "user@example.com"}, {"mail", "user@example.com"}, {"url", "http://localhost/"},
    {"uri", "http://localhost/"},  {"password", "Passw0rd!"},    {"phone", "+15555550100"},
    {"date", "2024-01-15"},        {"timezone", "UTC"},          {"locale", "en-US"},
    {"currency", "EUR"},
};

static const char *by_format(const char *format)
{
	for (size_t i = 0; format && i < sizeof(formats) / sizeof(*formats); i++)
		if (strcasecmp(format, formats[i].format) == 0)
			return formats[i].value;
	return NULL;
}

static bool ends_with(const char *name, const char *ending)
{
	const size_t n = strlen(name), len = strlen(ending);
	return n >= len && strcasecmp(name + n - len, ending) == 0;
}

static const char *by_name(const char *name)
{
	if (!name)
		return NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (ends_with(name, names[i].ending))
			return names[i].value;
	/* "id", "petId", "pet_id"; but not "paid" */
	const size_t n = strlen(name);
	const bool id = strcasecmp(name, "id") == 0 || (n > 2 && strcmp(name + n - 2, "Id") == 0) ||
			(n > 2 && strcmp(name + n - 2, "ID") == 0) || ends_with(name, "_id") || ends_with(name, "-id");
	return id ? "1" : NULL;
}

static size_t length(const json_t *flat, const char *key, size_t none)
{
	json_t *v = json_object_get(flat, key);
	const json_int_t n = json_integer_value(v);
	return !json_is_integer(v) || n < 0 ? none : n > LENGTH_MAX ? LENGTH_MAX : (size_t)n;
}

char *openapi_text_make(const json_t *flat, const char *name)
{
	const char *pattern = json_string_value(json_object_get(flat, "pattern"));
	const char *known = by_format(json_string_value(json_object_get(flat, "format")));
	const size_t least = length(flat, "minLength", 0), most = length(flat, "maxLength", LENGTH_MAX);
	char *made = pattern ? openapi_pattern_make(pattern, least) : NULL;
	if (made && strlen(made) > most) {
		free(made);
		made = openapi_pattern_make(pattern, 0);
	}
	if (made)
		return made;
	if (!known)
		known = by_name(name);
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, known ? known : "string");
	while (b.len < least)
		buf_char(&b, b.data[b.len % 6]);
	if (b.len > most)
		b.data[b.len = most] = '\0';
	return buf_steal(&b);
}
