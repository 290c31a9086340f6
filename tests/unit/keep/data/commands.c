#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "keep/data/commands.h"

static void put(struct buf *out, const char *mark, const struct strlist *l)
{
	for (size_t i = 0; i < l->count; i++)
		buf_printf(out, "%s%s%s", out->len ? "|" : "", mark, l->items[i]);
}

/* The commands of a text: texts, =programs, <files, @places and $directories, separated by bars. */
static void assert_commands(const char *path, const char *text, const char *want)
{
	CLEANUP_KEEP_DATA_COMMANDS struct keep_data_commands c = {0};
	CLEANUP_BUF struct buf got = {0};
	const struct keep_data_format *f = keep_data_format_of(path, text, strlen(text));
	if (f)
		keep_data_commands_read(f, text, strlen(text), &c);
	else
		keep_data_commands_read_any(text, strlen(text), &c);
	buf_str(&got, "");
	put(&got, "", &c.texts);
	put(&got, "=", &c.programs);
	put(&got, "<", &c.files);
	put(&got, "@", &c.places);
	if (c.search.len)
		buf_printf(&got, "%s$%s", got.len ? "|" : "", c.search.data);
	if (strcmp(got.data, want) != 0)
		fail_msg("%s: %s\n got: %s\nwant: %s", path, text, got.data, want);
}

struct a_case {
	const char *path, *text, *want;
};

static void assert_cases(const struct a_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_commands(cases[i].path, cases[i].text, cases[i].want);
}
#define ASSERT_CASES(cases) assert_cases(cases, sizeof(cases) / sizeof((cases)[0]))

static void columns(void **state)
{
	static const struct a_case cases[] = {
	    {"/etc/crontab",
	     "# x\nSHELL=/bin/bash\nPATH=/opt/bin:/bin\n17 *\t* * *\troot\tcd / && run-parts --report "
	     "/etc/cron.hourly\n",
	     "cd / && run-parts --report /etc/cron.hourly|=/bin/bash|=/bin/sh|$/opt/bin:/bin:/usr/bin:/bin"},
	    {"/etc/cron.d/x", "*/5 1-3,7 * * mon-fri root find / | sort\n@reboot root date\n",
	     "find / | sort|date|=/bin/sh|$/usr/bin:/bin"},
	    {"/etc/cron.d/x", "* * * * * root mail a@b.c%hello%\n0 0 * * * root date +\\%F % x",
	     "mail a@b.c|date +%F|=/bin/sh|$/usr/bin:/bin"},
	    {"/etc/cron.d/x", "* * *\n\nMAILTO = \"\"\n@daily\n", "$/usr/bin:/bin"},
	    {"/var/spool/cron/crontabs/root", "0 0 * * * find /\n", "find /|=/bin/sh|$/usr/bin:/bin"},
	    {"/etc/crontabs/root", "*/15 * * * * run-parts /etc/periodic/15min\n",
	     "run-parts /etc/periodic/15min|=/bin/sh|$/usr/bin:/bin"},
	    {"/app/crontab", "*/5 * * * * * * sort x\n@every 1h find /\n", "sort x|x|find /|/|=/bin/sh"},
	    {"/etc/anacrontab", "PATH=/x\n1 5 cron.daily run-parts /etc/cron.daily\n",
	     "run-parts /etc/cron.daily|=/bin/sh|$/x"},
	    {"/etc/incron.d/a", "/data IN_CREATE sort $@/$#\n", "sort $@/$#"},
	    {"/etc/inetd.conf", "#x\nftp stream tcp nowait root /usr/sbin/tcpd in.ftpd -l\n",
	     "/usr/sbin/tcpd in.ftpd -l|in.ftpd -l"},
	    {"/etc/postfix/master.cf", "smtp inet n - y - - smtpd\n  -o x=y\n",
	     "smtpd|$/usr/lib/postfix/sbin:/usr/lib/postfix:/usr/libexec/postfix"},
	    {"/etc/inittab", "id:2:initdefault:\n1:23:respawn:/sbin/getty 38400 tty1\ntty2::askfirst:-/bin/sh\n",
	     "/sbin/getty 38400 tty1|/bin/sh|=/bin/sh"},
	    {"/app/Procfile", "web: run -b 0.0.0.0:80\nworker:sort\nbroken\n", "run -b 0.0.0.0:80|sort|=/bin/sh"},
	};
	ASSERT_CASES(cases);
}

