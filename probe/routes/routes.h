/* probe/routes/routes.h - finds paths that no page links to. The application's own files name them: sources,
 * configuration and compiled code of the running programs, and the files beside those that the service is known to
 * serve. They are guesses: asking for them shows which of them the service has.
 * The guesses and their answers are found once, in the first run. When the slim image runs in place of the original,
 * the same requests are sent, whatever files it has. */
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include "base/strlist.h"
#include "base/strset.h"

/* Those of one port. */
struct probe_routes_port {
	uint16_t port;
	struct strlist paths; /* "/items?all=1", in the order to ask for them */
	size_t n_named;       /* of them, before those of served files */
	bool asked;           /* by a run before this one: the service has */
	struct strset has;    /* these, and not the others; */
	struct strset varies; /* the answers to these vary by themselves */
};

struct routes_finds;
struct probe_routes {
	pthread_mutex_t lock;
	struct routes_finds *finds; /* NULL = nobody looked yet */
	struct probe_routes_port **ports;
	size_t count, cap;
};
void probe_routes_init(struct probe_routes *r);
void probe_routes_done(struct probe_routes *r);

/* The place of the service. */
struct probe_routes_place {
	pid_t process; /* the first one of the container: its command and those of the processes below it tell where
			* the application lies */
	int root;      /* O_PATH fd of its file system */
};
/* Finds the paths, if that was not done yet: none, if process is 0 or root -1. asked: what the service was asked for so
 * far, "/path?query". Safe in any thread; what it returns is that of the port's own thread. */
struct probe_routes_port *probe_routes_of(struct probe_routes *r, const struct probe_routes_place *place, uint16_t port,
					  const struct strset *asked);
