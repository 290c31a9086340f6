#include "job/system.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct {
	const char *name;
	const char *variable, *path; /* either one shows it */
	const char *value;           /* of the variable, in upper or lower case; NULL = any but "" */
} systems[JOB_SYSTEMS] = {
    [JOB_NONE] = {"none", NULL, NULL, NULL},
    [JOB_GITHUB] = {"github", "GITHUB_ACTIONS", NULL, "true"},
    [JOB_GITLAB] = {"gitlab", "GITLAB_CI", NULL, "true"},
    [JOB_AZURE] = {"azure", "TF_BUILD", NULL, "true"},
    [JOB_JENKINS] = {"jenkins", "JENKINS_URL", NULL, NULL},
    [JOB_TEKTON] = {"tekton", NULL, JOB_TEKTON_RESULTS, NULL},
    [JOB_KUBERNETES] = {"kubernetes", "KUBERNETES_SERVICE_HOST", NULL, NULL},
    [JOB_PODMAN] = {"podman", NULL, "/run/.containerenv", NULL},
    [JOB_DOCKER] = {"docker", NULL, "/.dockerenv", NULL},
};

const char *job_system_name(enum job_system s)
{
	return systems[s].name;
}

bool job_system_is_told(const struct job_environment *env, enum job_system s)
{
	const char *value = systems[s].variable ? env->get(env->ctx, systems[s].variable) : NULL;
	if (value && *value && (!systems[s].value || strcasecmp(value, systems[s].value) == 0))
		return true;
	return systems[s].path && env->exists(env->ctx, systems[s].path);
}

enum job_system job_system_of(const struct job_environment *env)
{
	for (unsigned i = JOB_NONE + 1; i < JOB_SYSTEMS; i++)
		if (job_system_is_told(env, (enum job_system)i))
			return (enum job_system)i;
	return JOB_NONE;
}

int job_system_choose(const char *text, const struct job_environment *env, enum job_system *out, struct err *err)
{
	if (!text || strcmp(text, "auto") == 0) {
		*out = job_system_of(env);
		if (*out > JOB_TEKTON)
			*out = JOB_NONE;
		return 0;
	}
	for (unsigned i = JOB_NONE; i <= JOB_TEKTON; i++)
		if (strcmp(text, systems[i].name) == 0) {
			*out = (enum job_system)i;
			return 0;
		}
	return err_set(err, ERR_INVAL, "option-value-invalid", "--ci takes " JOB_SYSTEM_FORMS ", not \"%s\"", text);
}

static const char *get(void *ctx, const char *name)
{
	return getenv(name);
}

static bool exists(void *ctx, const char *path)
{
	return access(path, F_OK) == 0;
}

const struct job_environment job_environment = {get, exists, NULL};
