/* packages/install_command.h - finds the packages that a Dockerfile's RUN line installs by name: the arguments of
 * apt-get, apk, dnf, opkg, pip, npm, gem and their like, in a history entry of an image config. A heuristic over
 * hostile text. It evaluates nothing: a computed name, a file of requirements and a path are left out. */
#pragma once

#include <stddef.h>

#include "base/strset.h"
#include "packages/package.h"

#define PACKAGES_COMMAND_MAX (1u << 20) /* bytes of one text that are looked at */
#define PACKAGES_COMMAND_NAMES 10000    /* of one manager; further ones are left out */

/* Adds the names to out[manager], an array of PACKAGES_MANAGERS sets: without version, architecture, suite or extras,
 * but otherwise as they were spelt. */
void packages_install_command(const char *text, size_t n, struct strset *out);
