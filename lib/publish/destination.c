#include "publish/destination.h"

#include <string.h>

#include "base/mem.h"
#include "oci/name.h"
#include "text/path.h"

static struct publish_destination *append(struct publish_destinations *d)
{
	d->items = mem_realloc(d->items, d->count + 1, sizeof(*d->items));
	struct publish_destination *to = &d->items[d->count++];
	*to = (struct publish_destination){0};
	return to;
}

/* Takes over location and tag. */
static struct publish_destination *add(struct publish_destinations *d, enum oci_scheme scheme, char *location,
				       char *tag)
{
	struct publish_destination *to = append(d);
	oci_ref_init(scheme, location, tag, &to->ref);
	return to;
}

void publish_destinations_done(struct publish_destinations *d)
{
	for (size_t i = 0; i < d->count; i++) {
		transport_sink_close(d->items[i].sink);
		oci_ref_done(&d->items[i].ref);
		strlist_done(&d->items[i].names);
		free(d->items[i].published.more);
	}
	free(d->items);
	*d = (struct publish_destinations){0};
}

char *publish_slim_name(const char *name)
{
	if (!name || !*name)
		return NULL;
	const char *slash = strrchr(name, '/'), *colon = strrchr(slash ? slash : name, ':');
	return colon ? mem_printf("%.*s.slim%s", (int)(colon - name), name, colon) : mem_printf("%s.slim", name);
}

/* The user's, else the source's name made slim, if that is one; all with a tag. */
static void make_names(const struct publish_wish *wish, const char *source_name, struct strlist *out)
{
	CLEANUP_FREE char *made = publish_slim_name(source_name);
	char *full = NULL;
	strlist_extend(out, &wish->names);
	if (!wish->names.count && made &&
	    oci_name_with_tag(made, &full, NULL) == 0) /* a layout's tag may be any text */
		strlist_take(out, full);
}

static int need_names(const struct strlist *names, struct err *err)
{
	return names->count ? 0
			    : err_set(err, ERR_INVAL, "result-without-name",
				      "the image has no name from which slim could name the result: use --tag NAME");
}

/* One for each repository, with all the names that are of it. */
static int add_pushes(const struct strlist *names, struct publish_destinations *out, struct err *err)
{
	const size_t first = out->count;
	int r = need_names(names, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < names->count; i++) {
		CLEANUP_OCI_NAME struct oci_name n = {0};
		if ((r = oci_name_parse(names->items[i], &n, err)) < 0)
			return r;
		CLEANUP_FREE char *full = oci_name_text(&n);
		struct publish_destination *to = NULL;
		for (size_t k = first; !to && k < out->count; k++)
			if (oci_name_same_repository(&out->items[k].ref.name, &n))
				to = &out->items[k];
		if (to)
			strlist_add(&to->names, full);
		else
			add(out, OCI_SCHEME_DOCKER, steal_ptr(&full), NULL);
	}
	return 0;
}

static void add_outputs(const struct publish_wish *wish, const struct strlist *names, struct publish_destinations *out)
{
	for (size_t i = 0; i < wish->n_outputs; i++) {
		struct publish_destination *to = append(out);
		oci_ref_copy(&wish->outputs[i], &to->ref);
		if (transport_traits(to->ref.scheme)->takes_names && !to->ref.tag)
			strlist_extend(&to->names, names);
	}
}

static void add_engine(const struct strlist *names, const struct oci_ref *engine, struct publish_destinations *out)
{
	struct publish_destination *to = add(out, engine->scheme, mem_strdup(names->items[0]), NULL);
	to->ref.engine = mem_strdup(engine->engine);
	to->ref.space = mem_strdup(engine->space);
	for (size_t i = 1; i < names->count; i++)
		strlist_add(&to->names, names->items[i]);
}

