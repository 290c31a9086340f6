/* probe/healthcheck.h - the command of an image's health check. */
#pragma once

#include "base/buf.h"
#include "probe/probe.h"

/* The argv of a Test and what a step calls it; false when it asks for nothing. */
bool probe_healthcheck_argv(const struct probe_healthcheck_options *o, struct strlist *argv, struct buf *what);
