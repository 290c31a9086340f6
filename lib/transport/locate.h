/* transport/locate.h - finds the image of a bare name: looks into the engines, in the order of the tools that users
 * know, then names the registry. */
#pragma once

#include "base/buf.h"
#include "transport/options.h"

/* bare: without a scheme. *out: the same image with its transport (and its engine, if one has it). trail: a line for
 * each place that was looked at, in order, with what was found ("docker at unix:///run/docker.sock (DOCKER_HOST): has
 * no such image"); for --verbose and for the error of a search that found nothing. A registry is not asked: it is the
 * last. */
int transport_locate(const struct oci_ref *bare, const struct transport_options *options, struct oci_ref *out,
		     struct buf *trail, struct err *err) MUST_CHECK;

/* The engine that a result goes to when its source is none: the first that answers. ERR_NOTFOUND when none does.
 * *out: name in it. */
int transport_locate_engine(const char *name, const struct transport_options *options, struct oci_ref *out,
			    struct err *err) MUST_CHECK;
