/* cmd/options/ports.h - ports as EXPOSE of a Dockerfile has them: 8080, 8080/tcp, 53/udp, 8000-8010. */
#pragma once

#include "base/err.h"
#include "base/strlist.h"
#include "oci/port.h"

/* Append the ports of each text to *out (mem_grow, free()). option: its name, for the message. ERR_INVAL. */
int ports_parse(const struct strlist *texts, const char *option, struct oci_port **out, size_t *n,
		struct err *err) MUST_CHECK;
