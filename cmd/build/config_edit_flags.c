#include "cmd/build/config_edit_flags.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/options/ports.h"
#include "text/words.h"

#define AT(member) offsetof(struct config_edit_flags, member)
static const struct option_row rows[] = {
    {"new-entrypoint", 0, OPTION_STRING, AT(entrypoint), "CMD", "set the entrypoint of the result; ' ' removes it"},
    {"new-cmd", 0, OPTION_STRING, AT(cmd), "CMD", "set the command of the result; ' ' removes it"},
    {"new-workdir", 0, OPTION_STRING, AT(workdir), "PATH", "set the working directory of the result"},
    {"new-env", 0, OPTION_LIST, AT(env), "NAME=VALUE", "set an environment variable in the result"},
    {"new-label", 0, OPTION_LIST, AT(labels), "NAME=VALUE", "set a label of the result"},
    {"new-volume", 0, OPTION_LIST, AT(volumes), "PATH", "add a volume to the result"},
    {"new-expose", 0, OPTION_LIST, AT(expose), "PORT", "add an exposed port to the result"},
    {"remove-env", 0, OPTION_LIST, AT(remove_env), "NAME", "remove an environment variable from the result"},
    {"remove-label", 0, OPTION_LIST, AT(remove_labels), "NAME", "remove a label from the result"},
    {"remove-volume", 0, OPTION_LIST, AT(remove_volumes), "PATH", "remove a volume from the result"},
    {"remove-expose", 0, OPTION_LIST, AT(remove_expose), "PORT", "remove an exposed port from the result"},
};
const struct option_group config_edit_flags_group = OPTION_GROUP("Configuration of the result", rows);

void config_edit_flags_done(struct config_edit_flags *f)
{
	strlist_done(&f->env);
	strlist_done(&f->labels);
	strlist_done(&f->volumes);
	strlist_done(&f->expose);
	strlist_done(&f->remove_env);
	strlist_done(&f->remove_labels);
	strlist_done(&f->remove_volumes);
	strlist_done(&f->remove_expose);
}

void config_edit_done(struct config_edit *e)
{
	strlist_done(&e->entrypoint);
	strlist_done(&e->cmd);
	strlist_done(&e->expose);
	strlist_done(&e->remove_expose);
	*e = (struct config_edit){0};
}

/* Writes a port as ExposedPorts names it. */
static int parse_ports(const struct strlist *texts, const char *option, struct strlist *out, struct err *err)
{
	CLEANUP_FREE struct oci_port *ports = NULL;
	size_t n = 0;
	int r = ports_parse(texts, option, &ports, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		char text[OCI_PORT_TEXT];
		strlist_add(out, oci_port_text(&ports[i], text));
	}
	return r;
}

static int check_assignments(const struct strlist *l, const char *option, struct err *err)
{
	for (size_t i = 0; i < l->count; i++)
		if (!strchr(l->items[i], '=') || l->items[i][0] == '=')
			return err_set(err, ERR_INVAL, "option-value-invalid", "--%s takes NAME=VALUE, not \"%s\"",
				       option, l->items[i]);
	return 0;
}

static int check_paths(const struct config_edit_flags *f, struct err *err)
{
	if (f->workdir && f->workdir[0] != '/')
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--new-workdir takes an absolute path, not \"%s\"", f->workdir);
	for (size_t i = 0; i < f->volumes.count; i++)
		if (f->volumes.items[i][0] != '/')
			return err_set(err, ERR_INVAL, "option-value-invalid",
				       "--new-volume takes an absolute path, not \"%s\"", f->volumes.items[i]);
	return 0;
}

/* Splits a new command into words. Keeps its program, which a run of the image's own command may not have used. */
static int parse_command(const char *text, const char *option, struct strlist *words, const struct strlist **out,
			 struct keep_policy *policy, struct err *err)
{
	int r = text ? words_parse(text, option, words, err) : 0;
	if (r < 0 || !text)
		return r;
	*out = words;
	if (words->count && words->items[0][0] == '/')
		strlist_add(&policy->include, words->items[0]);
	else if (words->count)
		strlist_add(&policy->include_exe, words->items[0]);
	return 0;
}

int config_edit_init(struct config_edit *e, const struct config_edit_flags *f, struct keep_policy *policy,
		     struct err *err)
{
	struct rewrite_config_edit *c = &e->config;
	int r;
	if ((r = parse_command(f->entrypoint, "new-entrypoint", &e->entrypoint, &c->entrypoint, policy, err)) < 0)
		return r;
	if (f->entrypoint && e->entrypoint.count) /* then the command is its arguments */
		r = f->cmd ? words_parse(f->cmd, "new-cmd", &e->cmd, err) : 0;
	else
		r = parse_command(f->cmd, "new-cmd", &e->cmd, &c->cmd, policy, err);
	if (f->cmd)
		c->cmd = &e->cmd;
	if (r < 0 || (r = check_assignments(&f->env, "new-env", err)) < 0 ||
	    (r = check_assignments(&f->labels, "new-label", err)) < 0 || (r = check_paths(f, err)) < 0 ||
	    (r = parse_ports(&f->expose, "new-expose", &e->expose, err)) < 0 ||
	    (r = parse_ports(&f->remove_expose, "remove-expose", &e->remove_expose, err)) < 0)
		return r;
	c->working_dir = f->workdir;
	c->env = &f->env;
	c->labels = &f->labels;
	c->volumes = &f->volumes;
	c->expose = &e->expose;
	c->remove_env = &f->remove_env;
	c->remove_labels = &f->remove_labels;
	c->remove_volumes = &f->remove_volumes;
	c->remove_expose = &e->remove_expose;
	return 0;
}
