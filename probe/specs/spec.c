#include "probe/specs/spec.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct probe_spec_command *probe_spec_add(struct probe_spec *s, const char *what)
{
	s->commands = mem_grow(s->commands, s->count, &s->cap, sizeof(*s->commands));
	s->commands[s->count] = (struct probe_spec_command){.what = mem_strdup(what)};
	return &s->commands[s->count++];
}

void probe_spec_output(struct probe_spec_command *c, const char *pattern, bool fails)
{
	c->outputs = mem_realloc(c->outputs, c->n_outputs + 1, sizeof(*c->outputs));
	c->outputs[c->n_outputs++] = (struct probe_spec_output){mem_strdup(pattern), fails};
}

void probe_spec_done(struct probe_spec *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct probe_spec_command *c = &s->commands[i];
		for (size_t j = 0; j < c->n_outputs; j++)
			free(c->outputs[j].pattern);
		free(c->outputs);
		free(c->what);
		strlist_done(&c->argv);
	}
	free(s->commands);
	*s = (struct probe_spec){0};
}

/* ---- running them ---- */

static bool is_found(const char *pattern, const struct buf *text)
{
	regex_t re;
	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0)
		return false; /* the readers compile them, too */
	bool found = regexec(&re, text->data ? text->data : "", 0, NULL, 0) == 0;
	regfree(&re);
	return found;
}

/* Why the command did not do as it must; NULL = it did. */
static char *fault(const struct probe_spec_command *c, int status, const struct buf *output)
{
	if (c->status >= 0 && status != c->status)
		return mem_printf("status %d, not %d", status, c->status);
	for (size_t i = 0; i < c->n_outputs; i++)
		if (is_found(c->outputs[i].pattern, output) == c->outputs[i].fails)
			return mem_printf("the output %s \"%.200s\"",
					  c->outputs[i].fails ? "matches" : "does not match", c->outputs[i].pattern);
	return NULL;
}

static int run_one(const struct probe_spec_command *c, const struct exercise_target *t, struct exercise_log *log,
		   struct err *err)
{
	struct exercise_step step = {.kind = EXERCISE_EXEC, .what = mem_strdup(c->what), .status = -1};
	struct err failure = {0};
	uint64_t began = clock_ms();
	int r = progress_check(t->progress, &failure);
	if (r == 0)
		r = t->exec(t->exec_ctx, c->argv.items, &step.status, &step.answer, &failure);
	step.ms = (uint32_t)(clock_ms() - began);
	if (r < 0) {
		step.status = -1;
		step.error = mem_strdup(failure.msg);
		step.unexpected = mem_strdup("the command could not be run");
	} else if (c->status >= 0 || c->n_outputs) {
		step.unexpected = fault(c, step.status, &step.answer.head);
		step.wish = step.unexpected ? EXERCISE_WISH_SUCCESS : EXERCISE_WISH_MET;
	}
	exercise_log_add(log, &step);
	if (r == -ERR_CANCELLED && err)
		*err = failure;
	return r == -ERR_CANCELLED ? r : 0;
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_spec *s = ctx;
	int r = 0;
	for (size_t i = 0; i < s->count && r == 0; i++)
		r = run_one(&s->commands[i], t, log, err);
	return r;
}

void probe_spec(const struct probe_spec *s, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_EXEC), .run = run, .ctx = (void *)(uintptr_t)s};
}

/* ---- what readers share ---- */

char *probe_spec_regex(const char *go)
{
	regex_t re;
	CLEANUP_BUF struct buf b = {0};
	buf_append(&b, "", 0);
	for (const char *p = go; *p; p++) {
		if (strncmp(p, "(?", 2) == 0)
			return NULL;
		if (*p == '\\' && p[1] == 'd') {
			buf_str(&b, "[0-9]");
			p++;
		} else if (*p == '\\' && p[1] && strchr("AzZpPQECDxX", p[1])) {
			return NULL;
		} else {
			buf_char(&b, *p);
			if (*p == '\\' && p[1])
				buf_char(&b, *++p);
		}
	}
	if (regcomp(&re, b.data, REG_EXTENDED | REG_NOSUB) != 0)
		return NULL;
	regfree(&re);
	return buf_steal(&b);
}

char *probe_spec_quote(const char *text)
{
	CLEANUP_BUF struct buf b = {0};
	buf_append(&b, "", 0);
	for (const char *p = text; *p; p++) {
		if (strchr(".[]()*+?{}|^$\\", *p))
			buf_char(&b, '\\');
		buf_char(&b, *p);
	}
	return buf_steal(&b);
}

void probe_spec_tell(struct notes *notes, const char *what, size_t n, const char *kind)
{
	if (n)
		notes_add(notes, "spec-checks-left-out", "%s: slim does not run its checks of the type %s (%zu)", what,
			  kind, n);
}
