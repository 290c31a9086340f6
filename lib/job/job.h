/* job/job.h - advice for slim in a job of a CI system: which rights its container lacks, and how to give them in that
 * system's own words. Pure: the caller passes the environment. */
#pragma once

#include "job/system.h"

enum job_lack {
	JOB_LACKS_RIGHTS, /* the rights to make namespaces and mounts */
	JOB_LACKS_VOLUME, /* a file system for the store that is not the container's own overlay */
};

/* One line without a line break: how to give it to the job. NULL = slim does not seem to run in a container. */
const char *job_advice(const struct job_environment *env, enum job_lack lack);

/* Finds what a failure with this message id and text lacks. False: neither of these. */
bool job_lack_of(const char *id, const char *message, enum job_lack *lack);

/* The i-th directory, from 0, that a CI system keeps for a job; on a volume if the job runs in a container. NULL = no
 * more. */
const char *job_directory(const struct job_environment *env, unsigned i);
