/* cmd/options/wire_flags.h - the options that drive a service that does not speak HTTP, and the exercises made of
 * them. */
#pragma once

#include "cmd/options/option.h"
#include "probe/plan.h"

/* A member of container_flags. */
struct wire_flags {
	struct strlist clients, tcps, unixes;
};

extern const struct option_group wire_flags_group;

void wire_flags_done(struct wire_flags *f);
/* Tell whether anything is to be sent at all, and whether to a port. */
bool wire_flags_given(const struct wire_flags *f);
bool wire_flags_need_port(const struct wire_flags *f);

/* The plan made of the flags. */
struct wire_plan {
	struct probe_client_options *clients;
	struct probe_talk_options *talks;
	size_t n_clients, n_talks;
};

/* *out is valid in any case. */
int wire_flags_parse(const struct wire_flags *f, struct wire_plan *out, struct err *err) MUST_CHECK;
void wire_plan_done(struct wire_plan *p);
/* Lends the plan to the probes. */
void wire_plan_use(const struct wire_plan *p, struct probe_plan *out);
