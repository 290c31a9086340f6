#include "pipeline/build/choose.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/binfmt.h"
#include "publish/traces.h"
#include "trace/trace_file.h"

struct choosing {
	struct transport_source *source;
	const struct pipeline_platforms_options *options;
	const char *dir;
	struct oci_index index;
	struct oci_platform host;
	struct pipeline_choices *out;
};

void pipeline_choices_done(struct pipeline_choices *c)
{
	for (size_t i = 0; i < c->count; i++) {
		strlist_done(&c->items[i].traces);
		free(c->items[i].obstacle);
	}
	free(c->items);
	*c = (struct pipeline_choices){0};
}

/* ---- the platforms ---- */

static struct pipeline_choice *find_choice(const struct choosing *c, const char *digest)
{
	for (size_t i = 0; i < c->out->count; i++)
		if (strcmp(c->out->items[i].digest.text, digest) == 0)
			return &c->out->items[i];
	return NULL;
}

static struct pipeline_choice *add_entry(struct choosing *c, const struct oci_descriptor *d,
					 const struct oci_platform *wanted)
{
	struct pipeline_choices *out = c->out;
	struct pipeline_choice *known = find_choice(c, d->digest.text);
	if (known)
		return known;
	out->items = mem_realloc(out->items, out->count + 1, sizeof(*out->items));
	struct pipeline_choice *new = &out->items[out->count++];
	*new = (struct pipeline_choice){.platform = d->platform.os[0] ? d->platform : *wanted, .digest = d->digest};
	oci_platform_text(&new->platform, new->name);
	return new;
}

/* *choice: of the platform; NULL = the user named others. */
static int find_platform(struct choosing *c, const struct oci_platform *wanted, bool add,
			 struct pipeline_choice **choice, struct err *err)
{
	const struct oci_descriptor *d;
	int r = oci_index_select(&c->index, wanted, &d, err);
	if (r < 0)
		return r;
	if (oci_media_type_is_index(d->media_type))
		return err_set(err, ERR_UNSUPPORTED, "index-nested",
			       "the source's index holds another index, %s: build one platform without --keep-index",
			       d->digest.text);
	*choice = add ? add_entry(c, d, wanted) : find_choice(c, d->digest.text);
	return 0;
}

/* The variants that only spell out the architecture count as none. */
static bool is_plain(const struct oci_platform *p)
{
	return strcmp(p->os, "linux") == 0 && p->arch[0] &&
	       (!p->variant[0] || (strcmp(p->arch, "arm64") == 0 && strcmp(p->variant, "v8") == 0) ||
		(strcmp(p->arch, "amd64") == 0 && strcmp(p->variant, "v1") == 0));
}

static int add_wanted(struct choosing *c, struct err *err)
{
	const struct pipeline_platforms_options *o = c->options;
	struct pipeline_choice *choice;
	int r = 0;
	for (size_t i = 0; r == 0 && i < o->n_wanted; i++)
		r = find_platform(c, &o->wanted[i], true, &choice, err);
	for (size_t i = 0; r == 0 && !o->n_wanted && i < c->index.count; i++)
		if (is_plain(&c->index.manifests[i].platform))
			r = find_platform(c, &c->index.manifests[i].platform, true, &choice, err);
	return r;
}

/* ---- their traces ---- */

static int not_built(const struct pipeline_platform_trace *t, const struct oci_platform *p, struct err *err)
{
	char name[OCI_PLATFORM_TEXT];
	return err_set(err, ERR_INVAL, "trace-platform-not-built",
		       "--trace %s is of %s, which is not built: name that platform with --platform, too", t->file,
		       oci_platform_text(p, name));
}

static int add_named(struct choosing *c, const struct pipeline_platform_trace *t, struct err *err)
{
	struct pipeline_choice *choice = NULL;
	int r = find_platform(c, &t->platform, !c->options->n_wanted, &choice, err);
	if (r < 0)
		return err_wrap(err, "--trace %s", t->file);
	if (!choice)
		return not_built(t, &t->platform, err);
	strlist_add(&choice->traces, t->file);
	return 0;
}

static int add_attached(struct choosing *c, struct err *err)
{
	struct err none = {0};
	bool found = false;
	for (size_t i = 0; i < c->out->count; i++) {
		struct pipeline_choice *choice = &c->out->items[i];
		CLEANUP_OCI_INDEX struct oci_index artifacts = {0};
		struct err e = {0};
		int r = publish_traces_list(c->source, &choice->digest, &artifacts, &e);
		if (r < 0 && r != -ERR_NOTFOUND) {
			*err = e;
			return r;
		}
		if (r == 0)
			strlist_add(&choice->traces, PIPELINE_BUILD_TRACE_ATTACHED);
		else if (!none.code)
			none = e;
		found |= r == 0;
	}
	if (found)
		return 0;
	*err = none;
	return -(int)none.code;
}

