/* cmd/build/flags.h - the options of slim build, and what they say together. */
#pragma once

#include "cmd/batch/batch.h"
#include "cmd/container_run.h"
#include "cmd/options/ci/gate_flags.h"
#include "cmd/options/ci/lock_flags.h"
#include "cmd/options/ci/output_flags.h"
#include "cmd/build/config_edit_flags.h"
#include "cmd/options/policy_flags.h"
#include "cmd/services/flags.h"
#include "publish/wish.h"

struct build_flags {
	struct container_flags container;
	struct policy_flags policy;
	struct config_edit_flags config_edit;
	struct gate_flags gates;
	struct output_flags ci;
	struct lock_flags lock;
	struct batch_flags batch;
	struct services_flags services;
	const char *max_drift, *report, *report_format, *artifacts, *compression, *verify, *format, *others;
	const char *dockerfile, *dockerignore, *html;
	char *dest_creds; /* wiped as those of registry_flags */
	unsigned heal, repeat;
	struct strlist outputs, tags, traces;
	bool json, push, keep_index, attach_report, unpack, timings;
	const char *several; /* --platform, if it asks for several: platforms.h takes it out of container */
	bool theirs;         /* the report has docker-slim's shape */
};

extern const struct option_group build_flags_result_group, build_flags_verify_group, build_flags_report_group;

void build_flags_init(void *flags); /* their defaults; for struct command, as _done */
void build_flags_done(void *flags);

/* Whether containers run. With a stored trace of the only platform they do so only to verify. */
bool build_flags_run(const struct build_flags *f);
/* Returns the number of outputs that are an archive on standard output. */
size_t build_flags_archives(const struct publish_wish *w);
/* Whether anything but the summary for a person goes to standard output. */
bool build_flags_take_stdout(const struct build_flags *f, const struct publish_wish *w);
/* ERR_INVAL: options that cannot be given together. */
int build_flags_check(const struct build_flags *f, const struct publish_wish *w, struct err *err) MUST_CHECK;
