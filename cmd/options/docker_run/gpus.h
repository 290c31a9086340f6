/* cmd/options/docker_run/gpus.h - parses GPUs as docker run --gpus does: all, a number, or fields with commas between
 * them. A field with a comma in it is quoted: 'all,"capabilities=compute,utility"', '"device=0,1"', 'device=GPU-UUID',
 * 'count=2'. Only NVIDIA's GPUs are known. */
#pragma once

#include "base/err.h"
#include "base/strlist.h"

/* The program that gives a container its GPUs, and then executes runc. */
#define GPUS_RUNTIME "nvidia-container-runtime"

/* Appends the variables that such a runtime reads to env: NVIDIA_VISIBLE_DEVICES, NVIDIA_DRIVER_CAPABILITIES.
 * ERR_INVAL. */
int gpus_parse(const char *text, struct strlist *env, struct err *err) MUST_CHECK;