/* Of a registry's image: "registry/team/app.slim:1" gives oci:app.slim:1. */
static void add_layouts_here(const struct strlist *names, struct publish_destinations *out)
{
	for (size_t i = 0; i < names->count; i++) {
		const char *slash = strrchr(names->items[i], '/'), *base = slash ? slash + 1 : names->items[i];
		const char *colon = strrchr(base, ':');
		add(out, OCI_SCHEME_OCI, mem_strndup(base, (size_t)(colon - base)), mem_strdup(colon + 1));
	}
}

static int add_for_registry(const struct strlist *names, bool index, const struct transport_options *access,
			    struct publish_destinations *out, struct err *err)
{
	CLEANUP_OCI_REF struct oci_ref engine = {0};
	struct err e = {0};
	int r = need_names(names, err);
	if (r == 0)
		r = index ? -ERR_NOTFOUND : transport_locate_engine(names->items[0], access, &engine, &e);
	if (r == 0)
		add_engine(names, &engine, out);
	else if (r == -ERR_NOTFOUND)
		add_layouts_here(names, out);
	else if (err && !err->code)
		*err = e;
	return r == -ERR_NOTFOUND ? 0 : r;
}

static void add_beside_layout(const struct oci_ref *source, const struct strlist *tags,
			      struct publish_destinations *out)
{
	for (size_t i = 0; i < tags->count; i++)
		add(out, OCI_SCHEME_OCI, mem_strdup(source->location), mem_strdup(tags->items[i]));
	if (!tags->count)
		add(out, OCI_SCHEME_OCI, mem_strdup(source->location),
		    source->tag ? mem_printf("%s.slim", source->tag) : mem_strdup("slim"));
}

/* FILE.tar gives FILE.slim.tar, DIR gives DIR.slim. */
static char *beside(const char *location, const char *ending)
{
	static const char *const endings[] = {".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz"};
	size_t n = strlen(location);
	for (size_t i = 0; *ending && i < sizeof(endings) / sizeof(endings[0]); i++)
		if (path_ends_with(location, endings[i])) {
			n -= strlen(endings[i]);
			break;
		}
	while (!*ending && n > 1 && location[n - 1] == '/')
		n--;
	return mem_printf("%.*s.slim%s", (int)n, location, ending);
}

static int add_default(const struct publish_wish *wish, const struct oci_ref *source, const struct strlist *names,
		       const struct transport_options *access, struct publish_destinations *out, struct err *err)
{
	int r;
	switch (transport_traits(source->scheme)->elsewhere) {
	case TRANSPORT_DEFAULT_LOCAL:
		return add_for_registry(names, wish->index, access, out, err);
	case TRANSPORT_DEFAULT_ENGINE:
		if ((r = need_names(names, err)) < 0)
			return r;
		add_engine(names, source, out);
		break;
	case TRANSPORT_DEFAULT_TAG:
		add_beside_layout(source, wish->tags, out);
		break;
	case TRANSPORT_DEFAULT_DIRECTORY:
		add(out, source->scheme, beside(source->location, ""), NULL);
		break;
	case TRANSPORT_DEFAULT_LAYOUT:
		add(out, OCI_SCHEME_OCI, beside(source->location, ""), mem_strdup("latest"));
		break;
	case TRANSPORT_DEFAULT_FILE:
		strlist_extend(&add(out, source->scheme, beside(source->location, ".tar"), NULL)->names, names);
		break;
	}
	return 0;
}

int publish_destinations_plan(const struct publish_wish *wish, const struct oci_ref *source, const char *name,
			      const struct transport_options *access, struct publish_destinations *out, struct err *err)
{
	CLEANUP_STRLIST struct strlist names = {0};
	struct publish_destinations d = {0};
	int r = 0;
	make_names(wish, name, &names);
	add_outputs(wish, &names, &d);
	if (wish->push)
		r = add_pushes(&names, &d, err);
	if (r == 0 && !d.count)
		r = add_default(wish, source, &names, access, &d, err);
	if (r < 0)
		publish_destinations_done(&d);
	else
		*out = d;
	return r;
}
