#include "findings/findings.h"

#include "findings/matchers.h"

static void apply(struct findings_work *w, const struct findings_rule *rule)
{
	static void (*const matchers[])(struct findings_work * w, const struct findings_rule *rule) = {
	    [FINDINGS_BY_PATH] = findings_by_path, [FINDINGS_BY_TEXT] = findings_by_text,
	    [FINDINGS_BY_NAME] = findings_by_text, [FINDINGS_BY_PACKAGE] = findings_by_package,
	    [FINDINGS_BY_MODE] = findings_by_mode, [FINDINGS_BY_FACT] = findings_by_fact,
	};
	matchers[rule->match](w, rule);
}

void findings_make(const struct findings_input *in, struct findings *out)
{
	struct findings_work w;
	const struct findings_rule *rule;
	*out = (struct findings){0};
	findings_work_init(&w, in, out);
	findings_paths_collect(&w);
	findings_base_find(&w);
	findings_config_find(&w);
	for (size_t i = 0; (rule = findings_rule_at(i)); i++)
		apply(&w, rule);
	findings_judge(out, in->history->total);
	findings_advise(&w);
	if (out->left_out)
		notes_add(&out->notes, "findings-left-out", "the image has more than %d findings: %zu are left out",
			  FINDINGS_MAX, out->left_out);
	if (in->exceptions) {
		findings_exceptions_note(in->exceptions, &out->notes);
		out->accepted = in->exceptions->accepted;
	}
	findings_work_done(&w);
}
