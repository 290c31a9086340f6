#include "unit.h"

#include "base/limits.h"
#include "keep/kept.h"

static struct strlist list(const char *a, const char *b, const char *c)
{
	struct strlist l = {0};
	const char *const words[] = {a, b, c};
	for (int i = 0; i < 3 && words[i]; i++)
		strlist_add(&l, words[i]);
	return l;
}

/* config is done here; its strings are literals. */
static void keeps(const struct test_image *m, struct oci_image_config config, const char *want)
{
	static char empty[] = "";
	if (!config.user)
		config.user = empty;
	if (!config.working_dir)
		config.working_dir = empty;
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m->index, NULL, KEEP_EXACT);
	keep_config(&k, &config);
	strlist_done(&config.env);
	strlist_done(&config.entrypoint);
	strlist_done(&config.cmd);
	strlist_done(&config.volumes);
	strlist_done(&config.healthcheck);
	strlist_done(&config.shell);
	assert_true(keep_has(&k, 0));
	assert_kept(&k, want);
}

static void what_engines_need(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_dir(&m, "proc");
	image_dir(&m, "dev/pts");
	image_dir(&m, "run");
	image_dir(&m, "var/lib"); /* no /var/tmp: then not /var either */
	image_file(&m, "etc/passwd", "");
	image_file(&m, "etc/group", "");
	image_file(&m, "etc/hosts", "");
	image_file(&m, "etc/shadow", "");
	image_link(&m, "etc/os-release", "../usr/lib/os-release");
	image_file(&m, "usr/lib/os-release", "ID=x");
	image_index(&m);
	keeps(
	    &m, (struct oci_image_config){0},
	    "/dev /etc /proc /run /usr /etc/group /etc/hosts /etc/os-release /etc/passwd /usr/lib /usr/lib/os-release");
}

static void an_empty_image_has_its_root(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_index(&m);
	keeps(&m, (struct oci_image_config){.working_dir = (char[]){"/app/x"}}, "");
}

static void a_linked_run_directory(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_link(&m, "var/run", "/run");
	image_dir(&m, "var/tmp");
	image_dir(&m, "run");
	image_dir(&m, "tmp");
	image_index(&m);
	keeps(&m, (struct oci_image_config){0}, "/run /tmp /var /var/run /var/tmp");
}

static void working_directory(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_link(&m, "srv", "data/srv");
	image_file(&m, "data/srv/file", "");
	image_index(&m);
	keeps(&m, (struct oci_image_config){.working_dir = (char[]){"/srv"}}, "/data /srv /data/srv");
	keeps(&m, (struct oci_image_config){.working_dir = (char[]){"data/srv/"}}, "/data /data/srv");
	keeps(&m, (struct oci_image_config){.working_dir = (char[]){"/data/later"}}, "/data");
}

static void home(void **state)
{
	static const struct {
		const char *user, *kept;
	} cases[] = {
	    {"", "/root"},
	    {"0", "/root"},
	    {"root:root", "/root"},
	    {"app", "/home /home/app"},
	    {"1000", "/home /home/app"},
	    {"1000:1000", "/home /home/app"},
	    {"5", "/home /home/five"}, /* a name before a number */
	    {"gone", ""},
	    {"4242", ""},
	    {"nohome", ""},
	    {"relative", ""},
	    {"short", ""},
	    {"+", ""},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "etc/passwd",
		   "root:x:0:0:root:/root:/bin/sh\n\n:::\nshort:x:7:7\nrelative:x:8:8::root:\n"
		   "app:x:1000:1000:,,,:/home/app:/bin/sh\nnohome:x:9:9:::\n"
		   "other:x:5:5::/home/app:\n5:x:6:6::/home/five:\n+");
	image_file(&m, "root/.bashrc", "");
	image_file(&m, "home/app/file", "");
	image_dir(&m, "home/five");
	image_index(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *user = mem_strdup(cases[i].user);
		char want[128] = "/etc";
		/* in order of ids: /etc /home /root, then what is below */
		if (strcmp(cases[i].kept, "/root") == 0)
			strcat(want, " /root /etc/passwd");
		else if (*cases[i].kept)
			strcat(strcat(strcat(want, " /home /etc/passwd"), " "), cases[i].kept + 6);
		else
			strcat(want, " /etc/passwd");
		keeps(&m, (struct oci_image_config){.user = user}, want);
	}
	keeps(&m, (struct oci_image_config){.user = (char[]){"gone"}, .env = list("HOME=/home/five", NULL, NULL)},
	      "/etc /home /etc/passwd /home/five");
}

static void a_passwd_that_is_none(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_dir(&m, "etc/passwd");
	image_dir(&m, "root");
	image_index(&m);
	keeps(&m, (struct oci_image_config){0}, "/etc /etc/passwd");

	CLEANUP_TEST_IMAGE struct test_image big; /* sparse */
	image_init(&big);
	image_file(&big, "etc/passwd", "root:x:0:0::/root:\n");
	CLEANUP_FD int fd = openat(image_top(&big), "etc/passwd", O_WRONLY);
	assert_int_equal(ftruncate(fd, LIMIT_PASSWD + 1), 0);
	image_dir(&big, "root");
	image_index(&big);
	keeps(&big, (struct oci_image_config){0}, "/etc /etc/passwd");
}

static void volumes(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "data/a/b", "x");
	image_link(&m, "data/link", "/outside");
	image_file(&m, "outside", "");
	image_file(&m, "database", "");
	image_link(&m, "vol", "data");
	image_index(&m);
	keeps(&m, (struct oci_image_config){.volumes = list("/vol", "/none", NULL)},
	      "/data /vol /data/a /data/link /data/a/b");
}

static void commands(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_program(&m, "bin/sh", "x");
	image_program(&m, "usr/bin/serve", "x");
	image_file(&m, "usr/local/bin/serve", "not a program");
	image_program(&m, "opt/serve", "x");
	image_index(&m);
	keeps(
	    &m,
	    (struct oci_image_config){.entrypoint = list("/opt/serve", "x", NULL), .cmd = list("/bin/sh", NULL, NULL)},
	    "/opt /opt/serve");
	keeps(&m, (struct oci_image_config){.cmd = list("serve", NULL, NULL)}, "/usr /usr/bin /usr/bin/serve");
	keeps(&m,
	      (struct oci_image_config){.cmd = list("serve", NULL, NULL), .env = list("PATH=rel::/opt", NULL, NULL)},
	      "/opt /opt/serve");
	keeps(&m, (struct oci_image_config){.cmd = list("./serve", NULL, NULL)}, "");
	keeps(&m, (struct oci_image_config){.healthcheck = list("CMD", "/opt/serve", "-c")}, "/opt /opt/serve");
	keeps(&m,
	      (struct oci_image_config){.healthcheck = list("CMD-SHELL", " serve|| exit 1", NULL),
					.shell = list("/bin/sh", "-c", NULL)},
	      "/bin /usr /bin/sh /usr/bin /usr/bin/serve");
	keeps(&m,
	      (struct oci_image_config){.healthcheck = list("NONE", NULL, NULL), .shell = list("/bin/sh", "-c", NULL)},
	      "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_engines_need),
	    cmocka_unit_test(an_empty_image_has_its_root),
	    cmocka_unit_test(a_linked_run_directory),
	    cmocka_unit_test(working_directory),
	    cmocka_unit_test(home),
	    cmocka_unit_test(a_passwd_that_is_none),
	    cmocka_unit_test(volumes),
	    cmocka_unit_test(commands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
