#include "cmd/options/drivers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The names of the options that drive the container. */
static const struct {
	const char *name;
	enum exercise_kind kind;
} names[] = {
    {"exec", EXERCISE_EXEC},
    {"host-exec", EXERCISE_HOST_EXEC},
    {"signal", EXERCISE_SIGNAL},
    {"client", EXERCISE_CLIENT},
    {"tcp", EXERCISE_TCP},
    {"unix", EXERCISE_UNIX},
    {"http-probe", EXERCISE_HTTP},
    {"http-probe-cmd", EXERCISE_HTTP},
    {"http-probe-cmd-file", EXERCISE_HTTP},
    {"http-probe-har", EXERCISE_HTTP},
    {"http-probe-sitemap", EXERCISE_HTTP},
    {"http-probe-urls", EXERCISE_HTTP},
    {"probe-file", EXERCISE_HTTP},
    {"http-probe-apispec", EXERCISE_HTTP},
    {"http-probe-apispec-file", EXERCISE_HTTP},
};

static bool find_kind(const struct option_given *g, enum exercise_kind *out)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(g->row->name, names[i].name) == 0) {
			*out = names[i].kind;
			return g->row->kind != OPTION_CHOICE || !g->value || strcmp(g->value, "true") == 0 ||
			       strcmp(g->value, "1") == 0;
		}
	return false;
}

int drivers_init(struct drivers *out, const struct option_given_list *given, struct err *err)
{
	bool has_http = false;
	size_t nth[EXERCISE_KINDS] = {0};
	for (size_t i = 0; i < given->count; i++) {
		struct probe_driver d = {.text = given->items[i].value};
		if (!find_kind(&given->items[i], &d.kind) || (d.kind == EXERCISE_HTTP && has_http))
			continue;
		has_http |= d.kind == EXERCISE_HTTP;
		d.nth = nth[d.kind]++;
		int r = d.kind == EXERCISE_SIGNAL ? probe_signal_parse(d.text, &d.signal, err) : 0;
		if (r < 0)
			return r;
		out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
		out->items[out->count++] = d;
	}
	return 0;
}

void drivers_done(struct drivers *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->items[i].signal.name);
	free(d->items);
	*d = (struct drivers){0};
}
