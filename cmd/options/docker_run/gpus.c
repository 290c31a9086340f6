#include "cmd/options/docker_run/gpus.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define MOST 64 /* GPUs of a machine */

struct request {
	char *devices; /* with commas between them; NULL = not named */
	char *capabilities;
	long count; /* -1 = all, 0 = not named */
};

static int malformed(const char *text, const char *field, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-value-invalid",
		       "--gpus takes all, a number, or the fields device=ID, count=N and capabilities=NAME of docker "
		       "run, not \"%s\" in \"%s\"",
		       field, text);
}

static bool parse_count(const char *text, long *out)
{
	char *end;
	*out = strcmp(text, "all") == 0 ? -1 : strtol(text, &end, 10);
	return *out == -1 ? strcmp(text, "all") == 0 || strcmp(text, "-1") == 0 : *out > 0 && *out <= MOST && !*end;
}

/* Tells whether text is a list of devices or capabilities that an environment variable can hold. */
static bool is_list(const char *text)
{
	return *text &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/,")] == '\0';
}

static void replace(char **at, const char *text)
{
	free(*at);
	*at = mem_strdup(text);
}

static bool parse_field(const char *field, struct request *r)
{
	const char *eq = strchr(field, '='), *value = eq ? eq + 1 : "";
	if (!eq)
		return parse_count(field, &r->count);
	if (strncmp(field, "count=", 6) == 0)
		return parse_count(value, &r->count);
	if (strncmp(field, "driver=", 7) == 0)
		return strcmp(value, "nvidia") == 0;
	if (strncmp(field, "device=", 7) == 0 && is_list(value))
		replace(&r->devices, value);
	else if (strncmp(field, "capabilities=", 13) == 0 && is_list(value))
		replace(&r->capabilities, value);
	else
		return false;
	return true;
}

/* Cuts the next field of the CSV out of *text. NULL = it is malformed. */
static char *next_field(char **text)
{
	const bool quoted = **text == '"';
	char *field = *text + quoted, *end = field + strcspn(field, quoted ? "\"" : ",");
	if (quoted && (!*end || (end[1] && end[1] != ',')))
		return NULL;
	*text = end + quoted + (end[quoted] == ',');
	*end = '\0';
	return field;
}

/* Adds the capabilities of the driver; "gpu" stands for none of them, because each GPU has it. */
static void add_capabilities(const char *names, struct strlist *env)
{
	static const char *const drivers[] = {"compute", "compat32", "graphics", "utility", "video", "display", "all"};
	CLEANUP_FREE char *copy = mem_strdup(names);
	CLEANUP_BUF struct buf b = {0};
	for (char *rest = copy, *name; (name = strsep(&rest, ","));)
		for (size_t i = 0; i < sizeof(drivers) / sizeof(*drivers); i++)
			if (strcmp(name, drivers[i]) == 0)
				buf_printf(&b, "%s%s", b.len ? "," : "", name);
	if (b.len)
		strlist_take(env, mem_printf("NVIDIA_DRIVER_CAPABILITIES=%s", b.data));
}

static void add_devices(const struct request *r, struct strlist *env)
{
	CLEANUP_BUF struct buf b = {0};
	if (r->devices || r->count <= 0)
		buf_str(&b, r->devices ? r->devices : "all");
	for (long i = 0; !r->devices && i < r->count; i++)
		buf_printf(&b, "%s%ld", i ? "," : "", i);
	strlist_take(env, mem_printf("NVIDIA_VISIBLE_DEVICES=%s", b.data));
}

int gpus_parse(const char *text, struct strlist *env, struct err *err)
{
	CLEANUP_FREE char *copy = mem_strdup(text), *devices = NULL, *capabilities = NULL;
	struct request r = {0};
	bool good = *text;
	for (char *rest = copy, *field; good && *rest;) {
		field = next_field(&rest);
		good = field && parse_field(field, &r);
	}
	devices = r.devices;
	capabilities = r.capabilities;
	if (!good || (devices && r.count))
		return malformed(text, text, err);
	add_devices(&r, env);
	if (capabilities)
		add_capabilities(capabilities, env);
	return 0;
}
