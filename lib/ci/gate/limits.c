#include "ci/gate/limits.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ci/gate/tree.h"
#include "text/quantity.h"

const char *const ci_gate_names[CI_GATES] = {
    [CI_GATE_MAX_SIZE] = "max-size",
    [CI_GATE_MAX_COMPRESSED] = "max-compressed",
    [CI_GATE_MIN_REDUCTION] = "min-reduction",
    [CI_GATE_MAX_GROWTH] = "max-growth",
    [CI_GATE_MUST_KEEP] = "must-keep",
    [CI_GATE_MUST_DROP] = "must-drop",
    [CI_GATE_REQUIRE_VERIFY] = "require-verify",
    [CI_GATE_MAX_REQUESTS_FAILED] = "max-requests-failed",
    [CI_GATE_MAX_UNPROVEN] = "max-unproven",
};

/* Takes more than 12 digits for a mistake. */
static bool parse_count(const char *s, uint64_t *out)
{
	const size_t n = strlen(s);
	return n <= 12 && quantity_count(s, n, out);
}

static int wrong(const struct ci_gate_limit *l, const char *form, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-value-invalid", "--%s takes %s, not \"%s\"", ci_gate_names[l->gate],
		       form, l->text);
}

static int parse_size(struct ci_gate_limit *l, struct err *err)
{
	int r = quantity_parse_bytes(l->text, &l->number, err);
	return r < 0 ? err_wrap(err, "--%s", ci_gate_names[l->gate]) : 0;
}

static int parse(struct ci_gate_limit *l, struct err *err)
{
	switch (l->gate) {
	case CI_GATE_MAX_SIZE:
	case CI_GATE_MAX_COMPRESSED:
		return parse_size(l, err);
	case CI_GATE_MIN_REDUCTION:
		if (quantity_percent(l->text, &l->number) && l->number <= 100 * QUANTITY_PERCENT)
			return 0;
		return wrong(l, "a part of the image in percent (50%)", err);
	case CI_GATE_MAX_GROWTH:
		return quantity_percent(l->text, &l->number) ? 0 : wrong(l, "a growth in percent (2%)", err);
	case CI_GATE_MUST_KEEP:
	case CI_GATE_MUST_DROP: {
		int r = ci_gate_tree_check(l->text, err);
		return r < 0 ? err_wrap(err, "--%s", ci_gate_names[l->gate]) : 0;
	}
	case CI_GATE_MAX_REQUESTS_FAILED:
		return parse_count(l->text, &l->number) ? 0 : wrong(l, "a number", err);
	case CI_GATE_MAX_UNPROVEN:
		l->counts_files = parse_count(l->text, &l->number);
		return l->counts_files ? 0 : parse_size(l, err);
	case CI_GATE_REQUIRE_VERIFY:
		break;
	}
	return 0;
}

int ci_gate_limits_add(struct ci_gate_limits *l, enum ci_gate gate, const char *text, struct err *err)
{
	struct ci_gate_limit limit = {.gate = gate, .text = text ? mem_strdup(text) : NULL};
	int r = parse(&limit, err);
	if (r < 0) {
		free(limit.text);
		return r;
	}
	l->items = mem_realloc(l->items, l->count + 1, sizeof(*l->items));
	l->items[l->count++] = limit;
	return 0;
}

bool ci_gate_limits_have(const struct ci_gate_limits *l, enum ci_gate gate)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].gate == gate)
			return true;
	return false;
}

void ci_gate_limits_done(struct ci_gate_limits *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i].text);
	free(l->items);
	*l = (struct ci_gate_limits){0};
}
