#include "cmd/options/surroundings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/options/ports.h"
#include "text/path.h"

#define HOSTNAME_MOST 64 /* HOST_NAME_MAX of Linux */
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

#define AT(member) offsetof(struct surroundings_flags, member)
static const struct option_row rows[] = {
    {"mount", 0, OPTION_LIST, AT(mounts), "SRC:DIR[:ro]", "bind a file or directory of this machine"},
    {"volume", 0, OPTION_LIST, AT(volumes), "DIR", "as if the image had this volume"},
    {"expose", 0, OPTION_LIST, AT(expose), "PORT", "as if the image exposed this port"},
    {"hostname", 0, OPTION_STRING, AT(hostname), "NAME", "of the container"},
    {"etc-hosts-map", 0, OPTION_LIST, AT(hosts), "NAME:ADDRESS", "one more line of /etc/hosts"},
};
const struct option_group surroundings_flags_group = OPTION_GROUP("Around the container", rows);

void surroundings_flags_done(struct surroundings_flags *f)
{
	strlist_done(&f->mounts);
	strlist_done(&f->volumes);
	strlist_done(&f->expose);
	strlist_done(&f->hosts);
}

void surroundings_done(struct surroundings *s)
{
	for (size_t i = 0; i < s->n_mounts; i++) {
		free(s->mounts[i].source);
		free(s->mounts[i].destination);
	}
	free(s->mounts);
	free(s->expose);
	strlist_done(&s->hosts);
	*s = (struct surroundings){0};
}

static int bad_mount(const char *text, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-value-invalid", "--mount takes SOURCE:DIRECTORY[:ro|:rw], not \"%s\"",
		       text);
}

static int check_destination(const char *path, struct err *err)
{
	if (path[0] != '/' || !path[strspn(path, "/")] || path_has_dotdot(path))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--mount: \"%s\" is not an absolute path below the container's root", path);
	return 0;
}

static int parse_mount(const char *text, struct runtime_bundle_mount *out, struct err *err)
{
	const char *colon = strchr(text, ':');
	if (!colon || colon == text)
		return bad_mount(text, err);
	size_t len = strcspn(colon + 1, ":");
	const char *mode = colon + 1 + len;
	bool read_only = strcmp(mode, ":ro") == 0;
	if (*mode && !read_only && strcmp(mode, ":rw") != 0)
		return bad_mount(text, err);
	CLEANUP_FREE char *source = mem_strndup(text, (size_t)(colon - text));
	CLEANUP_FREE char *destination = mem_strndup(colon + 1, len);
	int r = check_destination(destination, err);
	if (r < 0)
		return r;
	if (!strchr(source, '/'))
		return err_set(err, ERR_INVAL, "mount-is-volume",
			       "--mount: \"%s\" would be an engine's volume: name a directory of this machine (./%s)",
			       source, source);
	/* where it is absolute and without symlinks, it is the same for the runtime, whose directory is another one */
	char *real = realpath(source, NULL);
	if (!real)
		return err_sys(err, errno, "mount-source-open", "--mount: %s", source);
	*out = (struct runtime_bundle_mount){real, steal_ptr(&destination), read_only};
	return 0;
}

/* NAME:ADDRESS, as docker run --add-host has it: a line of hosts(5). */
static int add_host(const char *text, struct strlist *out, struct err *err)
{
	const char *colon = strchr(text, ':');
	size_t n = strspn(text, NAME_CHARS);
	struct in6_addr any;
	if (!colon || n == 0 || text + n != colon ||
	    (inet_pton(AF_INET, colon + 1, &any) != 1 && inet_pton(AF_INET6, colon + 1, &any) != 1))
		return err_set(err, ERR_INVAL, "option-value-invalid", "--etc-hosts-map takes NAME:ADDRESS, not \"%s\"",
			       text);
	strlist_take(out, mem_printf("%s\t%.*s", colon + 1, (int)n, text));
	return 0;
}

static int check_names(const struct surroundings_flags *f, struct err *err)
{
	const char *name = f->hostname;
	if (name && (!*name || name[strspn(name, NAME_CHARS)] || strlen(name) > HOSTNAME_MOST))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--hostname takes letters, digits, - and ., up to %d, not \"%s\"", HOSTNAME_MOST, name);
	for (size_t i = 0; i < f->volumes.count; i++)
		if (f->volumes.items[i][0] != '/' || path_has_dotdot(f->volumes.items[i]))
			return err_set(err, ERR_INVAL, "option-value-invalid",
				       "--volume takes an absolute path, not \"%s\"", f->volumes.items[i]);
	return 0;
}

int surroundings_init(struct surroundings *s, const struct surroundings_flags *f, struct err *err)
{
	int r = check_names(f, err);
	if (r == 0)
		r = ports_parse(&f->expose, "expose", &s->expose, &s->n_expose, err);
	for (size_t i = 0; r == 0 && i < f->hosts.count; i++)
		r = add_host(f->hosts.items[i], &s->hosts, err);
	s->mounts = mem_calloc(f->mounts.count, sizeof(*s->mounts));
	for (size_t i = 0; r == 0 && i < f->mounts.count; i++)
		if ((r = parse_mount(f->mounts.items[i], &s->mounts[s->n_mounts], err)) == 0)
			s->n_mounts++;
	return r;
}

void surroundings_use(const struct surroundings *s, const struct surroundings_flags *f,
		      struct pipeline_session_options *o)
{
	struct runtime_bundle_options *b = &o->record.bundle;
	b->hostname = f->hostname;
	b->hosts = &s->hosts;
	b->mounts = s->mounts;
	b->n_mounts = s->n_mounts;
	o->expose = s->expose;
	o->n_expose = s->n_expose;
	o->volumes = &f->volumes;
}
