/* cmd/docker_slim/rows.h - the options of docker-slim: those of build, which profile has as well, those that only xray
 * has, and those before the verb. */
#pragma once

#include "cmd/docker_slim/state.h"

extern const struct docker_slim_row docker_slim_build_rows[], docker_slim_xray_rows[], docker_slim_global_rows[];
extern const size_t docker_slim_n_build_rows, docker_slim_n_xray_rows, docker_slim_n_global_rows;
