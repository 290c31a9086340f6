/* transport/engine/endpoint.h - takes the URL of an engine apart: unix:///PATH, tcp://HOST[:PORT],
 * ssh://[USER@]HOST[:PORT][/SOCKET], and "podman:" for podman's service started for this run. Private to
 * lib/transport/engine/. */
#pragma once

#include "base/cleanup.h"
#include "base/err.h"

#define ENGINE_PODMAN_HERE "podman:"

enum engine_endpoint_kind { ENGINE_UNIX, ENGINE_TCP, ENGINE_SSH, ENGINE_PODMAN };

struct engine_endpoint {
	enum engine_endpoint_kind kind;
	char *path;    /* absolute: of the socket, here or behind ssh; NULL = none is said */
	char *user;    /* of ssh; NULL = ssh's own default */
	char *host;    /* tcp: "[::1]" with its brackets; ssh: without */
	unsigned port; /* 0 = none is said */
};

/* ERR_INVAL shows the forms; ERR_UNSUPPORTED: a form that other tools know. Nothing in the parts can be taken for an
 * option of ssh or has control characters. */
int engine_endpoint_parse(const char *url, struct engine_endpoint *out, struct err *err) MUST_CHECK;
void engine_endpoint_done(struct engine_endpoint *e);
#define CLEANUP_ENGINE_ENDPOINT CLEANUP(engine_endpoint_done)
