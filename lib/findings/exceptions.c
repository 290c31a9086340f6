#include "findings/exceptions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "text/glob.h"

#define BLANKS " \t\r"

static int parse_line(char *line, size_t number, const char *file, struct findings_exceptions *out, struct err *err)
{
	char *rest, *id = strtok_r(line, BLANKS, &rest);
	if (!id || *id == '#')
		return 0;
	const char *pattern = strtok_r(NULL, BLANKS, &rest), *more = pattern ? strtok_r(NULL, BLANKS, &rest) : NULL;
	const struct findings_rule *rule = findings_rule_find(id);
	if (!rule)
		return err_set(err, ERR_INVAL, "exception-malformed",
			       "%s, line %zu: there is no rule %s; slim-inspect(1) lists the rules", file, number, id);
	if (more && *more != '#')
		return err_set(err, ERR_INVAL, "exception-malformed",
			       "%s, line %zu: a line has the name of a rule and at most one pattern", file, number);
	if (out->count == FINDINGS_EXCEPTIONS_MAX)
		return err_set(err, ERR_LIMIT, "input-too-large", "%s has more than %d exceptions", file,
			       FINDINGS_EXCEPTIONS_MAX);
	out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
	out->items[out->count++] = (struct findings_exception){
	    .rule = rule, .pattern = pattern && *pattern != '#' ? mem_strdup(pattern) : NULL, .line = number};
	return 0;
}

int findings_exceptions_parse(const char *text, size_t n, const char *file, struct findings_exceptions *out,
			      struct err *err)
{
	CLEANUP_FINDINGS_EXCEPTIONS struct findings_exceptions e = {0};
	CLEANUP_FREE char *copy = mem_strndup(text, n);
	char *line = copy, *next;
	if (memchr(text, '\0', n))
		return err_set(err, ERR_INVAL, "exception-malformed", "%s is not a text: it has a zero byte", file);
	for (size_t number = 1; line; number++, line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		int r = parse_line(line, number, file, &e, err);
		if (r < 0)
			return r;
	}
	*out = e;
	e = (struct findings_exceptions){0};
	return 0;
}

int findings_exceptions_read(const char *file, bool may_lack, struct findings_exceptions *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_FD int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	*out = (struct findings_exceptions){0};
	if (fd < 0 && errno == ENOENT && may_lack)
		return 0;
	if (fd < 0)
		return err_sys(err, errno, "file-open", "%s", file);
	int r = fd_read_all(fd, LIMIT_POLICY, file, &text, err);
	return r < 0 ? r : findings_exceptions_parse(text.data ? text.data : "", text.len, file, out, err);
}

bool findings_exceptions_have(struct findings_exceptions *e, const struct findings_rule *rule, const char *what)
{
	for (size_t i = 0; e && rule && i < e->count; i++) {
		struct findings_exception *x = &e->items[i];
		if (x->rule != rule || (x->pattern && (!what || !glob_match_end(x->pattern, what))))
			continue;
		x->used = true;
		e->accepted++;
		return true;
	}
	return false;
}

void findings_exceptions_note(const struct findings_exceptions *e, struct notes *out)
{
	for (size_t i = 0; i < e->count; i++)
		if (!e->items[i].used)
			notes_add(out, "exception-unused",
				  "line %zu of the exceptions is of no use: %s%s%s finds nothing", e->items[i].line,
				  e->items[i].rule->id, e->items[i].pattern ? " " : "",
				  e->items[i].pattern ? e->items[i].pattern : "");
}

void findings_exceptions_done(struct findings_exceptions *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->items[i].pattern);
	free(e->items);
	*e = (struct findings_exceptions){0};
}
