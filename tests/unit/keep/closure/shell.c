#include "keep/sources.h"

static const struct source_file files[] = {
    {"bin/sh!", NULL},          {"usr/bin/date!", NULL},       {"usr/bin/sort!", NULL},
    {"usr/bin/id!", NULL},      {"usr/bin/find!", NULL},       {"usr/bin/chown!", NULL},
    {"usr/bin/xargs!", NULL},   {"usr/bin/gosu!", NULL},       {"usr/bin/env!", NULL},
    {"usr/bin/apt-get!", NULL}, {"usr/bin/sleep!", NULL},      {"usr/bin/timeout!", NULL},
    {"usr/bin/grep!", NULL},    {"usr/bin/gone", NULL},        {"srv/app/run.sh!", "#!/bin/sh\nsleep 1\n"},
    {"srv/app/lib.sh", "id\n"}, {"srv/app/conf/a.conf", NULL}, {"etc/app.conf", NULL},
    {"usr/bin/test!", NULL},    {"usr/bin/xdg-open!", NULL},
};

static void commands(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"date", "date"},
	    {"echo date; printf date", ""},
	    {"if date; then sort; else id; fi", "date id sort"},
	    {"case $1 in date) sort;; *) grep x;; esac", "grep sort"},
	    {"a=$(date) b=`id` sort", "date id sort"},
	    {"echo \"$(date | sort \"$(id)\") x\"", "date id sort"},
	    {"echo 'date; $(sort)'", ""},
	    {"date | sort && id || grep x &", "date grep id sort"},
	    {"exec gosu app date", "date gosu"},
	    {"exec gosu \"$USER\" date", "gosu"},
	    {"env A=b -i date", "date env"},
	    {"timeout -k 5 10 date", "date timeout"},
	    {"find . -type f -exec chown x {} \\;", "chown find"},
	    {"find . | xargs -0 grep x", "find grep xargs"},
	    {"sh -c 'date; sort'", "date sh sort"},
	    {"trap 'date' EXIT; eval \"id\"", "date id"},
	    {"# date\nsort # id", "sort"},
	    {"cat <<EOF\ndate\nEOF\nid", "id"},
	    {"cat <<-'EOF'\n\tdate\n\tEOF\nsort", "sort"},
	    {"apt-get update", ""},
	    {"xdg-open x.html || sort", "sort"},
	    {"for x in date sort; do id; done", "id"},
	    {"f() { date; }", "date"},
	    {"! date", "date"},
	    {"while :; do sleep 1; done", "sleep"},
	    {"$date; \"$x\" sort", ""},
	    {"da\\\nte; 's'ort; i\"d\"", "date id sort"},
	    {"> date sort", "sort"},
	    {"[ -f /usr/bin/gone ] && test x", "gone"},
	    {"date\\", ""},
	    {"'date", "date"},
	    {"'' \"\" date; \"\"", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *got =
		    kept_for(files, sizeof(files) / sizeof(files[0]), NULL, "opt/x.sh", cases[i].text, 0644);
		CLEANUP_BUF struct buf names = {0};
		buf_str(&names, "");
		for (char *rest = got, *path; (path = strsep(&rest, " "));)
			if (*path)
				buf_printf(&names, "%s%s", names.len ? " " : "", strrchr(path, '/') + 1);
		/* /bin/sh sorts first by depth */
		CLEANUP_FREE char *want = mem_strdup(cases[i].want);
		if (strncmp(names.data, "sh ", 3) == 0 && strcmp(want, "date sh sort") == 0)
			strcpy(want, "sh date sort");
		if (strcmp(names.data, want) != 0)
			fail_msg("%s\n got: %s\nwant: %s", cases[i].text, names.data, want);
	}
}

