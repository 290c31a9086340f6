/* cmd/options/script_flags.h - the options that name files of requests and commands, and the script made of them. */
#pragma once

#include "base/notes.h"
#include "cmd/options/option.h"
#include "oci/image_config.h"
#include "probe/specs/spec.h"

/* A member of container_flags. */
struct script_flags {
	struct strlist probe_files, command_files, recordings, sitemaps, url_lists, goss_files, structure_tests,
	    uploads;
	bool cookies;
};

extern const struct option_group script_flags_group;

void script_flags_done(struct script_flags *f);
/* Tells whether any file is named. */
bool script_flags_given(const struct script_flags *f);
/* Reads all files, kind after kind: probe files first. Requests go to *out, commands to *spec; these and *notes are
 * valid in any case. An error names the option. */
int script_flags_parse(const struct script_flags *f, struct probe_script *out, struct probe_spec *spec,
		       struct notes *notes, struct err *err) MUST_CHECK;
/* Appends the ports that the requests name and the list lacks. slim waits for these ports. */
void script_ports_expose(const struct probe_script *s, struct oci_port **expose, size_t *n_expose);
/* Tells whether any request goes to a port, not to a unix socket. */
bool script_needs_port(const struct probe_script *s);
