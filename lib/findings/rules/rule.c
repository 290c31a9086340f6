#include "findings/rules/rule.h"

#include <string.h>

const char *const findings_kind_names[] = {"danger", "fat"};
const char *const findings_severity_names[FINDINGS_SEVERITIES] = {"low", "medium", "high"};
const char *const findings_where_names[] = {"files", "config", "environment", "label", "history"};

const struct findings_rule *findings_rule_at(size_t i)
{
	if (i < findings_rules_secret_count)
		return &findings_rules_secret[i];
	i -= findings_rules_secret_count;
	if (i < findings_rules_danger_count)
		return &findings_rules_danger[i];
	i -= findings_rules_danger_count;
	return i < findings_rules_fat_count ? &findings_rules_fat[i] : NULL;
}

const struct findings_rule *findings_rule_find(const char *id)
{
	const struct findings_rule *r;
	for (size_t i = 0; (r = findings_rule_at(i)); i++)
		if (strcmp(r->id, id) == 0)
			return r;
	return NULL;
}