/* The trace says of which images of the index it is. An image that was built anew since has another digest: then only
 * the user knows its platform. */
static int add_unnamed(struct choosing *c, const struct pipeline_platform_trace *t, struct err *err)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	bool found = false;
	int r = trace_file_load(AT_FDCWD, t->file, &f, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < c->index.count; i++) {
		const struct oci_descriptor *d = &c->index.manifests[i];
		if (!trace_file_has_image(&f, d->digest.text))
			continue;
		struct pipeline_choice *choice =
		    c->options->n_wanted ? find_choice(c, d->digest.text) : add_entry(c, d, &d->platform);
		if (!choice)
			return not_built(t, &d->platform, err);
		strlist_add(&choice->traces, t->file);
		found = true;
	}
	return found ? 0
		     : err_set(err, ERR_INVAL, "trace-platform-unknown",
			       "--trace %s names no image of the index: write its platform in front, as in --trace "
			       "linux/arm64=%s",
			       t->file, t->file);
}

static int add_traces(struct choosing *c, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < c->options->n_traces; i++) {
		const struct pipeline_platform_trace *t = &c->options->traces[i];
		if (t->named)
			r = add_named(c, t, err);
		else if (strcmp(t->file, PIPELINE_BUILD_TRACE_ATTACHED) != 0)
			r = add_unnamed(c, t, err);
	}
	for (size_t i = 0; r == 0 && i < c->options->n_traces; i++) /* once all platforms are known */
		if (!c->options->traces[i].named &&
		    strcmp(c->options->traces[i].file, PIPELINE_BUILD_TRACE_ATTACHED) == 0)
			r = add_attached(c, err);
	return r;
}

/* ---- what can be built ---- */

/* free(); NULL = there is none. */
static char *find_obstacle(const struct choosing *c, const struct pipeline_choice *choice)
{
	const bool runs = !choice->traces.count || c->options->build->verify == PIPELINE_BUILD_VERIFY_ON;
	CLEANUP_FREE char *emulator = NULL;
	char here[OCI_PLATFORM_TEXT];
	const char *why;
	if (strcmp(choice->platform.os, "linux") != 0)
		return mem_strdup("slim reads images of Linux only");
	if (!runs || oci_platform_matches(&choice->platform, &c->host) ||
	    binfmt_find_emulator(choice->platform.arch, c->dir, &emulator, &why))
		return NULL;
	return mem_printf("this machine is %s, and %s", oci_platform_text(&c->host, here), why);
}

/* Those that can be built come first, the host's platform before them. */
static void sort(const struct choosing *c)
{
	struct pipeline_choices *out = c->out;
	CLEANUP_FREE struct pipeline_choice *old = mem_dup(out->items, out->count * sizeof(*old));
	size_t n = 0;
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < out->count; i++) {
			const int its = old[i].obstacle ? 2 : !oci_platform_matches(&old[i].platform, &c->host);
			if (its == round)
				out->items[n++] = old[i];
		}
}

static int judge(const struct choosing *c, struct err *err)
{
	CLEANUP_BUF struct buf names = {0};
	const size_t count = c->out->count;
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		if (c->out->items[i].obstacle)
			buf_printf(&names, "%s%s (%s)", n++ ? ", " : "", c->out->items[i].name,
				   c->out->items[i].obstacle);
	if (!count)
		return err_set(err, ERR_NOTFOUND, "platform-not-found",
			       "the index has no Linux image without a variant: name a platform with --platform");
	if (n == count)
		return err_set(
		    err, ERR_UNSUPPORTED, "platforms-not-buildable",
		    "none of the platforms can be slimmed here: %s; give a trace with --trace PLATFORM=FILE, or "
		    "register an emulator",
		    names.data);
	if (n && !c->options->keep_others)
		return err_set(err, ERR_UNSUPPORTED, "platforms-not-buildable",
			       "not all platforms can be slimmed here: %s; give a trace with --trace PLATFORM=FILE, "
			       "register an emulator, or leave them as they are with --others keep",
			       names.data);
	return 0;
}

int pipeline_choose(struct transport_source *source, const struct pipeline_platforms_options *o, const char *dir,
		    struct pipeline_choices *out, struct err *err)
{
	struct choosing c = {.source = source, .options = o, .dir = dir, .out = out};
	oci_platform_host(&c.host);
	int r = transport_source_index(source, &c.index, err);
	if (r == 0)
		r = add_wanted(&c, err);
	if (r == 0)
		r = add_traces(&c, err);
	for (size_t i = 0; r == 0 && i < out->count; i++)
		out->items[i].obstacle = find_obstacle(&c, &out->items[i]);
	if (r == 0) {
		sort(&c);
		r = judge(&c, err);
	}
	oci_index_done(&c.index);
	return r;
}
