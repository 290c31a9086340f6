#include "probe/command.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"

static int parse_array(const char *text, struct strlist *argv, struct err *err)
{
	json_error_t e;
	json_auto_t *a = json_loads(text, JSON_REJECT_DUPLICATES, &e);
	if (!a)
		return err_set(err, ERR_INVAL, "a command that begins with \"[\" is a JSON array of strings: %s",
			       e.text);
	size_t i;
	json_t *v;
	json_array_foreach (a, i, v) {
		if (!json_is_string(v))
			return err_set(err, ERR_INVAL, "item %zu of the command's JSON array is not a string", i + 1);
		strlist_add(argv, json_string_value(v));
	}
	if (json_array_size(a) == 0 || !argv->items[0][0])
		return err_set(err, ERR_INVAL, "the command is empty");
	return 0;
}

int probe_command_parse(const char *command, const char *shell, struct strlist *argv, struct err *err)
{
	const char *text = command + strspn(command, " \t\r\n");
	if (*text == '[')
		return parse_array(text, argv, err);
	if (!*text)
		return err_set(err, ERR_INVAL, "the command is empty");
	strlist_add(argv, shell);
	strlist_add(argv, "-c");
	strlist_add(argv, command);
	return 0;
}

void probe_command_log(struct exercise_log *log, const char *kind, const char *what, uint64_t began, int status,
		       struct exercise_answer *answer, const struct err *failure)
{
	struct exercise_step step = {
	    .kind = mem_strdup(kind),
	    .what = mem_strdup(what),
	    .status = failure->code ? -1 : status,
	    .ms = (uint32_t)(clock_ms() - began),
	    .answer = *answer,
	    .error = failure->code ? mem_strdup(failure->msg) : NULL,
	};
	*answer = (struct exercise_answer){0};
	exercise_log_add(log, &step);
}

int probe_command_run(const struct probe_command *c, const struct exercise_target *t, struct exercise_log *log,
		      struct err *err)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	struct exercise_answer answer = {0};
	struct err failure = {0};
	int status = -1;
	uint64_t began = clock_ms();
	int r = probe_command_parse(c->text, c->shell, &argv, &failure);
	if (r == 0)
		r = progress_check(t->progress, &failure);
	if (r == 0)
		r = c->run(t, argv.items, &status, &answer, &failure);
	probe_command_log(log, c->kind, c->text, began, status, &answer, &failure);
	if (r == 0 && status == 0)
		return 0;
	if (r == 0)
		return err_set(err, ERR_PROTO, "%s `%s` exited with status %d", c->kind, c->text, status);
	err_wrap(&failure, "%s `%s`", c->kind, c->text);
	if (err)
		*err = failure;
	return r;
}
