/* cmd/init/service.h - what kind of service an image is, as far as its configuration tells. Nothing is run. */
#pragma once

#include "base/buf.h"
#include "oci/image_config.h"
#include "probe/client/client.h"

#define INIT_CLIENTS 4

struct init_service {
	const struct oci_image_config *config; /* borrowed */
	const char *program; /* the name of the program that it starts, without its directory; borrowed, NULL = none */
	bool http;           /* a web service: by its ports, its health check or its program */
	bool health;         /* it has a health check */
	bool shell;          /* what it starts is a shell or an interpreter, which does nothing without input */
	const struct probe_client_row *clients[INIT_CLIENTS]; /* of protocols that slim is a client of */
	size_t n_clients;
};

void init_service_look(const struct oci_image_config *config, struct init_service *out);
/* Whether it listens somewhere; if not it is a job, or a service that the configuration does not tell of. */
bool init_service_is_known(const struct init_service *s);
/* Appends "a web service on port 80/tcp, with a health check". */
void init_service_text(const struct init_service *s, struct buf *out);
