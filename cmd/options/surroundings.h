/* cmd/options/surroundings.h - the options for mounts, host names and ports of the container. */
#pragma once

#include "cmd/options/option.h"
#include "pipeline/session.h"

/* A member of container_flags. */
struct surroundings_flags {
	const char *hostname;
	struct strlist mounts, tmpfs, devices, volumes, expose, hosts;
};

extern const struct option_group surroundings_flags_group;

void surroundings_flags_done(struct surroundings_flags *f);

/* The surroundings made of the flags; options of the session borrow them. */
struct surroundings {
	struct runtime_bundle_mount *mounts;
	size_t n_mounts;
	struct oci_port *expose;
	size_t n_expose;
	struct strlist hosts;
};
/* *s is valid in any case. */
int surroundings_init(struct surroundings *s, const struct surroundings_flags *f, struct err *err) MUST_CHECK;
void surroundings_use(const struct surroundings *s, const struct surroundings_flags *f,
		      struct pipeline_session_options *o);
void surroundings_done(struct surroundings *s);
