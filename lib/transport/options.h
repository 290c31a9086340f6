/* transport/options.h - the options of sources and sinks: how registries and engines are reached, and what a sink needs
 * beside its reference. */
#pragma once

#include "base/progress.h"
#include "base/strlist.h"
#include "oci/ref.h"

/* How to reach registries and engines. Everything that it points to is borrowed until the source or sink is closed. */
struct transport_options {
	const char *tmp_dir;             /* a directory of this run for what must be spooled; NULL = none is needed */
	const struct progress *progress; /* asked for the end; NULL = never */
	const char *creds;      /* "user:password" for the registry; NULL = auth files and credential helpers */
	const char *creds_host; /* the registry that creds are for ("docker.io", "localhost:5000"); NULL = any */
	const char *auth_file;  /* NULL = the usual ones (net/auth/auth.h) */
	const char *containerd_address;    /* --address: containerd's socket; NULL = CONTAINERD_ADDRESS, else its own */
	struct transport_engines *engines; /* engines.h; NULL = each source and sink connects by itself */
	bool tls_verify_off; /* don't check certificates; use plain HTTP if the registry does not speak TLS */
	/* What the user should know, as of an auth file that others may read, is added when the source or sink is
	 * closed; NULL = nothing. Sources and sinks that share it are closed by one thread. */
	struct strlist *warnings;
	/* Sinks */
	bool unpack;                 /* --unpack: containerd unpacks the image at once */
	const struct strlist *names; /* for docker-archive: without a tag and for engines: repo:tag to write, beside the
					reference's own; NULL = none */
	const struct oci_ref *mount_from; /* the source: a registry mounts its blobs; containerd keeps an image that it
					   replaces; NULL = none */
};
