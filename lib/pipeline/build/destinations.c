#include "pipeline/build/destinations.h"

#include "base/mem.h"
#include "publish/publish.h"

struct transport_options pipeline_build_sink_access(const struct pipeline_build_state *b)
{
	const struct oci_ref *source = transport_source_ref(b->session.source);
	struct transport_options t = pipeline_session_access(&b->session);
	if (b->options->dest_creds)
		t.creds = b->options->dest_creds;
	else if (transport_traits(source->scheme)->registry)
		t.creds_host = source->name.host;
	t.mount_from = source;
	t.unpack = b->options->unpack;
	return t;
}

static int choose_family(const struct pipeline_build_state *b, struct publish_destination *to, struct err *err)
{
	const struct pipeline_build_options *o = b->options;
	const struct transport_traits *t = transport_traits(to->ref.scheme);
	const enum oci_family wanted = o->format_set ? o->format : b->session.image.manifest.family;
	to->family = t->any_family ? wanted : t->family;
	if (o->format_set && to->family != wanted && !t->unpacks) {
		CLEANUP_FREE char *text = oci_ref_text(&to->ref);
		return err_set(err, ERR_INVAL, "format-conflict",
			       "%s holds images of %s's format: leave out --format, or write elsewhere", text,
			       to->family == OCI_FAMILY_OCI ? "the OCI" : "Docker");
	}
	return 0;
}

/* What the user asked for is possible there. */
static int check_destinations(const struct pipeline_build_state *b, struct err *err)
{
	const struct pipeline_build_options *o = b->options;
	bool registry = false, containerd = false;
	for (size_t i = 0; i < b->to.count; i++) {
		const struct transport_traits *t = transport_traits(b->to.items[i].ref.scheme);
		registry |= t->registry;
		containerd |= b->to.items[i].ref.scheme == OCI_SCHEME_CONTAINERD;
	}
	if (o->unpack && !containerd)
		return err_set(
		    err, ERR_INVAL, "unpack-without-containerd",
		    "--unpack: none of the destinations is containerd: leave it out, or add -o containerd:NAME");
	if (o->attach_report && !registry)
		return err_set(err, ERR_INVAL, "attach-without-registry",
			       "--attach-report: none of the destinations is a registry");
	return 0;
}

/* They are open. */
static int check_index(const struct pipeline_build_state *b, struct err *err)
{
	for (size_t i = 0; b->options->keep_index && i < b->to.count; i++) {
		const struct publish_destination *to = &b->to.items[i];
		const struct transport_traits *t = transport_traits(to->ref.scheme);
		if (t->engine ? transport_sink_keeps_blobs(to->sink) : t->holds_index)
			continue;
		CLEANUP_FREE char *text = oci_ref_text(&to->ref);
		return err_set(
		    err, ERR_UNSUPPORTED, "destination-takes-no-index",
		    "%s cannot hold an index of several platforms: write it to a registry, an OCI layout or an "
		    "OCI archive",
		    text);
	}
	return 0;
}

static int check_source(const struct pipeline_build_state *b, struct err *err)
{
	const struct pipeline_build_options *o = b->options;
	if (o->keep_index && !b->session.image.index.len)
		return err_set(
		    err, ERR_INVAL, "keep-index-without-index",
		    "--keep-index: the source is not an index of several platforms, or its transport has no indexes");
	if (o->keep_original && transport_traits(transport_source_ref(b->session.source)->scheme)->directory)
		return err_set(err, ERR_UNSUPPORTED, "original-not-publishable",
			       "--on-fail keep-original: a directory of files has no layers to publish");
	return 0;
}

static int open_destinations(struct pipeline_build_state *b, const struct transport_options *access, struct err *err)
{
	int r = publish_destinations_plan(&b->options->wish, transport_source_ref(b->session.source),
					  b->session.image.name, access, &b->to, err);
	for (size_t i = 0; r == 0 && i < b->to.count; i++)
		r = choose_family(b, &b->to.items[i], err);
	if (r < 0 || (r = check_destinations(b, err)) < 0 || (r = check_source(b, err)) < 0)
		return r;
	r = publish_open(&b->to, access, &b->session.image.manifest.config, err);
	return r < 0 ? r : check_index(b, err);
}

int pipeline_build_plan_destinations(struct pipeline_build_state *b, struct err *err)
{
	const struct transport_options access = pipeline_build_sink_access(b);
	int r = 0;
	if (b->lead)
		b->to = b->lead->to;
	else
		r = open_destinations(b, &access, err);
	return r < 0 ? r : pipeline_check_baseline(b->options->check, &b->session, &b->to, &access, &b->baseline, err);
}
