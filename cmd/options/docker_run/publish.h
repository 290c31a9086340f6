/* cmd/options/docker_run/publish.h - ports as docker run --publish has them: [[IP:]PORT:]PORT[/PROTOCOL], and ranges of
 * them. */
#pragma once

#include "run/bridge/helper.h"

/* Appends what one text means to *out (mem_grow, free()), whose capacity is *n. An address of IPv6 is not taken: of the
 * machine's ports, only those of IPv4 are. ERR_INVAL. */
int publish_parse(const char *text, struct run_bridge_port **out, size_t *n, struct err *err) MUST_CHECK;
/* The container's port or ports, to be waited for: what follows the last colon. */
const char *publish_inside(const char *text);
