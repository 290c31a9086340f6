/* cmd/options/docker_run/publish.h - parses ports as docker run --publish does: [[IP:]PORT:]PORT[/PROTOCOL], and
 * ranges of them. */
#pragma once

#include "run/bridge/helper.h"

/* Appends the ports of one text to *out (mem_grow, free()), whose capacity is *n. Refuses IPv6 addresses, because slim
 * publishes ports only on IPv4 addresses. ERR_INVAL. */
int publish_parse(const char *text, struct run_bridge_port **out, size_t *n, struct err *err) MUST_CHECK;
/* Returns the text after the last colon: the ports of the container, for which slim waits. */
const char *publish_inside(const char *text);
