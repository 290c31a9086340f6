/* probe/contact/peer.h - whether the program at the other end of a local TCP connection has read what was sent to it.
 * Spec: proc(5), /proc/net/tcp and tcp6. Both ends are in the network namespace of the calling thread. */
#pragma once

#include <stdint.h>

enum probe_peer {
	PROBE_PEER_UNKNOWN, /* no such connection, or no /proc */
	PROBE_PEER_WAITS,   /* it was not accepted yet */
	PROBE_PEER_UNREAD,  /* bytes wait in the kernel */
	PROBE_PEER_READ,    /* all that came was read */
};

/* port: where it listens; local_port: of our end. */
enum probe_peer probe_peer_look(uint16_t port, uint16_t local_port);
