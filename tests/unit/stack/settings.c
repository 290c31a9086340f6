#include "unit.h"

#include "stack/settings.h"

static const struct compose_project no_project;

static void add(struct strlist *l, const char *text)
{
	CLEANUP_FREE char *copy = mem_strdup(text);
	for (char *rest = copy, *word; *copy && (word = strsep(&rest, " "));)
		strlist_add(l, word);
}

static void same(const struct strlist *l, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	for (size_t i = 0; l && i < l->count; i++)
		buf_printf(&got, "%s%s", i ? " " : "", l->items[i]);
	assert_string_equal(got.len ? got.data : "", want);
}

/* The service's command, the user's, and what comes of both; "-" = not given. */
static void command_one(const char *entrypoint, const char *command, const char *user_entrypoint,
			const char *user_command, const char *want_entrypoint, const char *want_command)
{
	struct compose_service s = {.has_entrypoint = *entrypoint != '-', .has_command = *command != '-'};
	struct strlist user[2] = {{0}, {0}};
	struct run_options o = {0};
	struct stack_settings settings;
	struct err err = {0};
	add(&s.entrypoint, s.has_entrypoint ? entrypoint : "");
	add(&s.command, s.has_command ? command : "");
	add(&user[0], user_entrypoint);
	add(&user[1], user_command);
	o.bundle.entrypoint = *user_entrypoint != '-' ? &user[0] : NULL;
	o.bundle.cmd = *user_command != '-' ? &user[1] : NULL;
	assert_int_equal(stack_settings_fill(&no_project, &s, NULL, &settings, &err), 0);
	stack_settings_use(&settings, &o);
	assert_int_equal(o.bundle.entrypoint != NULL, *want_entrypoint != '-');
	assert_int_equal(o.bundle.cmd != NULL, *want_command != '-');
	if (o.bundle.entrypoint)
		same(o.bundle.entrypoint, want_entrypoint);
	if (o.bundle.cmd)
		same(o.bundle.cmd, want_command);
	stack_settings_done(&settings);
	strlist_done(&s.entrypoint);
	strlist_done(&s.command);
	strlist_done(&user[0]);
	strlist_done(&user[1]);
}

static void commands(void **state)
{
	command_one("-", "-", "-", "-", "-", "-");
	command_one("e", "-", "-", "-", "e", "-");
	command_one("-", "c d", "-", "-", "-", "c d");
	command_one("e", "c", "-", "-", "e", "c");
	command_one("", "c", "-", "-", "", "c");
	command_one("e", "c", "-", "u", "e", "u");
	command_one("e", "c", "u", "-", "u", "-");
	command_one("e", "c", "u", "v", "u", "v");
}

static void the_users_count(void **state)
{
	char user[] = "app", target[] = "/data", other[] = "/other";
	struct compose_mount mounts[] = {
	    {.kind = COMPOSE_MOUNT_TMPFS, .target = target},
	    {.kind = COMPOSE_MOUNT_TMPFS, .target = other, .tmpfs_bytes = 10, .tmpfs_mode = 0700}};
	struct compose_service s = {.user = user, .mounts = mounts, .n_mounts = 2, .read_only = true, .pids = 7};
	struct strlist env = {0};
	struct runtime_bundle_mount mine = {.source = user, .destination = target};
	struct run_options o = {
	    .bundle = {.env = &env, .mounts = &mine, .n_mounts = 1, .limits = runtime_limits_default()}};
	struct stack_settings settings;
	struct err err = {0};
	add(&s.environment, "A=1 B=2 UNSET");
	add(&env, "B=3");
	assert_int_equal(stack_settings_fill(&no_project, &s, NULL, &settings, &err), 0);
	stack_settings_use(&settings, &o);
	same(o.bundle.env, "A=1 B=2 B=3");
	assert_string_equal(o.bundle.user, "app");
	assert_true(o.bundle.read_only);
	assert_int_equal(o.bundle.limits.pids, 7);
	assert_int_equal(o.bundle.n_mounts, 2);
	assert_string_equal(o.bundle.mounts[0].destination, "/other");
	assert_string_equal(o.bundle.mounts[0].tmpfs, "size=10,mode=700");
	assert_ptr_equal(o.bundle.mounts[1].source, user);
	stack_settings_done(&settings);
	strlist_done(&s.environment);
	strlist_done(&env);
}

/* id: of the error, "" = none. */
static void fill_one(const struct compose_service *s, const char *id)
{
	struct stack_settings settings;
	struct err err = {0};
	(void)!stack_settings_fill(&no_project, s, NULL, &settings, &err);
	assert_string_equal(err.id, id);
	if (!*id)
		assert_int_equal(settings.bundle.n_rlimits, s->n_ulimits);
	stack_settings_done(&settings);
}

static void what_is_refused(void **state)
{
	char name[] = "web", nofile[] = "nofile", wrong[] = "wings", cpus[] = "many";
	struct compose_ulimit limits[] = {{nofile, 1, -1}}, unknown[] = {{wrong, 1, 1}};
	struct compose_service s = {.name = name}, rights = {.name = name}, confined = {.name = name},
			       loose = {.name = name};
	add(&rights.cap_add, "NET_FLYING");
	add(&confined.security_opt, "no-new-privileges:true label:disable");
	add(&loose.security_opt, "seccomp:unconfined");
	fill_one(&s, "");
	fill_one(&confined, "");
	fill_one(&loose, "compose-key-unsupported");
	fill_one(&rights, "capability-unknown");
	s.privileged = true;
	fill_one(&s, "compose-key-unsupported");
	s = (struct compose_service){.name = name, .ulimits = limits, .n_ulimits = 1};
	fill_one(&s, "");
	s.ulimits = unknown;
	fill_one(&s, "compose-value-invalid");
	s = (struct compose_service){.name = name, .cpus = cpus};
	fill_one(&s, "option-value-invalid");
	strlist_done(&rights.cap_add);
	strlist_done(&confined.security_opt);
	strlist_done(&loose.security_opt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(commands),
	    cmocka_unit_test(the_users_count),
	    cmocka_unit_test(what_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
