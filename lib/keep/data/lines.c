/* Formats of lines: a command in a column or behind a key. */
#include <ctype.h>
#include <string.h>

#include "keep/data/format.h"
#include "keep/words.h"

#define TIMES 5 /* of a line of a crontab */

char *keep_data_trim(char *s)
{
	s += strspn(s, " \t\r");
	size_t n = strlen(s);
	while (n && strchr(" \t\r", s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

char *keep_data_line(char **rest)
{
	for (char *line; (line = strsep(rest, "\n"));) {
		line = keep_data_trim(line);
		if (*line && *line != '#' && *line != ';' && strncmp(line, "//", 2) != 0)
			return line;
	}
	return NULL;
}

char *keep_data_word(char **rest)
{
	*rest += strspn(*rest, " \t");
	char *word = *rest;
	*rest += strcspn(*rest, " \t");
	if (**rest)
		*(*rest)++ = '\0';
	return word;
}

void keep_data_search(struct keep_data_commands *out, const char *path)
{
	while (*path) {
		size_t n = strcspn(path, ":");
		if (*path == '/' || *path == '.') {
			if (out->search.len)
				buf_char(&out->search, ':');
			buf_append(&out->search, path, n);
		}
		path += n + (path[n] == ':');
	}
}

void keep_data_add(struct keep_data_commands *out, const char *command)
{
	command += strspn(command, "-@+!:| \t");
	if (*command)
		strlist_add(&out->texts, command);
}

/* A quoted value: what is between the quotes, if that is all of it or has more than one word. */
static char *unquoted(char *s)
{
	char *stop = *s == '"' || *s == '\'' ? strchr(s + 1, *s) : NULL;
	while (stop && stop[-1] == '\\')
		stop = strchr(stop + 1, *s);
	if (!stop || (stop[1] && strcspn(s, " \t") > (size_t)(stop - s)))
		return s;
	*stop = '\0';
	return s + 1;
}

/* NAME=VALUE: what it says of where commands are looked for, and what runs them. */
static bool assignment(char *line, struct keep_data_commands *out)
{
	size_t n = 0;
	while (isalnum((unsigned char)line[n]) || line[n] == '_')
		n++;
	size_t gap = strspn(line + n, " \t");
	if (!n || line[n + gap] != '=')
		return false;
	char *value = unquoted(keep_data_trim(line + n + gap + 1));
	line[n] = '\0';
	if (strcmp(line, "PATH") == 0)
		keep_data_search(out, value);
	else if (strcmp(line, "SHELL") == 0)
		strlist_add(&out->programs, value);
	return true;
}

/* Take the text behind the columns; if the command may begin a word later, take that, too. */
static void command_at(char *rest, const struct keep_data_format *f, struct keep_data_commands *out)
{
	for (unsigned i = 0; i < f->columns; i++)
		(void)keep_data_word(&rest);
	rest = keep_data_trim(rest);
	keep_data_add(out, rest);
	if (f->shifts)
		keep_data_add(out, rest + strcspn(rest, " \t"));
}

void keep_data_read_columns(char *text, const struct keep_data_format *f, struct keep_data_commands *out)
{
	for (char *line; (line = keep_data_line(&text));)
		if (!assignment(line, out))
			command_at(line, f, out);
}

/* Behind an unescaped % is the command's input. */
static void cut_input(char *s)
{
	char *to = s;
	for (; *s && *s != '%'; s++) {
		s += *s == '\\' && s[1] == '%';
		*to++ = *s;
	}
	*to = '\0';
}

static bool is_time(const char *s)
{
	size_t n = strspn(s, "0123456789*/,-?");
	return n && (!s[n] || strchr(" \t", s[n]));
}

/* Some crontabs have seconds or years: a sixth or seventh time. */
void keep_data_read_cron(char *text, const struct keep_data_format *f, struct keep_data_commands *out)
{
	for (char *line; (line = keep_data_line(&text));) {
		if (assignment(line, out))
			continue;
		cut_input(line);
		char *rest = line;
		unsigned times = *line != '@' ? TIMES : strncmp(line, "@every", 6) == 0 ? 2 : 1;
		for (unsigned i = 0; i < times; i++)
			(void)keep_data_word(&rest);
		while (*line != '@' && is_time(rest + strspn(rest, " \t")))
			(void)keep_data_word(&rest);
		command_at(rest, f, out);
	}
}

void keep_data_read_colons(char *text, const struct keep_data_format *f, struct keep_data_commands *out)
{
	for (char *line; (line = keep_data_line(&text));) {
		for (unsigned i = 0; line && i < f->columns; i++)
			(void)strsep(&line, ":");
		if (line)
			keep_data_add(out, keep_data_trim(line));
	}
}

/* ---- keys ---- */

static bool begins(const char *s, const char *with)
{
	return strncasecmp(s, with, strlen(with)) == 0;
}

/* Whether a key of n bytes is followed by a command: ExecStart, archive_command, ForceCommand, actionban. */
static bool is_key(const char *key, size_t n)
{
	static const char *const whole[] = {"run",  "start",  "stop", "restart",  "reload", "up",
					    "down", "server", "exec", "commands", "argv"};
	static const char *const ends[] = {"command", "command_line", "cmd",   "exec", "script",
					   "program", "-up",          "-down", "hook"};
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (strlen(whole[i]) == n && begins(key, whole[i]))
			return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);
		if (len <= n && strncasecmp(key + n - len, ends[i], len) == 0)
			return true;
	}
	return n > 4 && (begins(key, "exec") || begins(key, "action"));
}

/* ["sh", "-c", "date | sort"]: one command, or several if the key is a plural. */
static void list(char *s, bool several, struct keep_data_commands *out)
{
	CLEANUP_BUF struct buf all = {0};
	for (char *quote; (quote = strpbrk(s, "\"'"));) {
		char *stop = strchr(quote + 1, *quote);
		if (!stop)
			break;
		if (several) {
			char end = *stop;
			*stop = '\0';
			keep_data_add(out, quote + 1);
			*stop = end;
		} else {
			buf_append(&all, quote, (size_t)(stop + 1 - quote));
			buf_char(&all, ' ');
		}
		s = stop + 1;
	}
	if (all.len)
		keep_data_add(out, all.data);
}

static void value_of(char *value, bool several, struct keep_data_commands *out)
{
	static const char *const switches[] = {"yes", "no", "true", "false"}; /* some are programs, too */
	value = keep_data_trim(value);
	size_t n = strlen(value);
	if (n && strchr(",;", value[n - 1]))
		value[n - 1] = '\0';
	value += strspn(value, ">= \t"); /* "x" => "y" */
	if (*value == '[')
		list(value, several, out);
	else if (!KEEP_WORDS_HAVE(switches, value = unquoted(keep_data_trim(value))))
		keep_data_add(out, value);
}

/* Environment=PATH=/x:/y, environment=PATH="/x", export PATH=/x */
static void path_of(const char *line, struct keep_data_commands *out)
{
	const char *p = strstr(line, "PATH=");
	if (!p || (p > line && (isalnum((unsigned char)p[-1]) || p[-1] == '_')))
		return;
	p += strlen("PATH=");
	p += strspn(p, "\"'");
	CLEANUP_BUF struct buf dirs = {0};
	buf_append(&dirs, p, strcspn(p, "\"', \t"));
	keep_data_search(out, dirs.data);
}

static bool is_key_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_-.", c));
}

