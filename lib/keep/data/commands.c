#include "keep/data/commands.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "keep/words.h"
#include "text/glob.h"
#include "text/path.h"

#define MAX_GLOB 64
#define CRON_SEARCH "/usr/bin:/bin"
#define POSTFIX_SEARCH "/usr/lib/postfix/sbin:/usr/lib/postfix:/usr/libexec/postfix"
#define UDEV_SEARCH "/usr/lib/udev:/lib/udev"

static const struct keep_data_format execline = {.read = keep_data_read_words, .search = "/command"};

/* The first row that matches counts. */
static const struct keep_data_format formats[] = {
    {"/etc/crontab /etc/cron.d/*", keep_data_read_cron, 1, .search = CRON_SEARCH, .programs = "/bin/sh"},
    {"/var/spool/cron/** /etc/crontabs/* /var/cron/tabs/*", keep_data_read_cron, .search = CRON_SEARCH,
     .programs = "/bin/sh"},
    {"crontab crontab.* *.crontab *-crontab *.cron crontabs/*", keep_data_read_cron, .shifts = true,
     .programs = "/bin/sh"},
    {"/etc/anacrontab", keep_data_read_columns, 3, .programs = "/bin/sh"},
    {"/etc/incron.d/* /var/spool/incron/*", keep_data_read_columns, 2},
    {"/etc/inetd.conf /etc/inetd.d/*", keep_data_read_columns, 5, .shifts = true},
    {"/etc/postfix/master.cf", keep_data_read_columns, 7, .search = POSTFIX_SEARCH},
    {"/etc/inittab", keep_data_read_colons, 3, .programs = "/bin/sh"},
    {"Procfile Procfile.*", keep_data_read_colons, 1, .programs = "/bin/sh"},
    {"/etc/aliases /etc/mail/aliases .forward .forward+* .procmailrc /etc/procmailrc", keep_data_read_pipes,
     .programs = "/bin/sh"},
    {"/etc/mailcap .mailcap", keep_data_read_mailcap, .used = true, .programs = "/bin/sh"},
    {"udev/rules.d/*.rules", keep_data_read_udev, .search = UDEV_SEARCH},
    {"/etc/logrotate.conf /etc/logrotate.d/* logrotate.conf *.logrotate", keep_data_read_logrotate,
     .programs = "/bin/sh"},
    {"/etc/s6-overlay/s6-rc.d/*/up /etc/s6-overlay/s6-rc.d/*/down s6-rc.d/*/up s6-rc.d/*/down", keep_data_read_words,
     .search = "/command"},
    {"/etc/supervisor/** /etc/supervisord.d/* supervisord.conf supervisor/conf.d/* supervisord.conf.d/*",
     keep_data_read_keys},
    {"systemd/*/*.service systemd/*/*.socket systemd/*/*.d/*.conf", keep_data_read_keys},
    {"/etc/xinetd.conf /etc/xinetd.d/* /etc/monit/** /etc/monitrc", keep_data_read_keys},
    {"/etc/network/interfaces /etc/network/interfaces.d/*", keep_data_read_keys, .programs = "/bin/sh"},
    {"*.desktop dbus-1/*/*.service", keep_data_read_keys, .used = true},
};

void keep_data_commands_done(struct keep_data_commands *c)
{
	strlist_done(&c->texts);
	strlist_done(&c->programs);
	strlist_done(&c->files);
	strlist_done(&c->places);
	buf_done(&c->search);
}

/* Whether the first letter and the last component match, which they hardly ever do. */
static bool may_match(const char *glob, size_t n, const char *path, const char *name)
{
	if (*glob == '/' && glob[1] != path[1] && isalpha((unsigned char)glob[1]))
		return false;
	const char *slash = memrchr(glob, '/', n), *last = slash ? slash + 1 : glob;
	size_t len = n - (size_t)(last - glob);
	return (len == 2 && memcmp(last, "**", 2) == 0) || glob_match_name(last, len, name, strlen(name));
}

/* Whether one of the globs matches. */
static bool any_matches(const char *globs, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *stop;
	for (char glob[MAX_GLOB]; *globs; globs = *stop ? stop + 1 : stop) {
		stop = strchrnul(globs, ' ');
		size_t n = (size_t)(stop - globs);
		if (!may_match(globs, n, path, name))
			continue;
		memcpy(glob, globs, n); /* the table's own */
		glob[n] = '\0';
		if (glob_match_end(glob, path))
			return true;
	}
	return false;
}

const struct keep_data_format *keep_data_format_of(const char *path, const char *head, size_t n)
{
	const char *line = n > 2 && memcmp(head, "#!", 2) == 0 ? memchr(head, '\n', n) : NULL;
	if (line && memmem(head, (size_t)(line - head), "execlineb", 9))
		return &execline;
	for (size_t i = 0; !line && i < sizeof(formats) / sizeof(formats[0]); i++)
		if (any_matches(formats[i].paths, path))
			return &formats[i];
	return NULL;
}

bool keep_data_is_configuration(const char *path)
{
	static const char *const endings[] = {".conf", ".cfg",  ".cnf", ".ini",        ".cf",      ".yml", ".yaml",
					      ".toml", ".json", ".xml", ".properties", ".service", ".env", ".config"};
	/* Accounts' shells, and names of things. */
	static const char *const tables[] = {
	    "/etc/passwd",   "/etc/passwd-",   "/etc/shadow",     "/etc/shells",          "/etc/adduser.conf",
	    "/etc/services", "/etc/protocols", "/etc/mime.types", "/etc/default/useradd", "/etc/mailcap"};
	if (KEEP_WORDS_HAVE(tables, path))
		return false;
	if (path_is_below(path, "/etc") || path_is_below(path, "/usr/local/etc"))
		return true;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (path_ends_with(path, endings[i]))
			return true;
	return false;
}

static char *joined(const char *text, size_t n)
{
	char *copy = mem_strndup(text, n);
	for (char *p = copy; (p = strstr(p, "\\\n")); p++)
		p[0] = p[1] = ' ';
	return copy;
}

void keep_data_commands_read(const struct keep_data_format *f, const char *text, size_t n,
			     struct keep_data_commands *out)
{
	if (memchr(text, '\0', n))
		return;
	CLEANUP_FREE char *copy = joined(text, n);
	f->read(copy, f, out);
	if (out->texts.count && f->programs)
		strlist_add(&out->programs, f->programs);
	if (f->search)
		keep_data_search(out, f->search);
}

void keep_data_commands_read_any(const char *text, size_t n, struct keep_data_commands *out)
{
	static const struct keep_data_format any = {.read = keep_data_read_keys};
	keep_data_commands_read(&any, text, n, out);
}

static bool is_path_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._+-/@~", c));
}

static void paths_of_line(const char *line, struct strset *out)
{
	for (const char *p = line; (p = strchr(p, '/'));) {
		size_t len = 1;
		while (is_path_char(p[len]))
			len++;
		bool starts = p == line || !(is_path_char(p[-1]) || strchr("}$%)\\", p[-1]));
		if (starts && p[1] != '/' && len > 1)
			(void)strset_add_len(out, p, len, NULL);
		p += len;
	}
}

void keep_data_paths(const char *text, size_t n, struct strset *out)
{
	CLEANUP_FREE char *copy = mem_strndup(text, n);
	for (char *rest = copy, *line; (line = keep_data_line(&rest));)
		paths_of_line(line, out);
}
