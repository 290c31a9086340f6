#include "keep/sources.h"

static const struct source_file files[] = {
    {"bin/sh!", NULL},
    {"bin/bash!", NULL},
    {"usr/bin/find!", NULL},
    {"usr/bin/sort!", NULL},
    {"usr/bin/gzip!", NULL},
    {"usr/bin/apt-get!", NULL},
    {"usr/bin/less!", NULL},
    {"usr/bin/run-parts!", NULL},
    {"usr/sbin/server!", NULL},
    {"usr/share/table", NULL},
    {"opt/bin/sort!", NULL},
    {"opt/tool!", "#!/bin/bash\nfind /\n"},
    {"etc/cron.daily/own!", "#!/bin/sh\nexec /usr/sbin/server\n"},
    {"etc/cron.daily/apt-compat!", "#!/bin/sh\nexec /usr/lib/apt/apt.systemd.daily\n"},
    {"etc/cron.daily/dpkg!", "#!/bin/sh\n# x\nexec /usr/libexec/dpkg/dpkg-db-backup\n"},
    {"etc/cron.daily/README", NULL},
    {"etc/cron.daily/link -> ../../usr/sbin/server", NULL},
    {"usr/lib/apt/apt.systemd.daily!", "#!/bin/bash\n"},
    {"usr/libexec/dpkg/dpkg-db-backup!", "#!/bin/bash\n"},
    {"etc/logrotate.d/y", "postrotate\nsort\nendscript\n"},
    {"usr/lib/cgi-bin/a!", NULL},
    {"usr/lib/postfix/sbin/smtpd!", NULL},
    {"srv/app/node_modules/x/package.json", "{}"},
};
#define KEPT(path, text, want) ASSERT_KEPT_FOR(files, NULL, path, text, 0644, want)

static void crontabs(void **state)
{
	KEPT("etc/cron.d/x", "* * * * * root find / | sort\n", "/bin/sh /usr/bin/find /usr/bin/sort");
	KEPT("etc/cron.d/x", "PATH=/opt/bin\n* * * * * root sort\n", "/bin/sh /opt/bin/sort");
	KEPT("etc/cron.d/x", "SHELL=/bin/bash\n* * * * * root x\n", "/bin/bash /bin/sh");
	KEPT("etc/cron.d/x", "# * * * * * root sort /opt/tool\n", "");
	KEPT("var/spool/cron/root", "@daily /opt/tool\n", "/bin/bash /bin/sh /opt/tool /usr/bin/find");
	KEPT("etc/other", "* * * * * root sort\n", "");
	ASSERT_KEPT_FOR(files, NULL, "etc/cron.d/x", "* * * * * root sort\0", 0644, "/bin/sh /usr/bin/sort");
}

/* All jobs of a directory, but not those of package managers. */
static void directories(void **state)
{
	static const char jobs[] =
	    "/bin/sh /etc/cron.daily/link /etc/cron.daily/own /usr/bin/run-parts /usr/sbin/server";
	KEPT("etc/crontab", "0 6 * * * root test -x /x || { cd / && run-parts --report /etc/cron.daily; }\n", jobs);
	KEPT("opt/jobs.sh", "run-parts /etc/cron.daily\nrun-parts /usr/sbin /etc/none relative\n",
	     "/bin/sh /etc/cron.daily/link /etc/cron.daily/own /usr/bin/run-parts /usr/sbin/server");
	KEPT("etc/apache2/x.conf", "ScriptAlias /cgi/ /usr/lib/cgi-bin\n", "/usr/lib/cgi-bin/a");
	KEPT("etc/x.conf", "alias = /usr/lib/cgi-bin/\n", "/usr/lib/cgi-bin/a");
}

static void package_managers(void **state)
{
	KEPT("etc/cron.d/x", "* * * * * root [ -x /usr/lib/apt/apt.systemd.daily ] && sort\n", "/bin/sh");
	KEPT("usr/lib/systemd/system/a.service", "ExecStart=/usr/lib/apt/apt.systemd.daily update\n", "");
	KEPT("etc/cron.d/x", "* * * * * root apt-get update; sort\n", "/bin/sh /usr/bin/sort");
	KEPT("etc/x.conf", "a = /usr/bin/apt-get\n", "");
}