static void keys(void **state)
{
	static const struct a_case cases[] = {
	    {"/usr/lib/systemd/system/x.service",
	     "[Service]\nEnvironment=\"PATH=/srv/bin:/bin\" A=b\nExecStartPre=-+/bin/mkdir x\nExecStart=!find \\\n  /\n"
	     "ExecStop=\nType=simple\n",
	     "/bin/mkdir x|find     /|$/srv/bin:/bin"},
	    {"/etc/supervisor/conf.d/x.conf",
	     "[program:x] ; y\ncommand=bash -c \"date | sort\"\nenvironment=A=\"1\",PATH=\"/o:%(ENV_PATH)s\"\n"
	     "stopsignal=QUIT\nautorestart=true\n",
	     "bash -c \"date | sort\"|$/o"},
	    {"/etc/monit/conf.d/x", "check process x\n  start program = \"/etc/init.d/x start\" with timeout 60\n",
	     "/etc/init.d/x start"},
	    {"/etc/monit/conf.d/x", "  stop program = \"x -k\"\n", "x -k"},
	    {"/etc/xinetd.d/x", "service x\n{\n\tserver = /usr/sbin/x\n}\n", "/usr/sbin/x"},
	    {"/etc/network/interfaces", "iface e inet dhcp\n  pre-up ip link\n  up date\n", "ip link|date|=/bin/sh"},
	    {"/usr/share/applications/x.desktop", "Exec=x %U\nTryExec=sort\nName=x\n", "x %U|sort"},
	    {"/etc/ssh/sshd_config", "ForceCommand sort a=b\nSubsystem sftp /x\n", "sort a=b"},
	    {"/pg/postgresql.conf", "archive_command = 'cp %p /x/%f'\t# y\n", "cp %p /x/%f"},
	    {"/etc/k.conf", "run = \"/x y\" z\nexec '/x' 'y'\nexec \"a \\\"b\\\" c\", 'd'\nrun 'a\n",
	     "/x y|'/x' 'y'|a \\\"b\\\" c|'a"},
	    {"/etc/k.conf", "script \"killall -0 x\"\n", "killall -0 x"},
	    {"/etc/f.conf", "actionban = find <ip>\nact = x\n", "find <ip>"},
	    {"/etc/t.conf", "commands = [\"find /\", 'sort']\ncommand: [\"sh\", \"-c\", \"date\"]\n",
	     "find /|sort|\"sh\" \"-c\" \"date\" "},
	    {"/x.json", "{\n  \"command\": \"sort -u\",\n  \"x\": \"date\",\n", "sort -u"},
	    {"/x.yml", "start: yes\nrun:\n- command: date\ndescription: sort\n", "date"},
	    {"/etc/lighttpd/x.conf", "cgi.exec = \"x\"\n", "x"},
	    {"/etc/apache2/x.conf", "ScriptAlias /cgi-bin/ \"/usr/lib/cgi-bin/\"\n", "@/usr/lib/cgi-bin/"},
	    {"/etc/x.conf", "=\n:\n\"\ncommand\nexec=\ncommand = [\ncommand = [\"\n", ""},
	};
	ASSERT_CASES(cases);
}

static void blocks(void **state)
{
	static const struct a_case cases[] = {
	    {"/etc/aliases", "# |no\nroot: you\nx: \"|/usr/bin/v -a\", y\nz: |sort\na|b: c\n",
	     "/usr/bin/v -a|sort|=/bin/sh"},
	    {"/srv/x/.forward", "\"|IFS=' ' && exec p\"\n", "IFS=' ' && exec p|=/bin/sh"},
	    {"/etc/procmailrc", ":0fw\n| sort -u\n", "sort -u|=/bin/sh"},
	    {"/etc/mailcap", "text/plain; less '%s'; needsterminal; test=test -n \"$X\"; print=lp \\; y\nbroken\n",
	     "less '%s'|test -n \"$X\"|lp \\; y|=/bin/sh"},
	    {"/lib/udev/rules.d/1.rules",
	     "KERNEL==\"x\", RUN+=\"/bin/x a\", IMPORT{program}=\"y\", RUN{builtin}+=\"kmod\"\nRUN+=\"\n",
	     "/bin/x a|y|$/usr/lib/udev:/lib/udev"},
	    {"/etc/logrotate.d/x",
	     "/var/log/x {\n weekly\n compress\n compresscmd /bin/xz\n postrotate\n  if x; then\n   date\n  fi\n "
	     "endscript\n}\n"
	     "prerotate\nnever ends",
	     "/bin/xz|if x; then\ndate\nfi\n|=gzip|=/bin/sh"},
	    {"/etc/logrotate.conf", "weekly\ninclude /etc/logrotate.d\n", "</etc/logrotate.d"},
	    {"/etc/s6-overlay/s6-rc.d/x/up", "/etc/x/run -v\n", "=/etc/x/run|$/command"},
	    {"/etc/services.d/x/run", "#!/command/execlineb -P\nforeground { echo \"a\" } fdmove -c 2 1\nfind $X\n",
	     "=foreground|=echo|=a|=fdmove|=find|$/command"},
	};
	ASSERT_CASES(cases);
}

