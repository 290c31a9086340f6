#include "ci/output/system.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name, *variable; /* NULL = none tells of it */
	const char *value;           /* in any case; NULL = any but "" */
} systems[] = {
    [CI_SYSTEM_NONE] = {"none", NULL, NULL},
    [CI_SYSTEM_GITHUB] = {"github", "GITHUB_ACTIONS", "true"},
    [CI_SYSTEM_GITLAB] = {"gitlab", "GITLAB_CI", "true"},
    [CI_SYSTEM_AZURE] = {"azure", "TF_BUILD", "true"},
    [CI_SYSTEM_JENKINS] = {"jenkins", "JENKINS_URL", NULL},
    [CI_SYSTEM_TEKTON] = {"tekton", NULL, NULL},
};
#define N_SYSTEMS (sizeof(systems) / sizeof(systems[0]))

const char *ci_system_name(enum ci_system s)
{
	return systems[s].name;
}

static bool is_told(const struct ci_environment *env, size_t i)
{
	const char *value = systems[i].variable ? env->get(env->ctx, systems[i].variable) : NULL;
	return value && *value && (!systems[i].value || strcasecmp(value, systems[i].value) == 0);
}

static enum ci_system detect(const struct ci_environment *env)
{
	for (size_t i = 0; i < N_SYSTEMS; i++)
		if (is_told(env, i))
			return (enum ci_system)i;
	return env->is_directory(env->ctx, CI_SYSTEM_TEKTON_RESULTS) ? CI_SYSTEM_TEKTON : CI_SYSTEM_NONE;
}

int ci_system_choose(const char *text, const struct ci_environment *env, enum ci_system *out, struct err *err)
{
	if (!text || strcmp(text, "auto") == 0) {
		*out = detect(env);
		return 0;
	}
	for (size_t i = 0; i < N_SYSTEMS; i++)
		if (strcmp(text, systems[i].name) == 0) {
			*out = (enum ci_system)i;
			return 0;
		}
	return err_set(err, ERR_INVAL, "option-value-invalid", "--ci takes " CI_SYSTEM_FORMS ", not \"%s\"", text);
}
