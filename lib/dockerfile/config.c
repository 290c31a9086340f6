#include "dockerfile/config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dockerfile/quote.h"
#include "text/json.h"

struct restating {
	const struct oci_image_config *config;
	const json_t *members; /* its "config" */
	struct buf *out;
	struct strlist *refused;
};

static void refuse(struct restating *r, const char *what, const char *name)
{
	strlist_take(r->refused, mem_printf("%s%s%s", what, *name ? " " : "", name));
}

static bool has_letters_only(const char *s, const char *more)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr(more, *s))
			return false;
	return true;
}

/* Begins the instruction, or a further line of it: it has one assignment on each line. */
static void begin_assignment(struct restating *r, const char *instruction, size_t n)
{
	buf_printf(r->out, "%s", n ? " \\\n    " : instruction);
}

static void env(struct restating *r)
{
	const struct strlist *l = &r->config->env;
	size_t n = 0;
	for (size_t i = 0; i < l->count; i++) {
		const char *value = strchr(l->items[i], '=');
		CLEANUP_FREE char *name = mem_strndup(l->items[i], value ? (size_t)(value - l->items[i]) : 0);
		if (!value || !*name || !has_letters_only(name, "_.-") || !dockerfile_can_say(value)) {
			refuse(r, "ENV", l->items[i]);
			continue;
		}
		begin_assignment(r, "ENV ", n++);
		buf_printf(r->out, "%s=", name);
		dockerfile_quote(r->out, value + 1);
	}
	buf_str(r->out, n ? "\n" : "");
}

static void labels(struct restating *r)
{
	const json_t *labels = json_object_get(r->members, "Labels");
	const char *key;
	json_t *v;
	size_t n = 0;
	json_object_foreach ((json_t *)labels, key, v) {
		const char *value = json_string_value(v);
		if (!*key || !value || !dockerfile_can_say(key) || !dockerfile_can_say(value)) {
			refuse(r, "LABEL", key);
			continue;
		}
		begin_assignment(r, "LABEL ", n++);
		dockerfile_quote(r->out, key);
		buf_char(r->out, '=');
		dockerfile_quote(r->out, value);
	}
	buf_str(r->out, n ? "\n" : "");
}

/* Passes ports on as text, because ranges and unknown protocols are valid as well. */
static void expose(struct restating *r)
{
	const char *key;
	json_t *v;
	size_t n = 0;
	json_object_foreach (json_object_get(r->members, "ExposedPorts"), key, v) {
		if (*key && has_letters_only(key, "/-"))
			buf_printf(r->out, "%s%s", n++ ? " " : "EXPOSE ", key);
		else
			refuse(r, "EXPOSE", key);
	}
	buf_str(r->out, n ? "\n" : "");
}

static void volumes(struct restating *r)
{
	CLEANUP_STRLIST struct strlist sayable = {0};
	const struct strlist *l = &r->config->volumes;
	for (size_t i = 0; i < l->count; i++) {
		if (dockerfile_can_say(l->items[i]))
			strlist_add(&sayable, l->items[i]);
		else
			refuse(r, "VOLUME", l->items[i]);
	}
	if (!sayable.count)
		return;
	buf_str(r->out, "VOLUME");
	dockerfile_words(r->out, &sayable, 0);
	buf_char(r->out, '\n');
}

/* Writes an instruction whose value is the rest of the line. */
static void word(struct restating *r, const char *instruction, const char *value)
{
	if (!*value)
		return;
	if (!dockerfile_can_say(value) || value[0] == ' ' || value[strlen(value) - 1] == ' ') {
		refuse(r, instruction, value);
		return;
	}
	buf_printf(r->out, "%s ", instruction);
	dockerfile_escape(r->out, value);
	buf_char(r->out, '\n');
}

static void list(struct restating *r, const char *instruction, const struct strlist *l)
{
	if (!l->count)
		return;
	buf_printf(r->out, "%s ", instruction);
	dockerfile_json(r->out, l);
	buf_char(r->out, '\n');
}

static void stop_signal(struct restating *r)
{
	const char *s = r->config->stop_signal;
	if (!*s)
		return;
	if (has_letters_only(s, "+-"))
		buf_printf(r->out, "STOPSIGNAL %s\n", s);
	else
		refuse(r, "STOPSIGNAL", s);
}

/* ---- HEALTHCHECK, ONBUILD ---- */

/* Returns whether a builder reads the text as a shell command, and does not change it. */
static bool is_line(const char *text)
{
	size_t n = strlen(text);
	return n && dockerfile_can_say(text) && !strchr("[- #", text[0]) && !strchr("\\ ", text[n - 1]) &&
	       !strstr(text, "<<");
}

