#include "unit.h"

#include "job/job.h"

static const char *variables[4], *path; /* "NAME=VALUE", NULL = no more */

static const char *get(void *ctx, const char *name)
{
	for (size_t i = 0; variables[i]; i++)
		if (strncmp(variables[i], name, strlen(name)) == 0 && variables[i][strlen(name)] == '=')
			return variables[i] + strlen(name) + 1;
	return NULL;
}

static bool exists(void *ctx, const char *p)
{
	return path && strcmp(p, path) == 0;
}

static const struct job_environment env = {get, exists, NULL};

static void each_in_its_own_words(void **state)
{
	static const struct {
		const char *variable, *second, *path, *rights, *volume; /* rights, volume: part of it; NULL = none */
	} cases[] = {
	    {NULL, NULL, NULL, NULL, NULL},
	    {"GITHUB_ACTIONS=true", NULL, NULL, NULL, NULL}, /* on the machine itself */
	    {"GITHUB_ACTIONS=true", NULL, "/.dockerenv", "options: --privileged", "volumes: ["},
	    {"GITLAB_CI=true", NULL, "/.dockerenv", "privileged = true", "[runners.docker]"},
	    {"GITLAB_CI=true", "KUBERNETES_SERVICE_HOST=10.0.0.1", NULL, "GitLab", "GitLab"},
	    {"TF_BUILD=True", NULL, "/.dockerenv", "Azure", "volumes: ["},
	    {"JENKINS_URL=http://ci/", NULL, "/.dockerenv", "args '--privileged", "args '-v"},
	    {"KUBERNETES_SERVICE_HOST=10.0.0.1", NULL, "/tekton/results", "Tekton", "emptyDir"},
	    {"KUBERNETES_SERVICE_HOST=10.0.0.1", NULL, NULL, "securityContext", "emptyDir"},
	    {"GITLAB_CI=", NULL, "/.dockerenv", "Docker: ", "Docker: "},
	    {NULL, NULL, "/run/.containerenv", "unmask=ALL", "podman: "},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		variables[0] = cases[i].variable;
		variables[1] = cases[i].second;
		path = cases[i].path;
		const char *rights = job_advice(&env, JOB_LACKS_RIGHTS), *volume = job_advice(&env, JOB_LACKS_VOLUME);
		if (!cases[i].rights) {
			assert_null(rights);
			assert_null(volume);
			continue;
		}
		assert_non_null(strstr(rights, cases[i].rights));
		assert_non_null(strstr(volume, cases[i].volume));
		assert_null(strchr(rights, '\n'));
	}
}

static void what_a_failure_lacks(void **state)
{
	enum job_lack lack = JOB_LACKS_VOLUME;
	assert_true(job_lack_of("mount-namespace-denied", "", &lack));
	assert_int_equal(lack, JOB_LACKS_RIGHTS);
	assert_true(job_lack_of("deletion-on-overlay", "", &lack));
	assert_int_equal(lack, JOB_LACKS_VOLUME);
	assert_true(job_lack_of("container-not-started", "mount proc: operation not permitted", &lack));
	assert_int_equal(lack, JOB_LACKS_RIGHTS);
	assert_false(job_lack_of("container-not-started", "exec: no such file", &lack));
	assert_false(job_lack_of("ref-malformed", "not permitted", &lack));
}

static void directories_in_their_order(void **state)
{
	variables[0] = "CI_BUILDS_DIR=/builds";
	variables[1] = "WORKSPACE_TMP=relative";
	variables[2] = "RUNNER_TEMP=/__w/_temp";
	assert_string_equal(job_directory(&env, 0), "/__w/_temp");
	assert_string_equal(job_directory(&env, 1), "/builds");
	assert_null(job_directory(&env, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_in_its_own_words),
	    cmocka_unit_test(what_a_failure_lacks),
	    cmocka_unit_test(directories_in_their_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
