#include "probe/client/table.h"

#include <string.h>

#include "probe/client/rows.h"

const struct probe_client_row *const probe_client_rows[] = {
    &probe_client_redis, &probe_client_memcached, &probe_client_postgresql, &probe_client_mysql,
    &probe_client_smtp,  &probe_client_mqtt,      &probe_client_amqp,       &probe_client_grpc,
};
const size_t probe_client_n_rows = sizeof(probe_client_rows) / sizeof(probe_client_rows[0]);

const struct probe_client_row *probe_client_find(const char *name)
{
	for (size_t i = 0; i < probe_client_n_rows; i++)
		if (strcmp(probe_client_rows[i]->name, name) == 0)
			return probe_client_rows[i];
	return NULL;
}

const struct probe_client_row *probe_client_usual(uint16_t port)
{
	for (size_t i = 0; i < probe_client_n_rows; i++)
		if (probe_client_rows[i]->by_default && probe_client_rows[i]->port == port)
			return probe_client_rows[i];
	return NULL;
}
