/* stack/state.h - a stack and its services. Private to lib/stack/. */
#pragma once

#include <pthread.h>

#include "run/bridge/host_thread.h"
#include "stack/dependency.h"
#include "stack/network/network.h"
#include "stack/options.h"
#include "stack/settings.h"

/* A service that runs; the first one is the target. */
struct stack_node {
	struct stack *stack;
	size_t nth;
	const struct compose_service *service;
	struct stack_settings settings;
	struct run_options options; /* not of the target */
	struct run_around around;
	/* Not of the target, either. */
	struct stack_health health;
	struct stack_dependency_work work;
	char *name;                       /* of its run */
	char address[INET_ADDRSTRLEN];    /* in its first network */
	unsigned first_interface;         /* of its networks */
	bool drives;                      /* it is started as an exercise of the target */
	struct stack_dependency *running; /* NULL = it does not run yet */
};

struct stack {
	const struct stack_options *options;
	struct stack_network *network;
	struct stack_volumes *volumes;
	struct stack_node *nodes;
	size_t n_nodes;
	pthread_mutex_t lock; /* of the network */
	int changed;          /* eventfd: the state of a node has changed */
	const struct progress *progress;
	bool began;                      /* all that was needed before the target was there */
	struct run_host_thread *outside; /* while the target runs: starts services in the network of this machine */
	struct exercise *exercises;      /* of stack_drive_use */
	unsigned n_runs;
};
