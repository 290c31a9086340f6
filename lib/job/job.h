/* job/job.h - the job of a CI system that slim may run in: what its container lacks and how that is given there, in
 * that system's words. Pure: who asks brings the environment. */
#pragma once

#include "job/system.h"

/* What is missing. */
enum job_lack {
	JOB_LACKS_RIGHTS, /* to make namespaces and mounts */
	JOB_LACKS_VOLUME, /* a file system for the store that is not the container's own overlay */
};

/* One line without an end: how the job gets it. NULL = we are not in a container, as far as one can tell. */
const char *job_advice(const struct job_environment *env, enum job_lack lack);

/* What a failure with this message id and text lacks. False: none of these. */
bool job_lack_of(const char *id, const char *message, enum job_lack *lack);

/* Directories that a CI system keeps for a job, and that lie on a volume if the job runs in a container: the i-th that
 * is told, from 0; NULL = there are no more. */
const char *job_directory(const struct job_environment *env, unsigned i);
