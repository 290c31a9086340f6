/* probe/routes/places.h - finds the files of the application that runs in a container, and reads them. Private to
 * probe/routes. */
#pragma once

#include <sys/types.h>

#include "probe/routes/route.h"

/* Of the process and those below it: the program, unless it runs a file that its command names; each file that the
 * command names, with its directory; the working directory; and the program's directory in /etc. Directories are read
 * without dependencies, tests and hidden files, and none that belongs to the system. Bounded in files, bytes and depth.
 * What can't be read is left out. */
void routes_places_read(pid_t process, int root, struct routes_finds *out);
