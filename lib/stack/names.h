/* stack/names.h - where the services of a stack find each other: addresses in their networks, as lines of hosts(5). */
#pragma once

#include "stack/network/network.h"
#include "stack/plan.h"

/* The services of a plan, numbered: 0 is the target, i + 1 is services[i]. */
const struct compose_service *stack_names_service(const struct compose_project *p, const struct stack_plan *plan,
						  size_t nth);
/* The index of a network of the project. */
size_t stack_names_network(const struct compose_project *p, const char *key);
/* Gives each service its address in each network that it joins: first to those that name one. */
int stack_names_reserve(const struct compose_project *p, const struct stack_plan *plan, struct stack_network *network,
			struct err *err) MUST_CHECK;
/* Appends for service nth a line for each service that it reaches, itself too: in each network that both have joined,
 * by its name, container_name and the aliases that it has there. */
int stack_names_hosts(const struct compose_project *p, const struct stack_plan *plan, struct stack_network *network,
		      size_t nth, struct strlist *out, struct err *err) MUST_CHECK;
