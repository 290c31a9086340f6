/* findings/work.h - the state of findings_make, for the matchers. Private to lib/findings/. */
#pragma once

#include "findings/finding.h"
#include "findings/input.h"

/* An entry with all that is below it, which may be a directory that no layer lists: it is known by what it holds. */
struct findings_range {
	size_t first, end; /* of the paths of the history */
	size_t len;        /* its path: bytes of the first one's */
};

struct findings_work {
	const struct findings_input *in;
	struct findings *out;
	uint32_t *nodes; /* by path of the history: its node in the index, or IMAGE_NONE */
	bool *vendor;    /* by path: part of the tree of a runtime or toolchain (keep/application/runtime_tree.h) */
	bool *claimed;   /* by path: its bytes belong to a finding */
	struct findings_range *directories; /* that hold something, in path order */
	size_t n_directories, directories_cap;
	uint64_t *bytes; /* by layer; zero between calls */
	size_t *files;   /* the same */
	struct findings_match_at {
		const struct findings_rule *rule;
		struct findings_range range;
	} * matches; /* of all path rules, by rule */
	size_t n_matches, matches_cap;
};

void findings_work_init(struct findings_work *w, const struct findings_input *in, struct findings *out);
void findings_work_done(struct findings_work *w);

/* Calls each for every directory that holds something, in path order. path: valid during the call. */
void findings_each_directory(struct findings_work *w,
			     void (*each)(void *ctx, const char *path, const struct findings_range *r), void *ctx);
/* The path of a range; free(). */
char *findings_range_path(const struct findings_work *w, const struct findings_range *r);

/* Adds all files that the image shows in the range to the rule's finding of their layer, and claims them. Files that
 * are claimed already are left out; so are owned ones, if the rule asks for that. */
void findings_claim(struct findings_work *w, const struct findings_rule *rule, const struct findings_range *r);
/* The same for one file, with so many of its bytes. */
void findings_claim_file(struct findings_work *w, const struct findings_rule *rule, size_t path, uint64_t bytes);
/* The number of the package that owns the path, or PACKAGES_NONE. */
uint32_t findings_owner(const struct findings_work *w, size_t path);
/* The file at the path, as the image shows it; NULL if it is another kind of entry, or gone. */
const struct inspect_version *findings_file(const struct findings_work *w, size_t path);
/* The ELF program or library that the image shows at the path, in that layer; NULL if it is not one. */
const struct findings_program *findings_program_at(const struct findings_work *w, const char *path);

/* A copy of one of the files that the watch keeps, as the image shows it; NULL if it does not have the file. free(). */
char *findings_text_of(const struct findings_work *w, const char *path);
/* The rule's finding of that layer, to which the caller adds what; NULL if the user accepts it. what: a path or name.
 */
struct findings_item *findings_add(struct findings_work *w, const struct findings_rule *rule, uint32_t layer,
				   uint32_t removed, const char *what);
