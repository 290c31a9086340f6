/* probe/client/table.h - all protocols that slim is a client of. */
#pragma once

#include "probe/client/client.h"

extern const struct probe_client_row *const probe_client_rows[];
extern const size_t probe_client_n_rows;
/* NULL = no client has that name. */
const struct probe_client_row *probe_client_find(const char *name);
/* The row that the usual probe may use in place of HTTP, because port is its own one; NULL = none. */
const struct probe_client_row *probe_client_usual(uint16_t port);
