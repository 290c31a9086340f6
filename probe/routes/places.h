/* probe/routes/places.h - finds the files of the application that runs in a container, and reads them. Private to
 * probe/routes. */
#pragma once

#include <sys/types.h>

#include "probe/routes/route.h"

/* Reads the files of the process and those below it: the program, unless it runs a file that its command names; each
 * file that the command names, with its directory; the working directory; and the program's directory in /etc. Leaves
 * out dependencies, tests, hidden files and the system's directories. Bounded in files, bytes and depth. Skips what
 * can't be read. */
void routes_places_read(pid_t process, int root, struct routes_finds *out);
