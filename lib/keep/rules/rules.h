/* keep/rules/rules.h - rules that name the data a kind of program needs, read from text. keep/rules/README.md describes
 * the format. slim's own rules are embedded (keep_rules_files).
 * Lifetime: zero, any number of _parse, then a keep_rules_run of it per keep set, _done. Immutable once a run was made
 * of it. */
#pragma once

#include "base/strlist.h"
#include "keep/file.h"

struct keep_rules_file {
	const char *name, *text;
};
extern const struct keep_rules_file keep_rules_files[]; /* up to a NULL name */

struct keep_rule {
	char *name;
	enum keep_level level;
	uint64_t limit;                      /* bytes that one match may add; 0 = any */
	struct strlist keep, except, unless; /* patterns */
};

/* A pattern for kept files. */
struct keep_rule_glob {
	char *glob;
	enum keep_rule_when {
		KEEP_WHEN_FILE,
		KEEP_WHEN_USED,   /* by a run */
		KEEP_WHEN_PLUGIN, /* by a run, from where the loader does not look by itself */
	} when;
	uint32_t rule;
};

/* Words, each of which sets off rules. */
struct keep_rule_words {
	struct strset words;
	struct keep_rule_use {
		uint32_t word, rule;
	} * uses; /* sorted by word once a run is made */
	size_t n_uses, cap;
};

struct keep_rules {
	struct keep_rule *items;
	size_t count, cap;
	struct keep_rule_glob *globs;
	size_t n_globs, globs_cap;
	struct keep_rule_words imports, texts;
};

/* Add the rules of a text. A message names the file and the line; nothing of r may be used after one. */
int keep_rules_parse(struct keep_rules *r, const char *file, const char *text, struct err *err) MUST_CHECK;
void keep_rules_done(struct keep_rules *r);
#define CLEANUP_KEEP_RULES CLEANUP(keep_rules_done)

struct keep_rules_run;
struct keep_rules_run *keep_rules_run_new(struct keep_rules *r, struct keep_set *k);
void keep_rules_run_free(struct keep_rules_run *run);
/* Keeps what the rules ask for because of a kept file. Remembers what a limit leaves out. */
void keep_rules_apply(struct keep_rules_run *run, const struct keep_file *f);
