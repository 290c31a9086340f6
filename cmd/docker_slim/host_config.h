/* cmd/docker_slim/host_config.h - translates options of docker-slim whose values follow Docker's API: the host
 * configuration of a container and a request for devices, both as JSON, and published ports. */
#pragma once

#include "cmd/docker_slim/state.h"

/* value: the path of a file with a HostConfig. Refuses members that slim has no option for, unless they are at their
 * defaults. */
int docker_slim_host_config(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			    struct err *err);
/* value: a DeviceRequest. */
int docker_slim_device_request(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			       struct err *err);
/* PORT and IP::PORT publish the port on the same port of this machine. */
int docker_slim_publish(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			struct err *err);
