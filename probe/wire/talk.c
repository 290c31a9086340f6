#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "probe/probe.h"
#include "probe/wire/plain.h"
#include "probe/wire/reach.h"

#define TIMEOUT_MS 30000
#define PATTERN_MAX 4096

/* ---- the option ---- */

static int malformed(const char *text, const char *why, struct err *err)
{
	return err_set(err, ERR_INVAL, "talk-malformed", "\"%s\": %s", text, why);
}

/* Reads one character, or an escape, at *at. -1: an unknown escape. */
static int unescape(const char **at)
{
	static const char names[] = "rnt\\/:", values[] = "\r\n\t\\/:";
	const char *s = *at;
	if (*s != '\\') {
		++*at;
		return (unsigned char)*s;
	}
	const char *known = s[1] ? strchr(names, s[1]) : NULL;
	if (known) {
		*at += 2;
		return (unsigned char)values[known - names];
	}
	if (s[1] != 'x' || !isxdigit((unsigned char)s[2]) || !isxdigit((unsigned char)s[3]))
		return -1;
	const char digits[] = {s[2], s[3], '\0'};
	*at += 4;
	return (int)strtol(digits, NULL, 16);
}

/* Up to end, which has no backslash before it, or to the end of the text. */
static bool unescape_until(const char **at, char end, struct buf *out)
{
	while (**at && **at != end) {
		int c = unescape(at);
		if (c < 0)
			return false;
		buf_char(out, (char)c);
	}
	return true;
}

/* What stands behind the address. */
static int parse_talk(const char *text, const char *at, struct probe_talk_options *out, struct err *err)
{
	regex_t re;
	if (!*at)
		return 0;
	++at; /* the colon */
	if (!unescape_until(&at, '/', &out->send))
		return malformed(text, "one of these must follow a backslash: r n t \\ / : or xNN", err);
	out->sends = out->send.len > 0;
	if (*at && at[1])
		out->expect = mem_strdup(at + 1);
	if (!out->expect)
		return 0;
	if (strlen(out->expect) > PATTERN_MAX || regcomp(&re, out->expect, REG_EXTENDED | REG_NOSUB) != 0)
		return malformed(text, "the expected text is not a regular expression", err);
	regfree(&re);
	return 0;
}

int probe_talk_parse_tcp(const char *text, struct probe_talk_options *out, struct err *err)
{
	size_t n = strspn(text, "0123456789");
	unsigned long port = n && n <= 5 ? strtoul(text, NULL, 10) : 0;
	*out = (struct probe_talk_options){.port = (uint16_t)port};
	if (port == 0 || port > UINT16_MAX || (text[n] && text[n] != ':'))
		return malformed(text, "PORT[:SEND][/EXPECT] begins with a port", err);
	out->what = mem_strdup(text[n] && text[n + 1] ? text + n + 1 : "connect");
	return parse_talk(text, text + n, out, err);
}

int probe_talk_parse_unix(const char *text, struct probe_talk_options *out, struct err *err)
{
	struct buf path = {0};
	const char *at = text;
	bool good = unescape_until(&at, ':', &path);
	const size_t n = path.len;
	*out = (struct probe_talk_options){.path = buf_steal(&path), .what = mem_strdup(text)};
	if (!good || out->path[0] != '/' || strlen(out->path) != n || n > LIMIT_PATH)
		return malformed(text, "PATH[:SEND][/EXPECT] begins with an absolute path", err);
	return parse_talk(text, at, out, err);
}

void probe_talk_options_done(struct probe_talk_options *o)
{
	free(o->what);
	free(o->path);
	free(o->expect);
	buf_done(&o->send);
	*o = (struct probe_talk_options){0};
}

/* ---- the exercise ---- */

static bool is_found(void *re, const void *data, size_t n)
{
	regmatch_t all = {.rm_so = 0, .rm_eo = (regoff_t)n};
	return regexec(re, data, 1, &all, REG_STARTEND) == 0;
}

static int not_found(const struct probe_talk_options *o, const struct probe_wire *w, struct err *err)
{
	CLEANUP_BUF struct buf got = {0};
	const size_t n = probe_wire_size(w);
	buf_escape(&got, (const char *)probe_wire_data(w), n < 300 ? n : 300);
	return err_set(err, ERR_UNPROVEN, "talk-answer-unexpected", "\"%s\" is not in the answer%s%s", o->expect,
		       got.len ? ": " : ", which is nothing", got.len ? got.data : "");
}

static int converse(const struct probe_talk_options *o, struct probe_wire *w, struct err *err)
{
	struct probe_plain plain = {.data = o->send.data, .n = o->send.len};
	regex_t re;
	if (!o->expect)
		return probe_plain_over(w, &plain, err);
	if (regcomp(&re, o->expect, REG_EXTENDED) != 0)
		return malformed(o->expect, "it is not a regular expression", err);
	struct err e = {0};
	plain.is_enough = is_found;
	plain.ctx = &re;
	int r = probe_plain_over(w, &plain, &e);
	const bool found = is_found(&re, probe_wire_data(w), probe_wire_size(w));
	regfree(&re);
	if (r == 0 || r == -ERR_TIMEOUT)
		return found ? 0 : not_found(o, w, err);
	*err = e;
	return r;
}

static int talk(const struct probe_talk_options *o, const struct exercise_target *t, struct probe_wire *w,
		struct err *err)
{
	int r = probe_wire_reach(w, t, o->port, o->path, TIMEOUT_MS, PROBE_WIRE_UP_MS, err);
	return r < 0 ? r : converse(o, w, err);
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_talk_options *o = ctx;
	CLEANUP_WIRE struct probe_wire w = {.fd = -1};
	struct err failure = {0};
	const uint64_t began = clock_ms();
	int r = talk(o, t, &w, &failure);
	if (r == -ERR_CANCELLED) {
		if (err)
			*err = failure;
		return r;
	}
	struct exercise_step step = {
	    .kind = o->path ? EXERCISE_UNIX : EXERCISE_TCP,
	    .what = mem_strdup(o->what),
	    .port = o->port,
	    .status = r < 0 ? -1 : 0,
	    .ms = (uint32_t)(clock_ms() - began),
	    .error = r < 0 ? mem_strdup(failure.msg) : NULL,
	};
	if (r == 0)
		exercise_answer_set(&step.answer, NULL, probe_wire_data(&w), probe_wire_size(&w), probe_wire_size(&w));
	exercise_log_add(log, &step);
	if (r == 0)
		return 0;
	failure.code = ERR_UNPROVEN;
	err_wrap(&failure, "%s", o->what);
	if (err)
		*err = failure;
	return -ERR_UNPROVEN;
}

void probe_talk(const struct probe_talk_options *options, struct exercise *out)
{
	const enum exercise_kind kind = options->path ? EXERCISE_UNIX : EXERCISE_TCP;
	*out = (struct exercise){.name = exercise_kind_name(kind), .run = run, .ctx = (void *)options};
}
