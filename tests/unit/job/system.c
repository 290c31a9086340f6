#include "unit.h"

#include "job/system.h"

/* The environment: pairs of name and value, and a directory. */
struct world {
	const char *name, *value, *directory;
};

static const char *get(void *ctx, const char *name)
{
	const struct world *w = ctx;
	return w->name && strcmp(w->name, name) == 0 ? w->value : NULL;
}

static bool is_directory(void *ctx, const char *path)
{
	const struct world *w = ctx;
	return w->directory && strcmp(w->directory, path) == 0;
}

static void chooses(const char *option, const char *name, const char *value, const char *directory,
		    enum job_system want)
{
	struct world w = {name, value, directory};
	const struct job_environment env = {get, is_directory, &w};
	enum job_system got;
	struct err err = {0};
	assert_int_equal(job_system_choose(option, &env, &got, &err), 0);
	assert_string_equal(job_system_name(got), job_system_name(want));
}

static void auto_looks_at_the_environment(void **state)
{
	chooses(NULL, "GITHUB_ACTIONS", "true", NULL, JOB_GITHUB);
	chooses("auto", "GITLAB_CI", "true", NULL, JOB_GITLAB);
	chooses(NULL, "TF_BUILD", "True", NULL, JOB_AZURE);
	chooses(NULL, "JENKINS_URL", "https://ci.example/", NULL, JOB_JENKINS);
	chooses(NULL, NULL, NULL, "/tekton/results", JOB_TEKTON);
	chooses(NULL, NULL, NULL, NULL, JOB_NONE);
	chooses(NULL, "GITHUB_ACTIONS", "false", NULL, JOB_NONE);
	chooses(NULL, "JENKINS_URL", "", NULL, JOB_NONE);
	chooses(NULL, "KUBERNETES_SERVICE_HOST", "10.0.0.1", NULL, JOB_NONE); /* no CI system */
	chooses(NULL, "GITLAB_CI", "true", "/.dockerenv", JOB_GITLAB);
}

static void a_name_wins(void **state)
{
	chooses("none", "GITHUB_ACTIONS", "true", NULL, JOB_NONE);
	chooses("tekton", "GITHUB_ACTIONS", "true", NULL, JOB_TEKTON);
}

static void others_are_refused(void **state)
{
	struct world w = {0};
	const struct job_environment env = {get, is_directory, &w};
	enum job_system got;
	struct err err = {0};
	assert_int_equal(job_system_choose("travis", &env, &got, &err), -ERR_INVAL);
	assert_non_null(strstr(err.msg, "travis"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(auto_looks_at_the_environment),
	    cmocka_unit_test(a_name_wins),
	    cmocka_unit_test(others_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
