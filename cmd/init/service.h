/* cmd/init/service.h - finds out by an image's configuration what kind of service it is, without running it. */
#pragma once

#include "base/buf.h"
#include "oci/image_config.h"
#include "probe/client/client.h"

#define INIT_CLIENTS 4

struct init_service {
	const struct oci_image_config *config; /* borrowed */
	const char *program;                   /* the base name of its program; borrowed, NULL = none */
	bool http;                             /* a web service: by its ports, its health check or its program */
	bool health;                           /* it has a health check */
	bool shell;                            /* its program is a shell or an interpreter, which needs input */
	const struct probe_client_row *clients[INIT_CLIENTS]; /* of the protocols that slim speaks */
	size_t n_clients;
};

void init_service_look(const struct oci_image_config *config, struct init_service *out);
/* True if the configuration shows a service. If not, the image is a job or a service of an unknown kind. */
bool init_service_is_known(const struct init_service *s);
/* Appends "a web service on port 80/tcp, with a health check". */
void init_service_text(const struct init_service *s, struct buf *out);