/* What stands behind = or : and a key: start program = "x". */
static bool behind_sign(char *line, struct keep_data_commands *out)
{
	char *sign = strpbrk(line, "=:"), *stop = sign;
	while (stop && stop > line && strchr(" \t\"'+", stop[-1]))
		stop--;
	char *key = stop;
	while (key && key > line && is_key_char(key[-1]))
		key--;
	if (!sign || *key == '-' || !is_key(key, (size_t)(stop - key)))
		return false;
	value_of(sign + 1, stop[-1] == 's', out);
	return true;
}

/* Else what stands behind a key and a blank: ForceCommand x. */
static void key_line(char *line, struct keep_data_commands *out)
{
	line += strspn(line, "-\"' \t");
	if (behind_sign(line, out))
		return;
	size_t n = 0;
	while (is_key_char(line[n]))
		n++;
	if (is_key(line, n) && (line[n] == ' ' || line[n] == '\t'))
		value_of(line + n, line[n - 1] == 's', out);
}

/* Apache: ScriptAlias /cgi-bin/ "/usr/lib/cgi-bin/" */
static void script_alias(char *rest, struct keep_data_commands *out)
{
	(void)keep_data_word(&rest);
	(void)keep_data_word(&rest);
	char *dir = unquoted(keep_data_trim(rest));
	if (*dir == '/')
		strlist_add(&out->places, dir);
}

void keep_data_read_keys(char *text, const struct keep_data_format *f, struct keep_data_commands *out)
{
	for (char *line; (line = keep_data_line(&text));) {
		path_of(line, out);
		if (begins(line, "ScriptAlias "))
			script_alias(line, out);
		else if (*line != '[') /* a section */
			key_line(line, out);
	}
}
