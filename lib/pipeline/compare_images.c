#include "pipeline/compare_images.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

struct comparing {
	struct pipeline_comparison *c;
	const struct oci_platform *platform;
	const struct progress *user;
	struct progress progress; /* of both images together; told to the user */
	uint64_t before, whole;   /* bytes of the image that is read already, and of both; 0 = not known */
	struct err *err;
};

static void tell(void *ctx, const char *stage, uint64_t done, uint64_t total, const char *unit)
{
	const struct comparing *p = ctx;
	p->user->step(p->user->ctx, stage, p->before + done, p->whole ? p->whole : total, unit);
}

static void tell_both(struct comparing *p, const struct progress *user)
{
	p->user = user;
	p->progress = user ? *user : (struct progress){.cancel_fd = -1};
	p->progress.ctx = p;
	p->progress.step = user && user->step ? tell : NULL;
}

static bool is_remote(const struct pipeline_comparison *c, int i)
{
	return transport_source_is_remote(c->images[i].source);
}

static bool is_stream(const struct pipeline_comparison *c, int i)
{
	return transport_source_is_stream(c->images[i].source) && !c->images[i].image.unpacked;
}

static size_t count_shared(const struct pipeline_comparison *c)
{
	const struct oci_image_config *a = &c->images[0].image.config, *b = &c->images[1].image.config;
	size_t n = 0;
	while (n < a->n_layers && n < b->n_layers && oci_digest_equal(&a->diff_ids[n], &b->diff_ids[n]))
		n++;
	return n;
}

static uint64_t bytes_above(const struct pipeline_comparison *c, int i, size_t skip)
{
	const struct oci_manifest *m = &c->images[i].image.manifest;
	uint64_t n = 0;
	for (; skip < m->n_layers; skip++)
		n += m->layers[skip].size;
	return n;
}

static int read_layers(struct comparing *p, int i, size_t skip)
{
	const struct inspect_part part = {.skip = skip, .place = (size_t)i * LIMIT_LAYERS};
	const struct inspect_watch sums = {.sums = true};
	int r = pipeline_inspect_read(&p->c->images[i], &part, &sums, &p->c->texts, &p->progress, p->err);
	return r < 0 ? err_wrap(p->err, i ? "the second image" : "the first image") : 0;
}

/* Streams first: only then is their config the real one. */
static int read_both(struct comparing *p, bool all)
{
	struct pipeline_comparison *c = p->c;
	bool done[2] = {0};
	int r = 0;
	for (int i = 0; r == 0 && i < 2; i++)
		if (is_stream(c, i)) {
			r = read_layers(p, i, 0);
			done[i] = true;
		}
	if (r < 0)
		return r;
	c->shared = count_shared(c);
	c->lender = done[0] ? 0 : done[1] ? 1 : is_remote(c, 0) && !is_remote(c, 1);
	c->unread = all || !is_remote(c, c->lender) ? 0 : c->shared;
	const size_t skip[2] = {c->lender ? c->shared : c->unread, c->lender ? c->unread : c->shared};
	const uint64_t bytes[2] = {bytes_above(c, 0, skip[0]), bytes_above(c, 1, skip[1])};
	p->whole = done[0] || done[1] ? 0 : bytes[0] + bytes[1];
	for (int k = 0; r == 0 && k < 2; k++) {
		const int i = k ? !c->lender : c->lender;
		if (!done[i])
			r = read_layers(p, i, skip[i]);
		p->before = p->whole ? bytes[i] : 0;
	}
	return r;
}

/* The borrower's own lists of shared layers, if it is a stream, give way to those of the lender. */
static void lend(struct pipeline_comparison *c)
{
	const struct inspect_lists *from = &c->images[c->lender].lists, *to = &c->images[!c->lender].lists;
	for (size_t i = 0; i < c->shared; i++) {
		inspect_list_done(&to->items[i]);
		to->items[i] = from->items[i];
	}
	c->lent = true;
}

static void take_back(struct pipeline_comparison *c)
{
	const struct inspect_lists *l = &c->images[!c->lender].lists;
	for (size_t i = 0; c->lent && i < c->shared; i++)
		l->items[i] = (struct inspect_list){0};
}

/* As if all layers were shared and not read. */
static void make_equal(struct pipeline_comparison *c)
{
	c->shared = c->unread = c->images[0].image.manifest.n_layers;
	for (int i = 0; i < 2; i++)
		c->images[i].lists =
		    (struct inspect_lists){mem_calloc(c->shared, sizeof(struct inspect_list)), c->shared};
}

static int compare(struct comparing *p, const struct oci_ref refs[2], const struct transport_options *access, bool all)
{
	struct pipeline_comparison *c = p->c;
	int r = 0;
	for (int i = 0; r == 0 && i < 2; i++) {
		struct pipeline_inspected *image = &c->images[i];
		if ((r = transport_source_open(&refs[i], access, &image->source, p->err)) == 0)
			r = transport_source_image_manifest(image->source, p->platform, &image->image, p->err);
	}
	if (r < 0)
		return r;
	const struct oci_manifest *a = &c->images[0].image.manifest, *b = &c->images[1].image.manifest;
	if (!all && is_remote(c, 0) && is_remote(c, 1) && oci_digest_equal(&a->config.digest, &b->config.digest) &&
	    a->n_layers == b->n_layers) {
		make_equal(c);
	} else {
		for (int i = 0; r == 0 && i < 2; i++)
			r = transport_source_image_config(c->images[i].source, p->platform, &c->images[i].image,
							  p->err);
		if (r == 0)
			r = read_both(p, all);
		if (r < 0)
			return r;
		lend(c);
	}
	for (int i = 0; r == 0 && i < 2; i++)
		r = pipeline_inspect_finish(&c->images[i], &c->texts, p->err);
	return r;
}

int pipeline_compare(const struct oci_ref refs[2], const struct oci_platform *platform,
		     const struct transport_options *access, bool all, const struct progress *progress,
		     struct pipeline_comparison *out, struct err *err)
{
	struct comparing p = {.c = out, .platform = platform, .err = err};
	tell_both(&p, progress);
	*out = (struct pipeline_comparison){0};
	inspect_texts_init(&out->texts, 2 * LIMIT_LAYERS);
	int r = compare(&p, refs, access, all);
	if (r < 0)
		pipeline_comparison_done(out);
	return r;
}

void pipeline_comparison_done(struct pipeline_comparison *c)
{
	take_back(c);
	for (int i = 0; i < 2; i++)
		pipeline_inspected_done(&c->images[i]);
	inspect_texts_done(&c->texts);
	*c = (struct pipeline_comparison){0};
}