static void scripts(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"{\"scripts\": {\"start\": \"npm run serve && date\", \"prestart\": \"id\", \"serve\": \"x serve\","
	     "\"build\": \"sort\", \"start:w\": \"yarn start\"}}",
	     "id|npm run serve && date|yarn start|x serve"},
	    {"{\"scripts\": {\"worker\": \"a\", \"preworker\": \"b\", \"test\": \"c\"}}", "b|a"},
	    {"{\"scripts\": {\"start\": \"npm run start\", \"poststart\": [\"x\"]}}", "npm run start"},
	    {"{\"scripts\": [\"start\"]}", ""},
	    {"{\"scripts\": ", ""},
	};
	CLEANUP_STRLIST struct strlist command = {0};
	strlist_add(&command, "worker");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_KEEP_DATA_COMMANDS struct keep_data_commands c = {0};
		CLEANUP_BUF struct buf got = {0};
		keep_data_scripts_read(cases[i].text, strlen(cases[i].text), &command, &c);
		buf_str(&got, "");
		put(&got, "", &c.texts);
		assert_string_equal(got.data, cases[i].want);
	}
}

static void paths(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"a /usr/bin/x, b=/bin/y;\"/z/a b\"", "/usr/bin/x /bin/y /z/a"},
	    {"# /usr/bin/x\n  ; /y/y\n// /z/z\nok /a/b # c", "/a/b"},
	    {"http://host/bin/x file:/a x/y /", "/a"},
	    {"%{HOME}/x $X/y command[a]=/p/c[b]", "/p/c"},
	    {"PATH=/a/b:/c/d |/e/f", "/a/b /c/d /e/f"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_STRSET struct strset found = {0};
		CLEANUP_BUF struct buf got = {0};
		keep_data_paths(cases[i].text, strlen(cases[i].text), &found);
		for (size_t j = 0; j < found.count; j++)
			buf_printf(&got, "%s%s", j ? " " : "", strset_get(&found, j));
		assert_string_equal(got.len ? got.data : "", cases[i].want);
	}
}

static void which_files(void **state)
{
	assert_true(keep_data_is_configuration("/etc/x/y"));
	assert_true(keep_data_is_configuration("/srv/app/settings.yaml"));
	assert_false(keep_data_is_configuration("/etc/passwd"));
	assert_false(keep_data_is_configuration("/usr/share/x/notes.txt"));
	assert_null(keep_data_format_of("/etc/cron.daily/x", "x", 1));
	assert_null(keep_data_format_of("/usr/bin/x", "#!/bin/sh\nx", 11));
	assert_non_null(keep_data_format_of("/etc/crontab", "", 0));
}

/* Texts that end anywhere, with bytes of any kind. */
static void broken(void **state)
{
	static const char *const where[] = {"/etc/crontab",
					    "/etc/inittab",
					    "/etc/aliases",
					    "/etc/mailcap",
					    "/x/udev/rules.d/x.rules",
					    "/etc/logrotate.d/x",
					    "/a/package.json",
					    "/etc/monitrc",
					    "/etc/s6-overlay/s6-rc.d/x/up",
					    "/etc/x.conf"};
	static const char bytes[] = "a =:\"|;%\\\n[]{}'#RUN+command postrotate\t\xff\x01*";
	unsigned seed = 1;
	for (int i = 0; i < 2000; i++) {
		char text[64];
		size_t n = (size_t)(i % 64);
		for (size_t j = 0; j < n; j++)
			text[j] = bytes[(seed = seed * 1103515245 + 12345) / 65536 % (sizeof(bytes) - 1)];
		CLEANUP_KEEP_DATA_COMMANDS struct keep_data_commands c = {0};
		const char *path = where[i % (sizeof(where) / sizeof(where[0]))];
		const struct keep_data_format *f = keep_data_format_of(path, text, n);
		if (f)
			keep_data_commands_read(f, text, n, &c);
		else
			keep_data_commands_read_any(text, n, &c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(columns), cmocka_unit_test(keys),  cmocka_unit_test(blocks),
	    cmocka_unit_test(scripts), cmocka_unit_test(paths), cmocka_unit_test(which_files),
	    cmocka_unit_test(broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