static void paths(void **state)
{
	struct oci_image_config config = {.working_dir = (char[]){"/srv/app"}};
	ASSERT_KEPT_FOR(files, &config, "srv/app/start.sh", ". ./lib.sh", 0644, "/srv/app/lib.sh /usr/bin/id");
	ASSERT_KEPT_FOR(files, &config, "srv/app/start.sh", "exec ./run.sh", 0644,
			"/bin/sh /srv/app/run.sh /usr/bin/sleep");
	ASSERT_KEPT_FOR(files, &config, "opt/start.sh", "x --conf=conf/a.conf </etc/app.conf", 0644,
			"/etc/app.conf /srv/app/conf/a.conf");
	ASSERT_KEPT_FOR(files, &config, "srv/app/start.sh", "ls / . .. /usr /usr/bin ./", 0644, "");
	ASSERT_KEPT_FOR(files, &config, "srv/app/start", "#!/bin/sh -e\ndate", 0755, "/bin/sh /usr/bin/date");
	ASSERT_KEPT_FOR(files, &config, "srv/app/start.sample", "#!/bin/sh -e\ndate", 0755, "");
}

/* What has no #! line is told by what stands where commands do. */
static void parts(void **state)
{
	static const struct {
		const char *path, *text, *want;
	} cases[] = {
	    {"srv/app/cmd/report", "date | sort\n", "/usr/bin/date /usr/bin/sort"},
	    {"usr/local/lib/x/cmd/report", "local d=$(date)\nmine \"$d\" | sort\n", "/usr/bin/date /usr/bin/sort"},
	    {"srv/app/conf.envsh", "export A=$(id)\n", "/usr/bin/id"},
	    {"srv/app/NOTES", "To sort these, we\nfind them first.\nThen\nsort\n", ""},
	    {"srv/app/words", "apple\ndate\nfig\npear\n", ""},
	    {"srv/app/report.txt", "date | sort\n", ""},
	    {"usr/lib/x/cmd/report", "date | sort\n", ""},
	    {"usr/local/lib/node_modules/x/bin", "date | sort\n", ""},
	    {"srv/app/settings", "A=date\n", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, cases[i].path, cases[i].text, 0644, cases[i].want);
}

static void search_path(void **state)
{
	struct oci_image_config config = {.working_dir = (char[]){"/"}};
	strlist_add(&config.env, "PATH=/srv/app");
	ASSERT_KEPT_FOR(files, &config, "opt/x.sh", "date; run.sh", 0644, "/bin/sh /srv/app/run.sh");
	strlist_done(&config.env);
}

/* The configuration's own commands. */
static void configuration(void **state)
{
	struct oci_image_config config = {.working_dir = (char[]){"/srv/app"}};
	strlist_add(&config.entrypoint, "/bin/sh");
	strlist_add(&config.entrypoint, "-c");
	strlist_add(&config.entrypoint, "date | sort");
	strlist_add(&config.cmd, "conf/a.conf");
	strlist_add(&config.healthcheck, "CMD-SHELL");
	strlist_add(&config.healthcheck, "x || grep y");
	ASSERT_KEPT_FOR(files, &config, "opt/x", "x", 0644,
			"/bin/sh /usr/bin/date /usr/bin/grep /usr/bin/sort /srv/app/conf/a.conf");
	strlist_done(&config.entrypoint);
	strlist_done(&config.cmd);
	strlist_done(&config.healthcheck);
}

static void deep(void **state)
{
	CLEANUP_BUF struct buf text = {0};
	for (int i = 0; i < 100000; i++)
		buf_str(&text, i % 2 ? "\"$(" : "`(");
	buf_str(&text, "date");
	CLEANUP_FREE char *got = kept_for(files, sizeof(files) / sizeof(files[0]), NULL, "opt/x.sh", text.data, 0644);
	(void)got; /* that it ends */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(commands),    cmocka_unit_test(paths),         cmocka_unit_test(parts),
	    cmocka_unit_test(search_path), cmocka_unit_test(configuration), cmocka_unit_test(deep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
