/* run/confinement.h - looks whether the runtime has confined a container as its bundle says. Runtimes differ: crun 1.8
 * loses the flag nodev of the root, others may know nothing of cgroups. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

#include "runtime/bundle_options.h"

/* init: the container's first process, which may have ended: then there is nothing to say. ERR_UNSUPPORTED says what
 * is open: a mount on which devices can be used, or that it shares our own cgroup. Nothing is for an ordinary user,
 * whom the kernel lets use no device and who may have no cgroups. */
int run_confinement_check(pid_t init, const struct runtime_bundle_options *bundle, const struct runtime *runtime,
			  struct err *err) MUST_CHECK;

/* The same of a mount table (os/mountinfo.h): the point of the first mount that is open. root: fd of the namespace's
 * root. bundle: names the devices that the user gave; NULL = none. free(); NULL = no mount is open. */
char *run_confinement_open_mount(FILE *mounts, int root, const struct runtime_bundle_options *bundle);
