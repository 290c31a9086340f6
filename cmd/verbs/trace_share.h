/* cmd/verbs/trace_share.h - slim trace push and pull: traces as artifacts beside the image in its registry. */
#pragma once

#include "cmd/options/registry_flags.h"
#include "cmd/outcome.h"
#include "trace/trace_file.h"

struct trace_share_flags {
	struct registry_flags registry;
	const char *ref;      /* the image, as it is written; not an option */
	const char *platform; /* NULL = the host's */
	bool unredacted;
};

extern const struct option_group trace_share_group;

/* Each returns an exit_code. output NULL = standard output. */
int trace_share_push(const struct trace_share_flags *f, const struct trace_file *files, size_t n, struct outcome *out);
int trace_share_pull(const struct trace_share_flags *f, const char *output, struct outcome *out);
