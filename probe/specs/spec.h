/* probe/specs/spec.h - commands that other tools' test files run in a container, and what they must print: the exercise
 * made of them, and what their readers share. Requests of such files become a script. */
#pragma once

#include "base/notes.h"
#include "exercise/exercise.h"
#include "probe/script/fields.h"
#include "probe/script/script.h"

struct probe_spec_command {
	char *what; /* the step's name; the same in every run */
	struct strlist argv;
	int status; /* that it must end with; -1 = any */
	struct probe_spec_output {
		char *pattern; /* an extended regular expression, looked for in the first LIMIT_ANSWER bytes of the
				  output */
		bool fails;    /* it must not be found */
	} * outputs;
	size_t n_outputs;
};

struct probe_spec {
	struct probe_spec_command *commands;
	size_t count, cap;
};

/* Appends a command without arguments, which must end with status 0; valid until the next one. */
struct probe_spec_command *probe_spec_add(struct probe_spec *s, const char *what);
void probe_spec_output(struct probe_spec_command *c, const char *pattern, bool fails);
void probe_spec_done(struct probe_spec *s);
#define CLEANUP_PROBE_SPEC CLEANUP(probe_spec_done)

/* Runs the commands inside the container, in their order. One that does not do as it must is a step that says so. */
void probe_spec(const struct probe_spec *s, struct exercise *out);

/* An expression of Go's regexp as an extended regular expression; NULL = it has what these lack, as (?i). free() */
char *probe_spec_regex(const char *go);
/* The expression for a text that is meant as it is. free() */
char *probe_spec_quote(const char *text);
/* Notes that checks of a kind, n of them, are not made. */
void probe_spec_tell(struct notes *notes, const char *what, size_t n, const char *kind);
