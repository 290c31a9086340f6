/* transport/locate.h - finds the image of a bare name: looks into the engines, in the order of the tools that users
 * know, and into containerd, then names the registry. */
#pragma once

#include "base/buf.h"
#include "transport/options.h"

/* bare: without a scheme. *out: the same image with its transport (and its engine, if one has it). trail, for
 * --verbose and for the error of a search that found nothing: a line for each place that was tried, in order, with
 * the result ("docker at unix:///run/docker.sock (DOCKER_HOST): has no such image"). The registry is the last place;
 * it is not asked here. */
int transport_locate(const struct oci_ref *bare, const struct transport_options *options, struct oci_ref *out,
		     struct buf *trail, struct err *err) MUST_CHECK;

/* Finds the engine for a result whose source is not in an engine: the first that answers. ERR_NOTFOUND if none does.
 * *out: name in it. */
int transport_locate_engine(const char *name, const struct transport_options *options, struct oci_ref *out,
			    struct err *err) MUST_CHECK;
