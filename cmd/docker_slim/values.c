#include "cmd/docker_slim/values.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "text/secret.h"

/* Refuses PATH:MODE[#UID[#GID]], which sets permissions. */
int docker_slim_include_path(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			     struct err *err)
{
	const char *colon = strrchr(value, ':');
	size_t digits = colon ? strspn(colon + 1, "01234567") : 0;
	if (digits >= 3 && digits <= 6 && (!colon[1 + digits] || colon[1 + digits] == '#'))
		return err_set(err, ERR_INVAL, "option-unsupported",
			       "--%s: every entry keeps its mode and owner: leave out \"%s\"", row->name, colon);
	docker_slim_add(s, mem_printf("--include=%s", value));
	return 0;
}

static int read_file(const struct docker_slim_row *row, const char *path, struct buf *out, struct err *err)
{
	int r = fd_read_file(AT_FDCWD, path, LIMIT_POLICY, out, err);
	return r < 0 ? err_wrap(err, "--%s", row->name) : 0;
}

/* Adds the option of row->to with this value. */
static void add_to(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value)
{
	docker_slim_add(s, mem_printf("%.*s%s", (int)(strlen(row->to) - strlen("%s")), row->to, value));
}

/* Skips empty lines and those that begin with #. */
int docker_slim_each_line(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			  struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = read_file(row, value, &text, err);
	char *rest = r < 0 || !text.len ? NULL : text.data, *line;
	while ((line = strsep(&rest, "\n"))) {
		line += strspn(line, " \t\r");
		size_t n = strlen(line);
		while (n && strchr(" \t\r", line[n - 1]))
			line[--n] = '\0';
		if (*line && *line != '#')
			add_to(s, row, line);
	}
	return r;
}

int docker_slim_exec(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value, struct err *err)
{
	docker_slim_add(s, mem_printf("--exec=%s", value));
	if (s->layer)
		docker_slim_add(s, mem_strdup("--exec-alone"));
	return 0;
}

int docker_slim_whole_file(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			   struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = read_file(row, value, &text, err);
	return r == 0 ? docker_slim_exec(s, row, text.len ? text.data : "", err) : r;
}

static bool is_one_of(const char *word, size_t len, const char *const *names)
{
	for (; *names; names++)
		if (strlen(*names) == len && memcmp(*names, word, len) == 0)
			return true;
	return false;
}

int docker_slim_continue_after(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			       struct err *err)
{
	static const char *const driven[] = {"probe", "exec", "host-exec", NULL};
	bool all = *value;
	for (const char *p = value; all && *p;) {
		size_t len = strcspn(p, "&");
		all = is_one_of(p, len, driven);
		p += len + (p[len] == '&');
	}
	if (strstr(value, "container-probe") || strstr(value, "container.probe"))
		return err_set(err, ERR_INVAL, "option-unsupported",
			       "--continue-after %s can't be done here: drive the service with --host-exec; see "
			       "slim-docker-slim(7)",
			       value);
	const char *ours = all                              ? "probe"
			   : strcmp(value, "app-exit") == 0 ? "exit"
			   : strcmp(value, "timeout") == 0  ? "60"
							    : value;
	docker_slim_add(s, mem_printf("--continue-after=%s", ours));
	return 0;
}

/* Both are needed: the second one adds the option. */
int docker_slim_credentials(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			    struct err *err)
{
	char **to = strcmp(row->name, "registry-secret") == 0 ? &s->secret : &s->account;
	secret_free(*to);
	*to = mem_strdup(value);
	if (s->account && s->secret)
		docker_slim_add(s, mem_printf("--creds=%s:%s", s->account, s->secret)); /* blanked where it is parsed */
	return 0;
}

/* "http:GET:/health/" for http://localhost:8000/health/; NULL = it is not a URL. */
static char *request_of_url(const char *value)
{
	const char *end = strstr(value, "://");
	static const char *const schemes[] = {"http", "https", NULL};
	if (!end || !is_one_of(value, (size_t)(end - value), schemes))
		return NULL;
	const char *path = end + strlen("://");
	path += strcspn(path, "/?#");
	return mem_printf("%.*s:GET:%s%s", (int)(end - value), value, *path == '/' ? "" : "/", path);
}

/* "GET:/a" for "GET /a"; NULL = it does not have this form. */
static char *request_of_words(const char *value)
{
	const size_t n = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), blanks = strspn(value + n, " \t");
	const char *path = value + n + blanks;
	if (!n || !blanks || *path != '/' || strpbrk(path, " \t"))
		return NULL;
	return mem_printf("%.*s:%s", (int)n, value, path);
}

int docker_slim_http_request(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			     struct err *err)
{
	CLEANUP_FREE char *meant = NULL;
	if (s->layer && !(meant = request_of_url(value)))
		meant = request_of_words(value);
	if (meant)
		strlist_take(&s->notes, mem_printf("--%s: \"%s\" is read as %s", row->name, value, meant));
	docker_slim_add(s, mem_printf("--%s=%s", row->name, meant ? meant : value));
	return 0;
}

int docker_slim_report(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
		       struct err *err)
{
	s->reported = true;
	if (*value && strcmp(value, "off") != 0)
		docker_slim_add(s, mem_printf("--report=%s", value));
	return 0;
}

int docker_slim_log_level(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			  struct err *err)
{
	static const char *const loud[] = {"trace", "debug", "info", NULL}, *const usual[] = {"warn", "error", NULL},
				 *const silent[] = {"fatal", "panic", NULL};
	size_t len = strlen(value);
	if (is_one_of(value, len, loud))
		docker_slim_add(s, mem_strdup("--verbose"));
	else if (is_one_of(value, len, silent))
		docker_slim_add(s, mem_strdup("--quiet"));
	else if (!is_one_of(value, len, usual))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--log-level takes trace, debug, info, warn, error, fatal or panic, not \"%s\"", value);
	return 0;
}

int docker_slim_output_format(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			      struct err *err)
{
	if (strcmp(value, "json") == 0)
		docker_slim_add(s, mem_strdup("--json"));
	else if (strcmp(value, "text") != 0)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--output-format takes text or json, not \"%s\"",
			       value);
	return 0;
}
