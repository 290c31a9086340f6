#include "job/job.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *rights, *volume;
} words[JOB_SYSTEMS] = {
    [JOB_GITHUB] = {"GitHub: give the job `container: {image: ..., options: --privileged}`, or run slim on the runner "
		    "itself, with sudo",
		    "GitHub: give the job `container: {volumes: [/var/lib/slim:/slim]}` and slim `--store /slim`"},
    [JOB_GITLAB] =
	{"GitLab: in the runner's config.toml, set `privileged = true` below [runners.docker], and give the job a "
	 "tag of that runner",
	 "GitLab: in the runner's config.toml, add \"/slim\" to `volumes` below [runners.docker], and use "
	 "`--store /slim`"},
    [JOB_AZURE] =
	{"Azure: give the job `container: {image: ..., options: --privileged}`, or run slim on the agent itself, "
	 "with sudo",
	 "Azure: give the job `container: {volumes: [/var/lib/slim:/slim]}` and slim `--store /slim`"},
    [JOB_JENKINS] = {"Jenkins: `agent { docker { image '...'; args '--privileged -u root' } }`",
		     "Jenkins: `agent { docker { image '...'; args '-v slim:/slim' } }`, and use `--store /slim`"},
    [JOB_TEKTON] =
	{"Tekton: give the step `securityContext: {privileged: true}`, in a namespace whose Pod Security level is "
	 "privileged",
	 "Tekton: add an emptyDir to the task's `volumes`, mount it in the step at /slim, and use `--store /slim`"},
    [JOB_KUBERNETES] =
	{"Kubernetes: give the container `securityContext: {privileged: true}`, in a namespace whose Pod Security "
	 "level is privileged",
	 "Kubernetes: add an emptyDir to the pod's `volumes`, mount it at /slim, and use `--store /slim`"},
    [JOB_PODMAN] = {"podman: run this container with --privileged; as an ordinary user it takes `--security-opt "
		    "seccomp=unconfined --security-opt unmask=ALL`",
		    "podman: run this container with `-v slim:/slim`, and use `--store /slim`"},
    [JOB_DOCKER] = {"Docker: run this container with --privileged; as an ordinary user it takes `--security-opt "
		    "seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`",
		    "Docker: run this container with `-v slim:/slim`, and use `--store /slim`"},
};

static bool is_set(const struct job_environment *env, const char *name)
{
	const char *value = env->get(env->ctx, name);
	return value && *value;
}

/* True in a container. A runner may also be a machine, which gets no advice in the job's words. */
static bool is_container(const struct job_environment *env)
{
	return job_system_is_told(env, JOB_KUBERNETES) || job_system_is_told(env, JOB_PODMAN) ||
	       job_system_is_told(env, JOB_DOCKER) || is_set(env, "container");
}

const char *job_advice(const struct job_environment *env, enum job_lack lack)
{
	const enum job_system s = is_container(env) ? job_system_of(env) : JOB_NONE;
	return lack == JOB_LACKS_RIGHTS ? words[s].rights : words[s].volume;
}

bool job_lack_of(const char *id, const char *message, enum job_lack *lack)
{
	static const struct {
		const char *id, *with; /* with: part of the message; NULL = any */
		enum job_lack lack;
	} rows[] = {
	    {"mount-namespace-denied", NULL, JOB_LACKS_RIGHTS},
	    {"user-namespace-denied", NULL, JOB_LACKS_RIGHTS},
	    {"user-namespace-create", NULL, JOB_LACKS_RIGHTS},
	    {"id-map-refused", NULL, JOB_LACKS_RIGHTS},
	    {"overlay-denied", NULL, JOB_LACKS_RIGHTS},
	    {"container-not-started", "ermitted", JOB_LACKS_RIGHTS},
	    {"container-not-started", "ermission denied", JOB_LACKS_RIGHTS},
	    {"deletion-on-overlay", NULL, JOB_LACKS_VOLUME},
	    {"overlay-unsupported", NULL, JOB_LACKS_VOLUME},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].id, id) == 0 && (!rows[i].with || strstr(message, rows[i].with))) {
			*lack = rows[i].lack;
			return true;
		}
	return false;
}

const char *job_directory(const struct job_environment *env, unsigned i)
{
	static const char *const names[] = {
	    "RUNNER_TEMP",         /* GitHub */
	    "AGENT_TEMPDIRECTORY", /* Azure */
	    "WORKSPACE_TMP",       /* Jenkins */
	    "CI_BUILDS_DIR",       /* GitLab */
	};
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		const char *value = env->get(env->ctx, names[k]);
		if (value && value[0] == '/' && i-- == 0)
			return value;
	}
	return NULL;
}
