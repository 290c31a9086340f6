#include "cmd/services/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/batch/values.h"

/* Options that count for all services together, and those that a command line gets of its own. */
static bool is_of_all(const struct option_row *row)
{
	static const char *const names[] = {"all",     "compose-out", "jobs",  "json",     "report",
					    "timeout", "ci-dir",      "junit", "markdown", "dotenv"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(row->name, names[i]) == 0)
			return true;
	return false;
}

static void add_option(const struct option_row *row, const char *value, struct strlist *argv)
{
	strlist_take(argv, value ? mem_printf("--%s=%s", row->name, value) : mem_printf("--%s", row->name));
}

/* image: the argument of the verb. */
static struct strlist *begin(const char *verb, const char *image, const char *service, struct batch_file *out)
{
	out->images = mem_grow(out->images, out->count, &out->cap, sizeof(*out->images));
	struct batch_image *new = &out->images[out->count++];
	*new = (struct batch_image){.name = mem_strdup(service)};
	strlist_add(&new->argv, verb);
	strlist_add(&new->argv, image);
	strlist_take(&new->argv, mem_printf("--target-compose-svc=%s", service));
	strlist_add(&new->argv, "--json");
	return &new->argv;
}

/* The options that another verb than build knows, too; those of the compose files only if files is true. */
static void add_known(const struct services_request *r, const struct command *verb, bool files, struct strlist *argv)
{
	for (size_t i = 0; i < r->given->count; i++) {
		const struct option_given *g = &r->given->items[i];
		const char *name = g->row->name;
		if (!is_of_all(g->row) && !services_list_is_place(g->row) &&
		    (files || strcmp(name, "compose-file") != 0) && option_find(&verb->options, name, strlen(name)))
			add_option(g->row, g->value, argv);
	}
}

static char *trace_of(const char *dir, size_t number)
{
	return mem_printf("%s/%zu.trace", dir, number);
}

void lines_record(const struct services_request *r, const struct services_list *l, const struct command *record,
		  const char *dir, struct batch_file *out)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct services_item *item = &l->items[i];
		CLEANUP_FREE char *trace = trace_of(dir, i);
		if (!item->follows && !item->followed)
			continue;
		struct strlist *argv = begin("record", item->image, item->service->name, out);
		strlist_take(argv, mem_printf("--output=%s", trace));
		add_known(r, record, true, argv);
	}
}

/* The traces of all that have the image: it is built from them, and then run to be compared. */
static void add_traces(const struct services_list *l, size_t build, const char *dir, struct strlist *argv)
{
	for (size_t i = 0; i < l->count; i++) {
		CLEANUP_FREE char *trace = trace_of(dir, i);
		if (l->items[i].build == build)
			strlist_take(argv, mem_printf("--trace=%s", trace));
	}
	strlist_add(argv, "--verify=on");
}

static int add_options(const struct services_request *r, const char *service, struct strlist *argv, struct err *err)
{
	for (size_t i = 0; i < r->given->count; i++) {
		const struct option_given *g = &r->given->items[i];
		CLEANUP_BUF struct buf value = {0};
		if (is_of_all(g->row))
			continue;
		if (services_list_is_place(g->row) && g->value) {
			int e = batch_values_expand(g->value, service, &value, err);
			if (e < 0)
				return err_wrap(err, "--%s", g->row->name);
		}
		add_option(g->row, value.data ? value.data : g->value, argv);
	}
	return 0;
}

int lines_build(const struct services_request *r, const struct services_list *l, const char *dir,
		struct batch_file *out, struct err *err)
{
	int e = 0;
	for (size_t i = 0; e == 0 && i < l->count; i++) {
		const struct services_item *item = &l->items[i];
		if (item->follows)
			continue;
		struct strlist *argv = begin("build", item->image, item->service->name, out);
		if (item->followed)
			add_traces(l, item->build, dir, argv);
		e = add_options(r, item->service->name, argv, err);
	}
	return e;
}

void lines_verify(const struct services_request *r, const struct command *verify, const char *service,
		  const char *original, const char *slim, const char *override, struct batch_file *out)
{
	struct strlist *argv = begin("verify", original, service, out);
	strlist_add(argv, slim);
	for (size_t i = 0; i < r->project->given.count; i++)
		strlist_take(argv, mem_printf("--compose-file=%s", r->project->given.items[i]));
	strlist_take(argv, mem_printf("--compose-file=%s", override));
	add_known(r, verify, false, argv);
}
