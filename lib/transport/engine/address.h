/* transport/engine/address.h - one address at which an engine may be. Private to lib/transport/. */
#pragma once

#include <stdbool.h>

struct engine_address {
	char *url;  /* "unix:///run/docker.sock", "tcp://host:2376", "ssh://user@host", "podman:" = podman's service
		       started  for this run, behind a socket of ours */
	char *from; /* what named it, for the trail: "DOCKER_HOST", "context prod", "podman's socket" */
	bool podman;
	bool explicit; /* the user named it: that it does not answer is an error, not the next one's turn */
	bool tls, tls_skip_verify;
	char *ca, *cert, *key; /* files; NULL = none */
};

void engine_address_done(struct engine_address *a);
/* "docker at URL"; free(). */
char *engine_address_name(const struct engine_address *a);
