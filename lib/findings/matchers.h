/* findings/matchers.h - what findings_make calls one by one: a function for each way to find something. Private to
 * lib/findings/. */
#pragma once

#include "findings/work.h"

/* The matchers: each adds the findings of one rule. */
void findings_by_text(struct findings_work *w, const struct findings_rule *rule);
void findings_by_mode(struct findings_work *w, const struct findings_rule *rule);
void findings_by_path(struct findings_work *w, const struct findings_rule *rule);
void findings_by_package(struct findings_work *w, const struct findings_rule *rule);
void findings_by_layer(struct findings_work *w, const struct findings_rule *rule); /* removed, replaced, copied later */
void findings_by_copies(struct findings_work *w, const struct findings_rule *rule);
void findings_by_fact(struct findings_work *w, const struct findings_rule *rule);

/* Fills w->matches: looks at each path once, for all path rules. */
void findings_paths_collect(struct findings_work *w);
/* Fills out->base, before the rules. */
void findings_base_find(struct findings_work *w);
void findings_base_judge(struct findings_work *w, const struct findings_rule *rule);
/* The secrets in the configuration and the history. */
void findings_config_find(struct findings_work *w);
/* Marks the packages (by number) that an application's package.json names as needed for its development only. */
void findings_manifests_mark(const struct findings_work *w, bool *wanted);
/* Fills in the advice of each finding. */
void findings_advise(struct findings_work *w);
