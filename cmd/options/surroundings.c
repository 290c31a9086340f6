#include "cmd/options/surroundings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/options/docker_run/mounts.h"
#include "cmd/options/network_flags.h"
#include "cmd/options/ports.h"
#include "text/path.h"

#define HOSTNAME_MOST 64 /* HOST_NAME_MAX of Linux */
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

#define AT(member) offsetof(struct surroundings_flags, member)
static const struct option_row rows[] = {
    {"mount", 0, OPTION_LIST, AT(mounts), "SRC:PATH[:ro]", "mount a file or directory of this machine in the container",
     OPTION_COMMON},
    {"tmpfs", 0, OPTION_LIST, AT(tmpfs), "PATH[:OPTIONS]", "mount an empty directory in memory"},
    {"device", 0, OPTION_LIST, AT(devices), "DEVICE[:PATH][:rwm]", "let the container use a device of this machine"},
    {"volume", 0, OPTION_LIST, AT(volumes), "PATH", "run the image as if it declared this volume"},
    {"expose", 0, OPTION_LIST, AT(expose), "PORT", "run the image as if it exposed this port"},
    {"hostname", 0, OPTION_STRING, AT(hostname), "NAME", "set the host name of the container"},
    {"etc-hosts-map", 0, OPTION_LIST, AT(hosts), "NAME:ADDRESS",
     "add a line to /etc/hosts of the container, like --add-host"},
};
const struct option_group surroundings_flags_group = OPTION_GROUP("Mounts and names of the container", rows);

void surroundings_flags_done(struct surroundings_flags *f)
{
	strlist_done(&f->mounts);
	strlist_done(&f->tmpfs);
	strlist_done(&f->devices);
	strlist_done(&f->volumes);
	strlist_done(&f->expose);
	strlist_done(&f->hosts);
}

void surroundings_done(struct surroundings *s)
{
	mounts_done(s->mounts, s->n_mounts);
	free(s->expose);
	strlist_done(&s->hosts);
	*s = (struct surroundings){0};
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

static int add_mounts(struct surroundings *s, const struct strlist *texts,
		      int (*parse)(const char *text, struct runtime_bundle_mount *out, struct err *err),
		      struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < texts->count; i++)
		if ((r = parse(texts->items[i], &s->mounts[s->n_mounts], err)) == 0)
			s->n_mounts++;
	return r;
}

int surroundings_init(struct surroundings *s, const struct surroundings_flags *f, struct err *err)
{
	int r = check_names(f, err);
	if (r == 0)
		r = ports_parse(&f->expose, "expose", &s->expose, &s->n_expose, err);
	for (size_t i = 0; r == 0 && i < f->hosts.count; i++)
		r = network_flags_add_host(f->hosts.items[i], "etc-hosts-map", NULL, &s->hosts, err);
	s->mounts = mem_calloc(f->mounts.count + f->tmpfs.count + f->devices.count, sizeof(*s->mounts));
	if (r == 0)
		r = add_mounts(s, &f->tmpfs, mounts_parse_tmpfs, err);
	if (r == 0)
		r = add_mounts(s, &f->mounts, mounts_parse_bind, err);
	return r == 0 ? add_mounts(s, &f->devices, mounts_parse_device, err) : r;
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
