/* probe/client/rows.h - the protocols, one file each, and what they share. */
#pragma once

#include "probe/wire/bytes.h"
#include "probe/client/client.h"

extern const struct probe_client_row probe_client_redis, probe_client_memcached, probe_client_postgresql,
    probe_client_mysql, probe_client_smtp, probe_client_mqtt, probe_client_amqp, probe_client_grpc;

/* The key and value to write and read back. The key has a name of its own, so that it hides no key of the service's. */
#define PROBE_CLIENT_KEY "slim-probe-key"
#define PROBE_CLIENT_VALUE "slim probe value"
