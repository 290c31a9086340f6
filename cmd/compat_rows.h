/* cmd/compat_rows.h - the options of docker-slim's build, and those before the verb. */
#pragma once

#include "compat_state.h"

extern const struct compat_row compat_build_rows[], compat_global_rows[];
extern const size_t compat_n_build_rows, compat_n_global_rows;
