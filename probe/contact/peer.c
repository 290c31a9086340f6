#include "probe/contact/peer.h"

#include <stdbool.h>
#include <stdio.h>

/* The line of the other end: its local port is the one that listens, its remote port is ours. */
static bool is_other_end(const char *line, unsigned port, unsigned local_port, enum probe_peer *out)
{
	unsigned here, there, unread;
	unsigned long inode;
	if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%x %*x %*x:%x %*x:%*x %*x %*u %*u %lu", &here, &there,
		   &unread, &inode) != 4 ||
	    here != port || there != local_port)
		return false;
	*out = !inode ? PROBE_PEER_WAITS : unread ? PROBE_PEER_UNREAD : PROBE_PEER_READ;
	return true;
}

enum probe_peer probe_peer_look(uint16_t port, uint16_t local_port)
{
	static const char *const files[] = {"/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"};
	enum probe_peer found = PROBE_PEER_UNKNOWN;
	char line[512];
	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && found == PROBE_PEER_UNKNOWN; i++) {
		FILE *f = fopen(files[i], "re");
		while (f && fgets(line, sizeof(line), f) && !is_other_end(line, port, local_port, &found))
			;
		if (f)
			fclose(f);
	}
	return found;
}
