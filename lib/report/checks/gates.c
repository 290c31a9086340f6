#include "report/checks/gates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/step/step.h"
#include "text/json.h"

#define LABEL "%-12s"    /* the first column of the summary */
#define SHOWN_LIMIT 40   /* bytes of a pattern */
#define SHOWN_FIGURE 600 /* bytes of a figure */

void report_gates_add(struct report_gates *g, const char *name, const char *limit, char *figure, bool passed)
{
	g->items = mem_realloc(g->items, g->count + 1, sizeof(*g->items));
	g->items[g->count++] = (struct report_gate){
	    .name = name, .limit = limit ? mem_strdup(limit) : NULL, .figure = figure, .passed = passed};
}

size_t report_gates_failed(const struct report_gates *g)
{
	size_t n = 0;
	for (size_t i = 0; i < g->count; i++)
		n += !g->items[i].passed;
	return n;
}

bool report_gates_kept_original(const struct report_gates *g)
{
	return g->published && strcmp(g->published, "original") == 0;
}

static json_t *text(const char *s)
{
	return s ? json_bytes(s, strlen(s)) : json_null();
}

json_t *report_gates_json(const struct report_gates *g)
{
	json_t *v = json_object(), *list = json_array();
	for (size_t i = 0; i < g->count; i++) {
		const struct report_gate *gate = &g->items[i];
		json_t *e = json_object();
		json_object_set_new(e, "name", text(gate->name));
		json_object_set_new(e, "limit", text(gate->limit));
		json_object_set_new(e, "figure", text(gate->figure));
		json_object_set_new(e, "passed", json_boolean(gate->passed));
		json_array_append_new(list, e);
	}
	json_object_set_new(v, "passed", g->count ? json_boolean(report_gates_failed(g) == 0) : json_null());
	json_object_set_new(v, "published", text(g->published));
	json_object_set_new(v, "list", list);
	return v;
}

/* "--max-size 60MB: 72.1 MB" */
static void add_gate(const struct report_gate *gate, struct buf *out)
{
	buf_printf(out, "--%s", gate->name);
	if (gate->limit) {
		buf_char(out, ' ');
		report_step_text(out, gate->limit, SHOWN_LIMIT);
	}
	buf_str(out, ": ");
	report_step_text(out, gate->figure, SHOWN_FIGURE);
	buf_char(out, '\n');
}

void report_gates_text(const struct report_gates *g, struct buf *out)
{
	for (size_t i = 0; i < g->count; i++) {
		buf_printf(out, LABEL "%s  ", i ? "" : "gates", g->items[i].passed ? "passed" : "FAILED");
		add_gate(&g->items[i], out);
	}
}

void report_gates_page(const struct report_gates *g, struct buf *out)
{
	for (size_t i = 0; i < g->count; i++) {
		if (g->items[i].passed)
			continue;
		buf_str(out, "    ");
		add_gate(&g->items[i], out);
	}
}

void report_gates_done(struct report_gates *g)
{
	for (size_t i = 0; i < g->count; i++) {
		free(g->items[i].limit);
		free(g->items[i].figure);
	}
	free(g->items);
	*g = (struct report_gates){0};
}
