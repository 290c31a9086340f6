/* cmd/options/docker_run/gpus.h - GPUs as docker run --gpus has them: all, a number, or fields with commas between
 * them, of which those with commas in them are quoted: 'all,"capabilities=compute,utility"', '"device=0,1"',
 * 'device=GPU-UUID', 'count=2'. NVIDIA's alone. */
#pragma once

#include "base/err.h"
#include "base/strlist.h"

/* The program that gives a container its GPUs, and then is runc. */
#define GPUS_RUNTIME "nvidia-container-runtime"

/* Appends to env what such a runtime reads: NVIDIA_VISIBLE_DEVICES, NVIDIA_DRIVER_CAPABILITIES. ERR_INVAL. */
int gpus_parse(const char *text, struct strlist *env, struct err *err) MUST_CHECK;
