/* os/binfmt.h - finds the emulator (qemu-user) that this machine runs programs of another architecture with.
 * Source: Documentation/admin-guide/binfmt-misc.rst of the kernel. */
#pragma once

#include <stdbool.h>

#define BINFMT_DIR "/proc/sys/fs/binfmt_misc"

/* Looks in dir, a mounted binfmt_misc, for an enabled entry that takes Linux programs of arch, a name of Go's
 * ("arm64"). The entry must have the flag F: then the kernel opened the emulator once, and a container needs no copy of
 * it. *emulator: its path, free(). Returns false if there is none. *why then says so, as the end of a sentence. */
bool binfmt_find_emulator(const char *arch, const char *dir, char **emulator, const char **why);
