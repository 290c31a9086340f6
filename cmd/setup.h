/* cmd/setup.h - the options that say what a container finds around it beside the image: files, names, ports. */
#pragma once

#include "option.h"
#include "pipeline/session.h"

/* container_flags has one of these as a member, and its rows are SETUP_ROWS. */
struct setup_flags {
	const char *hostname;
	struct strlist mounts, volumes, expose, hosts;
};

#define SETUP_ROW(type, member, field, name, kind, value, help)                                                        \
	{                                                                                                              \
		name, 0, kind, offsetof(type, member.field), value, help                                               \
	}
#define SETUP_ROWS(T, M)                                                                                               \
	SETUP_ROW(T, M, mounts, "mount", OPTION_LIST, "SRC:DIR[:ro]", "bind a file or directory of this machine"),     \
	    SETUP_ROW(T, M, volumes, "volume", OPTION_LIST, "DIR", "as if the image had this volume"),                 \
	    SETUP_ROW(T, M, expose, "expose", OPTION_LIST, "PORT", "as if the image exposed this port"),               \
	    SETUP_ROW(T, M, hostname, "hostname", OPTION_STRING, "NAME", "of the container"),                          \
	    SETUP_ROW(T, M, hosts, "etc-hosts-map", OPTION_LIST, "NAME:ADDRESS", "one more line of /etc/hosts")

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
