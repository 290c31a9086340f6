#include "cmd/services/flags.h"

#include <string.h>

#define AT(member) offsetof(struct services_flags, member)
static const struct option_row rows[] = {
    {"all", 0, OPTION_FLAG, AT(all), NULL,
     "make the images of all services of the compose file small, and try them together"},
    {"compose-out", 0, OPTION_STRING, AT(out), "FILE",
     "write an override file for compose that names the slim images (with --all: compose.slim.yaml)"},
};
const struct option_group services_flags_group = OPTION_GROUP("All services of a compose file", rows);

/* Options that stand for one image, one result or one platform. */
static int refuse(const struct option_given *g, struct err *err)
{
	static const char *const names[] = {"target-compose-svc", "file", "trace", "sarif", "metrics", "code-quality"};
	const struct option_row *row = g->row;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(row->name, names[i]) == 0)
			return err_set(err, ERR_INVAL, "option-conflict", "--all and --%s cannot be used together",
				       row->name);
	if (strcmp(row->name, "platform") == 0 && g->value && (strchr(g->value, ',') || strcmp(g->value, "all") == 0))
		return err_set(err, ERR_INVAL, "option-conflict", "--all takes one --platform, not several");
	if (row->kind == OPTION_ENV)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "--%s cannot be used with --all: put it into the compose file", row->name);
	if (row->kind == OPTION_SECRET || row->kind == OPTION_SECRETS)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "--%s cannot be used with --all: slim uses what docker login stored, or --authfile",
			       row->name);
	return 0;
}

int services_flags_check(const struct services_flags *f, const struct compose_flags *compose,
			 const struct option_given_list *given, bool image, struct err *err)
{
	int r = 0;
	if (!f->all)
		return f->out && !compose->target
			   ? err_set(err, ERR_INVAL, "option-needs-partner",
				     "--compose-out needs --all, or --target-compose-svc SERVICE")
			   : 0;
	if (image)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "--all takes the images of the compose file: name no other one");
	for (size_t i = 0; r == 0 && i < given->count; i++)
		r = refuse(&given->items[i], err);
	return r;
}
