/* cmd/docker_slim/rows.h - the options of docker-slim's build, which its profile has, too, those of its xray beside
 * them, and its global options. */
#pragma once

#include "cmd/docker_slim/state.h"

extern const struct docker_slim_row docker_slim_build_rows[], docker_slim_xray_rows[], docker_slim_global_rows[];
extern const size_t docker_slim_n_build_rows, docker_slim_n_xray_rows, docker_slim_n_global_rows;
