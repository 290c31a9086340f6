/* cmd/setup.h - the options that say what a container finds around it beside the image: files, names, ports. */
#pragma once

#include "option.h"
#include "pipeline/session.h"

/* A member of container_flags. */
struct setup_flags {
	const char *hostname;
	struct strlist mounts, volumes, expose, hosts;
};

extern const struct option_group setup_flags_group;

void setup_flags_done(struct setup_flags *f);

/* What they become; options of the session borrow it. */
struct setup {
	struct bundle_mount *mounts;
	size_t n_mounts;
	struct oci_port *expose;
	size_t n_expose;
	struct strlist hosts;
};
/* *s is valid in any case. */
int setup_init(struct setup *s, const struct setup_flags *f, struct err *err) MUST_CHECK;
void setup_use(const struct setup *s, const struct setup_flags *f, struct session_options *o);
void setup_done(struct setup *s);
