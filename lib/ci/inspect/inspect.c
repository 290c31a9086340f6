#include "ci/inspect/inspect.h"

#include <string.h>

#include "base/mem.h"
#include "ci/output/findings_json.h"

#define MOST 1000

static enum ci_level level_of(const struct findings_item *i)
{
	if (i->rule->kind != FINDINGS_DANGER)
		return CI_LEVEL_NOTE;
	return i->rule->severity == FINDINGS_HIGH ? CI_LEVEL_ERROR : CI_LEVEL_WARNING;
}

static char *text_of(const struct findings_item *i)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, i->rule->title);
	if (i->where != FINDINGS_IN_FILES)
		buf_printf(&b, " in the %s", findings_where_names[i->where]);
	if (i->name)
		buf_printf(&b, ": %s", i->name);
	if (i->layer != FINDINGS_NO_LAYER)
		buf_printf(&b, " (layer %u)", i->layer + 1);
	buf_printf(&b, ". %s", i->advice);
	return buf_steal(&b);
}

void ci_inspect_sarif(const struct findings *f, const char *image, const char *version, struct buf *out)
{
	CLEANUP_CI_FINDINGS struct ci_findings all = {0};
	for (size_t i = 0; i < f->count && i < MOST; i++) {
		const struct findings_item *item = &f->items[i];
		all.items = mem_grow(all.items, all.count, &all.cap, sizeof(*all.items));
		all.items[all.count++] = (struct ci_finding){
		    .level = level_of(item),
		    .id = mem_strdup(item->rule->id),
		    .subject = mem_printf("%s:%s:%s", findings_where_names[item->where], item->path ? item->path : "",
					  item->name ? item->name : ""),
		    .text = text_of(item),
		    .path = mem_strdup(item->path),
		};
	}
	ci_findings_sarif(&all, image, version, true, out);
}

static bool counts(const struct findings_item *i, const char *limit)
{
	if (strcmp(limit, "any") == 0)
		return true;
	return i->rule->kind == FINDINGS_DANGER && (strcmp(limit, "danger") == 0 || i->rule->severity == FINDINGS_HIGH);
}

int ci_inspect_limit_check(const char *limit, struct err *err)
{
	static const char *const limits[] = {"high", "danger", "any"};
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strcmp(limits[i], limit) == 0)
			return 0;
	return err_set(err, ERR_INVAL, "option-value-invalid", "--fail-on must be high, danger or any");
}

void ci_inspect_judge(const struct findings *f, const char *limit, struct report_gates *out)
{
	size_t n = 0;
	for (size_t i = 0; i < f->count; i++)
		n += counts(&f->items[i], limit);
	report_gates_add(out, "fail-on", limit, mem_printf("%zu finding%s", n, n == 1 ? "" : "s"), n == 0);
}
