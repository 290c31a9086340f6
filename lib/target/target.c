#include "target/target.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char forms[] =
    "a target is http://HOST[:PORT]/, https://..., NAME of a container, docker:NAME, podman:NAME "
    "or pid:NUMBER";

static int bad(const char *text, struct err *err)
{
	return err_set(err, ERR_INVAL, "target-invalid", "%s, not \"%s\"", forms, text);
}

/* The number behind pid:. */
static int parse_pid(const char *text, const char *number, struct target *out, struct err *err)
{
	char *end;
	unsigned long n = strtoul(number, &end, 10);
	if (*number < '0' || *number > '9' || *end || n == 0 || n > INT_MAX)
		return bad(text, err);
	out->kind = TARGET_PROCESS;
	out->pid = (pid_t)n;
	return 0;
}

/* The characters that engines accept in names; ids have the same. */
static bool is_name(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	return *s && strchr(letters, *s) && strlen(s) <= 255 &&
	       !s[strspn(s + 1, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"0123456789_.-") +
		  1];
}

static int parse_container(const char *text, const char *name, enum oci_scheme engine, struct target *out,
			   struct err *err)
{
	if (!is_name(name))
		return bad(text, err);
	out->kind = TARGET_CONTAINER;
	out->name = mem_strdup(name);
	out->engine = engine;
	return 0;
}

static int parse_url(const char *text, struct target *out, struct err *err)
{
	CLEANUP_FREE char *without = mem_strndup(text, strcspn(text, "#"));
	int r = net_url_parse(without, &out->url, err);
	out->kind = TARGET_URL;
	return r;
}

int target_parse(const char *text, struct target *out, struct err *err)
{
	static const struct {
		const char *prefix;
		enum oci_scheme engine;
	} engines[] = {
	    {"docker-daemon:", OCI_SCHEME_DOCKER_DAEMON},
	    {"docker:", OCI_SCHEME_DOCKER_DAEMON},
	    {"containers-storage:", OCI_SCHEME_CONTAINERS_STORAGE},
	    {"podman:", OCI_SCHEME_CONTAINERS_STORAGE},
	};
	*out = (struct target){0};
	if (strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0)
		return parse_url(text, out, err);
	if (strncmp(text, "pid:", 4) == 0)
		return parse_pid(text, text + 4, out, err);
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (strncmp(text, engines[i].prefix, strlen(engines[i].prefix)) == 0)
			return parse_container(text, text + strlen(engines[i].prefix), engines[i].engine, out, err);
	return parse_container(text, text, OCI_SCHEME_NONE, out, err);
}

void target_done(struct target *t)
{
	net_url_done(&t->url);
	free(t->name);
	*t = (struct target){0};
}