static void health_command(struct restating *r, const struct strlist *test)
{
	CLEANUP_STRLIST struct strlist words = {0};
	bool shell = strcmp(test->items[0], "CMD-SHELL") == 0;
	if (shell && is_line(test->items[1])) {
		buf_str(r->out, test->items[1]);
		return;
	}
	if (shell) /* has the same effect in the engine, which starts the shell itself */
		strlist_extend(&words, &r->config->shell);
	for (size_t i = 1; i < test->count; i++)
		strlist_add(&words, test->items[i]);
	dockerfile_json(r->out, &words);
}

static void health_times(struct restating *r, const json_t *check)
{
	static const struct {
		const char *member, *option;
	} times[] = {{"Interval", "interval"}, {"Timeout", "timeout"}, {"StartPeriod", "start-period"}};
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		json_int_t ns = json_integer_value(json_object_get(check, times[i].member));
		if (ns >= 1000000) /* the least that builders accept */
			buf_printf(r->out, " --%s=%lld%s", times[i].option,
				   (long long)(ns % 1000000000 ? ns : ns / 1000000000), ns % 1000000000 ? "ns" : "s");
	}
	json_int_t retries = json_integer_value(json_object_get(check, "Retries"));
	if (retries > 0)
		buf_printf(r->out, " --retries=%lld", (long long)retries);
	if (json_integer_value(json_object_get(check, "StartInterval"))) /* buildah lacks the option */
		refuse(r, "HEALTHCHECK --start-interval", "");
}

static void healthcheck(struct restating *r)
{
	const json_t *check = json_object_get(r->members, "Healthcheck");
	const struct strlist *test = &r->config->healthcheck;
	if (!test->count)
		return;
	bool none = strcmp(test->items[0], "NONE") == 0, shell = strcmp(test->items[0], "CMD-SHELL") == 0;
	if (!none &&
	    (test->count < 2 || (shell && test->count > 2) || (!shell && strcmp(test->items[0], "CMD") != 0))) {
		refuse(r, "HEALTHCHECK", test->items[0]);
		return;
	}
	buf_str(r->out, "HEALTHCHECK");
	if (none) {
		buf_str(r->out, " NONE\n");
		return;
	}
	health_times(r, check);
	buf_str(r->out, " CMD ");
	health_command(r, test);
	buf_char(r->out, '\n');
}

/* Returns whether the text begins with an instruction that builders accept after ONBUILD. */
static bool is_trigger(const char *text)
{
	static const char *const refused[] = {"ONBUILD", "FROM", "MAINTAINER"};
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strlen(refused[i]) == n && memcmp(text, refused[i], n) == 0)
			return false;
	return n && text[n] == ' ' && is_line(text);
}

static void onbuild(struct restating *r)
{
	const json_t *triggers = json_object_get(r->members, "OnBuild");
	for (size_t i = 0; i < json_array_size(triggers); i++) {
		const char *text = json_string_value(json_array_get(triggers, i));
		if (text && is_trigger(text))
			buf_printf(r->out, "ONBUILD %s\n", text);
		else
			refuse(r, "ONBUILD", text ? text : "");
	}
}

/* ---- members without an instruction ---- */

static bool is_empty(const json_t *v)
{
	return json_is_null(v) || json_is_false(v) || (json_is_string(v) && !*json_string_value(v)) ||
	       (json_is_array(v) && !json_array_size(v)) || (json_is_object(v) && !json_object_size(v)) ||
	       (json_is_number(v) && json_number_value(v) == 0);
}

static void others(struct restating *r)
{
	/* the last five come from a builder's own container */
	static const char *const known[] = {"User",        "ExposedPorts", "Env",          "Entrypoint", "Cmd",
					    "Volumes",     "WorkingDir",   "Labels",       "StopSignal", "Healthcheck",
					    "OnBuild",     "Shell",        "Hostname",     "Domainname", "Image",
					    "AttachStdin", "AttachStdout", "AttachStderr", "ArgsEscaped"};
	const char *key;
	json_t *v;
	json_object_foreach ((json_t *)r->members, key, v) {
		bool is_known = is_empty(v);
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			is_known |= strcmp(key, known[i]) == 0;
		if (!is_known)
			refuse(r, "the member of the configuration", key);
	}
}

void dockerfile_config(const struct oci_image_config *config, struct buf *out, struct strlist *refused)
{
	struct restating r = {config, json_object_get(config->root, "config"), out, refused};
	env(&r);
	labels(&r);
	expose(&r);
	word(&r, "WORKDIR", config->working_dir);
	volumes(&r);
	word(&r, "USER", config->user);
	stop_signal(&r);
	if (json_array_size(json_object_get(r.members, "Shell")))
		list(&r, "SHELL", &config->shell);
	healthcheck(&r);
	onbuild(&r);
	list(&r, "ENTRYPOINT", &config->entrypoint);
	list(&r, "CMD", &config->cmd);
	others(&r);
}
