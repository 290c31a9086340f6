/* Applies the rules of keep/rules. */
#include <stdlib.h>

#include "base/mem.h"
#include "keep/closure/closure.h"
#include "keep/rules/rules.h"

struct state {
	struct keep_rules rules;
	struct keep_rules_run *run;
};

static bool applies(const struct keep_file *f)
{
	return true;
}

static int open_rules(struct keep_set *k, struct state *s, struct err *err)
{
	for (const struct keep_rules_file *f = keep_rules_files; f->name; f++) {
		int r = keep_rules_parse(&s->rules, f->name, f->text, err);
		if (r < 0)
			return r;
	}
	s->run = keep_rules_run_new(&s->rules, k);
	return 0;
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state) {
		struct state *s = *state = mem_alloc(sizeof(*s));
		int r = open_rules(f->k, s, err);
		if (r < 0)
			return r;
	}
	keep_rules_apply(((struct state *)*state)->run, f);
	return 0;
}

static void free_state(void *state)
{
	struct state *s = state;
	keep_rules_run_free(s->run);
	keep_rules_done(&s->rules);
	free(s);
}

const struct keep_closure keep_closure_rules = {
    .name = "rules", .unnamed = true, .level = KEEP_CLOSURE, .applies = applies, .run = run, .free_state = free_state};
