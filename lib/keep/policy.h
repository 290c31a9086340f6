/* keep/policy.h - what the user wants to keep or drop beside the level: slim.policy/v1, described in slim-policy(5),
 * and the options of the same names. A pattern is a path or one with *, ?, ** and {a,b} (text/glob.h), with or without
 * the leading slash; one that a directory matches stands for all below it. Exclude is stronger than all else: what is
 * excluded is only there as the parent of what is kept. */
#pragma once

#include "keep/set.h"

#define KEEP_POLICY_SCHEMA "slim.policy/v1"

enum keep_package_db {
	KEEP_DB_TRIM, /* to the packages that remain */
	KEEP_DB_KEEP, /* as it is in the image */
	KEEP_DB_DROP,
};

struct keep_policy {
	struct strlist include, exclude; /* patterns */
	struct strlist include_exe;      /* names of programs, looked up in the image's PATH */
	bool include_shell;              /* sh and the usual tools beside it */
	bool include_workdir;            /* the image's working directory, whole */
	bool level_set, package_db_set;
	enum keep_level level;
	enum keep_package_db package_db;
};

/* Add a policy file to *p, which is valid in any case. */
int keep_policy_load(int dir, const char *path, struct keep_policy *p, struct err *err) MUST_CHECK;
/* Adds the patterns of a file, one a line; skips empty lines and those that begin with #. */
int keep_policy_load_patterns(int dir, const char *path, struct strlist *out, struct err *err) MUST_CHECK;
int keep_policy_parse_level(const char *text, struct keep_policy *p, struct err *err) MUST_CHECK;
int keep_policy_parse_package_db(const char *text, struct keep_policy *p, struct err *err) MUST_CHECK;
void keep_policy_done(struct keep_policy *p);

/* Expands patterns for other users than the policy. Calls hit, in path order, for each node that matches a pattern or
 * lies below a match. unused: receives the patterns that match nothing. */
typedef void keep_policy_hit(void *ctx, uint32_t node);
void keep_policy_match(const struct image_index *x, const struct strlist *patterns, keep_policy_hit *hit, void *ctx,
		       struct strlist *unused);
/* Before anything is kept: fill k->excluded. unused: receives the patterns that match nothing. */
void keep_policy_exclude(struct keep_set *k, const struct keep_policy *p, struct strlist *unused);
/* Keep what the policy includes. */
void keep_policy_include(struct keep_set *k, const struct keep_policy *p, struct strlist *unused);
