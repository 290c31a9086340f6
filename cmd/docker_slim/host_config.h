/* cmd/docker_slim/host_config.h - translates the options of docker-slim whose values are JSON of Docker's API: the host
 * configuration of a container, and a request for devices; and the ports that it publishes. */
#pragma once

#include "cmd/docker_slim/state.h"

/* A file with a HostConfig. A member that is no option of ours, and says more than its default, is refused. */
int docker_slim_host_config(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			    struct err *err);
/* A DeviceRequest. */
int docker_slim_device_request(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			       struct err *err);
/* PORT is the same port of this machine there, and IP::PORT, too. */
int docker_slim_publish(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			struct err *err);
