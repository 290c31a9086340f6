/* findings/exceptions.h - findings that the user accepts, from a file: a line for each, "RULE" or "RULE PATTERN". RULE
 * is the id of a rule; PATTERN (text/glob.h, for the end of a path) is for the path of a file or directory, or for the
 * name of a package, variable or label. Empty lines and lines that begin with "#" do not count. */
#pragma once

#include "base/cleanup.h"
#include "base/notes.h"
#include "findings/rules/rule.h"

#define FINDINGS_EXCEPTIONS_FILE ".slim-ignore" /* read from the working directory if the user names no file */
#define FINDINGS_EXCEPTIONS_MAX 10000

struct findings_exceptions {
	struct findings_exception {
		const struct findings_rule *rule;
		char *pattern; /* NULL = every finding of the rule */
		size_t line;
		bool used;
	} * items;
	size_t count, cap;
	size_t accepted; /* things that it was used for */
};

/* file: its name in messages. ERR_INVAL names the line, ERR_LIMIT a file that is too long. */
int findings_exceptions_parse(const char *text, size_t n, const char *file, struct findings_exceptions *out,
			      struct err *err) MUST_CHECK;
/* Reads the file. may_lack: a missing file has no exceptions. */
int findings_exceptions_read(const char *file, bool may_lack, struct findings_exceptions *out,
			     struct err *err) MUST_CHECK;
/* Whether the user accepts this; what: a path or a name, may be NULL. */
bool findings_exceptions_have(struct findings_exceptions *e, const struct findings_rule *rule, const char *what);
/* A note for each line that was of no use. */
void findings_exceptions_note(const struct findings_exceptions *e, struct notes *out);
void findings_exceptions_done(struct findings_exceptions *e);
#define CLEANUP_FINDINGS_EXCEPTIONS CLEANUP(findings_exceptions_done)