static void configuration(void **state)
{
	KEPT("etc/app.conf", "helper /usr/sbin/server -x\ndata /usr/share/table\n",
	     "/etc/cron.daily/link /usr/sbin/server");
	KEPT("srv/app/settings.yml", "tool: '/opt/tool'\n", "/bin/bash /opt/tool /usr/bin/find");
	KEPT("srv/app/settings.txt", "tool: '/opt/tool'\n", "");
	KEPT("srv/app/node_modules/y/x.json", "\"tool\": \"/opt/tool\"\n", "");
	KEPT("etc/app.conf", "backup_command = sort -u | gzip\n", "/usr/bin/gzip /usr/bin/sort");
	KEPT("etc/passwd", "root:x:0:0::/:/bin/bash\n", "");
	KEPT("etc/ssh/sshd_config", "Subsystem sftp /usr/sbin/server\n", "/etc/cron.daily/link /usr/sbin/server");
}

static void formats(void **state)
{
	KEPT("etc/logrotate.conf.d/logrotate.conf", "/x {\n compress\n postrotate\n  sort x\n endscript\n}\n",
	     "/bin/sh /usr/bin/gzip /usr/bin/sort");
	KEPT("etc/logrotate.conf", "include /etc/logrotate.d\n", "/bin/sh /etc/logrotate.d/y /usr/bin/sort");
	KEPT("etc/postfix/master.cf", "smtp inet n - y - - smtpd\n", "/usr/lib/postfix/sbin/smtpd");
	KEPT("etc/aliases", "x: \"|sort\"\n", "/bin/sh /usr/bin/sort");
	KEPT("etc/mailcap", "text/plain; less %s\n", "/bin/sh /usr/bin/less");
}

/* What names programs that few need counts only if a run read it; configuration, if the author put it there, too. */
static void only_used(void **state)
{
	static const struct {
		const char *path, *text;
		enum keep_reason_kind why;
		bool want;
	} cases[] = {
	    {"etc/mailcap", "text/plain; less %s\n", KEEP_RULE, false},
	    {"etc/mailcap", "text/plain; less %s\n", KEEP_TRACE, true},
	    {"etc/mailcap", "text/plain; less %s\n", KEEP_HEALED, true},
	    {"etc/x.conf", "pager /usr/bin/less\n", KEEP_RULE, false},
	    {"etc/x.conf", "pager /usr/bin/less\n", KEEP_APPLICATION, true},
	    {"etc/cron.d/x", "* * * * * root less\n", KEEP_RULE, true},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		CLEANUP_KEEP_SET struct keep_set k;
		CLEANUP_BUF struct buf path = {0};
		image_init(&m);
		image_sources(&m, files, sizeof(files) / sizeof(files[0]));
		image_file(&m, cases[i].path, cases[i].text);
		image_index(&m);
		keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
		buf_printf(&path, "/%s", cases[i].path);
		uint32_t node = image_node(&m, path.data);
		keep_node(&k, node, KEEP_WHY(cases[i].why, IMAGE_NONE));
		assert_int_equal(keep_closures(&k, NULL), 0);
		assert_int_equal(keep_has(&k, image_node(&m, "/usr/bin/less")), cases[i].want);
		if (cases[i].want)
			assert_reason(&k, &m, "/usr/bin/less", KEEP_COMMAND, node);
	}
}

/* A file that names very many programs is a list. */
static void lists(void **state)
{
	CLEANUP_BUF struct buf text = {0};
	for (int i = 0; i < 300000 / 8; i++)
		buf_str(&text, "/opt/x\n ");
	buf_str(&text, "/usr/bin/sort\n");
	KEPT("etc/x.conf", text.data, ""); /* too large */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(crontabs),      cmocka_unit_test(directories), cmocka_unit_test(package_managers),
	    cmocka_unit_test(configuration), cmocka_unit_test(formats),     cmocka_unit_test(only_used),
	    cmocka_unit_test(lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
