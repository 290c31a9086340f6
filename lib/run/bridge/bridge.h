/* run/bridge/bridge.h - a network namespace with a way out. It has loopback and one more interface. A helper program
 * (pasta or slirp4netns) carries the traffic of that interface, as an ordinary program of this machine.
 * The namespace exists, and reaches the outside, before the container joins it. A keeper (keeper.h) holds it, because
 * pasta may only enter the namespace of such a process. Both processes end with slim, however slim ends. As with
 * Docker's bridge, the loopback of this machine is not reachable, and IPv6 is missing.
 * Without a helper the namespace has loopback alone, and no port is published. */
#pragma once

#include "run/bridge/helper.h"
#include "run/bridge/keeper.h"

struct run_bridge {
	const struct run_bridge_helper *helper; /* NULL = none */
	struct run_bridge_keeper keeper;
	struct subproc program;
	int said;                      /* what the program printed */
	struct run_bridge_port *ports; /* with their numbers */
	size_t n_ports;
};
#define RUN_BRIDGE_NONE ((struct run_bridge){.keeper = RUN_BRIDGE_KEEPER_NONE, .program = {.pidfd = -1}, .said = -1})

/* The program of this name, or the first that is installed and works here if it is NULL. ERR_NOTFOUND names the
 * packages. */
int run_bridge_find(const char *program, const struct run_bridge_helper **out, struct err *err) MUST_CHECK;
/* The address of this machine that the outside sees, which programs on all its addresses answer. ERR_NOTFOUND. */
int run_bridge_host_address(char out[INET_ADDRSTRLEN], struct err *err) MUST_CHECK;

/* dir: fd of the run's directory, and its path. exposed: n of the image's ports. *out is RUN_BRIDGE_NONE before, and
 * run_bridge_close takes it in any case. Call it from a thread that stays until then. */
int run_bridge_open(int dir, const char *dir_path, const struct run_bridge_options *options,
		    const struct oci_port *exposed, size_t n_exposed, struct run_bridge *out,
		    struct err *err) MUST_CHECK;
/* The pidfd of the program, which becomes readable if the program ends too early. -1 = no program runs. */
int run_bridge_fd(const struct run_bridge *b);
/* Says so. */
int run_bridge_ended(struct run_bridge *b, struct err *err) MUST_CHECK;
void run_bridge_close(struct run_bridge *b);
