/* sensor/profile.h - what Docker's default seccomp profile allows, as data.
 * It follows github.com/moby/profiles, seccomp/default_linux.go, commit 02e898b137ae (2026), rule by rule. Two things
 * are left out: rules for machines that slim isn't built for, and the condition on Linux 4.8, which slim needs anyway.
 * To follow a newer profile, compare it with the rows of profile.c and change the commit here. Private to lib/sensor/.
 */
#pragma once

#include <stdint.h>

#include "base/strset.h"

/* Values of a call's first argument, of which the kernel reads 32 bits: (argument & mask) == value. */
struct sensor_profile_value {
	uint32_t mask, value;
};

struct sensor_profile_row {
	const char *names;                         /* system calls, separated by single spaces */
	const char *with, *without;                /* a capability: only if the container has or lacks it; NULL = any */
	uint16_t deny_errno;                       /* 0 = allowed, else fails with it */
	const struct sensor_profile_value *values; /* any of them; ends with mask 0; NULL = all calls */
};

/* Calls visit with each name of each row that applies to a container, in the table's order. capabilities: the
 * container's, "CAP_...", NULL-terminated. name is valid during the call. */
void sensor_profile_each(const char *const *capabilities,
			 void (*visit)(void *ctx, const char *name, const struct sensor_profile_row *row), void *ctx);

/* The calls of this machine that no row which applies names: they fail with EPERM. Added to out. */
void sensor_profile_refused(const char *const *capabilities, struct strset *out);
