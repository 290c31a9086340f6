/* broken REFERENCE STORE COUNT SEED - for tests/integration/test_verify.py: slims an image COUNT times, each time
 * without one file or symlink of the exact keep set, which SEED chooses, and lets verify judge. It records once. Prints
 * a line of JSON for each: what is missing, why it was kept, what became of the image ("equal": published as it is,
 * "healed", "differs"). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keep/closure/closures.h"
#include "pipeline/original.h"
#include "pipeline/slim/candidate.h"
#include "probe/probe.h"
#include "runtime/mounts.h"
#include "text/json.h"

static size_t plan(void *ctx, const struct oci_image_config *config, const struct exercise **out)
{
	static struct probe_http_options http;
	static struct exercise exercise;
	probe_http_options_init(&http);
	probe_http(&http, &exercise);
	*out = &exercise;
	return 1;
}

struct subject {
	struct pipeline_session session;
	struct pipeline_original original;
};

static int select_exact(const struct subject *t, struct keep_set *k, struct err *err)
{
	const struct pipeline_session *s = &t->session;
	keep_set_init(k, s->index, &s->image.config, KEEP_EXACT);
	keep_trace(k, &t->original.evidence);
	keep_config(k, &s->image.config);
	return keep_closures(k, err);
}

static int complete(void *ctx, struct err *err)
{
	return keep_closures(ctx, err);
}

/* Kept because the run found it: not a directory, not what only engines and the config name, and not the beginning of
 * a way that leads nowhere. */
static bool is_needed(const struct subject *t, const struct keep_set *k, uint32_t node)
{
	mode_t mode = image_index_node(t->session.index, node)->mode;
	if (!S_ISREG(mode) && !S_ISLNK(mode))
		return false;
	struct keep_reason why = k->reasons[node];
	while (why.kind == KEEP_SYMLINK || why.kind == KEEP_INTERPRETER)
		why = k->reasons[why.by];
	return why.kind == KEEP_TRACE && t->original.trace.entries[why.by].found == TRACE_FOUND_YES;
}

static uint32_t *shuffle_needed(const struct subject *t, const struct keep_set *k, uint64_t seed, size_t *count)
{
	uint32_t *out = mem_calloc(k->n_kept, sizeof(*out));
	*count = 0;
	for (uint32_t id = 0; id < image_index_count(t->session.index); id++)
		if (is_needed(t, k, id))
			out[(*count)++] = id;
	for (size_t i = *count; i > 1; i--) { /* Fisher and Yates, with Knuth's generator */
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		size_t j = (size_t)((seed >> 33) % i);
		uint32_t last = out[i - 1];
		out[i - 1] = out[j];
		out[j] = last;
	}
	return out;
}

static void forget(struct keep_set *k, uint32_t node)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < k->n_kept; i++)
		if (k->queue[i] != node)
			k->queue[n++] = k->queue[i];
	k->n_kept = n;
	k->reasons[node] = (struct keep_reason){0};
}

static void tell(const struct pipeline_session *s, const struct verify_verdict *v, uint32_t node, uint8_t why,
		 const char *outcome, bool back)
{
	CLEANUP_BUF struct buf path = {0}, line = {0};
	image_index_path(s->index, node, &path);
	json_auto_t *o =
	    json_pack("{s:o, s:i, s:s, s:b, s:i, s:i, s:i, s:i}", "path", json_bytes(path.data, path.len), "reason",
		      why, "outcome", outcome, "back", back, "rounds", (int)v->rounds, "steps", (int)v->equal_steps,
		      "differences", (int)v->n_differences, "lookups", (int)v->n_lookups);
	json_write(o, &line);
	puts(line.data);
	fflush(stdout);
}

static int break_one(struct subject *t, uint32_t node, struct err *err)
{
	struct pipeline_session *s = &t->session;
	struct verify_verdict v = {0};
	CLEANUP_KEEP_SET struct keep_set k = {0};
	struct pipeline_slim_image c;
	struct pipeline_slim_candidate candidate;
	const struct verify_options o = {.heal = 3,
					 .keep = &k,
					 .open = pipeline_slim_candidate_open,
					 .close = pipeline_slim_candidate_close,
					 .ctx = &candidate};
	int r = select_exact(t, &k, err);
	if (r < 0 || (r = pipeline_slim_image_init(&c, s, err)) < 0)
		return r;
	uint8_t why = k.reasons[node].kind;
	forget(&k, node);
	c.keep = &k;
	c.rewrite.compression = OCI_COMPRESSION_NONE;
	c.compression_set = true;
	r = pipeline_slim_image_pack(&c, err);
	pipeline_slim_candidate_init(&candidate, &c);
	candidate.complete = complete;
	candidate.ctx = &k;
	if (r == 0)
		r = pipeline_original_verify(&t->original, s, &o, &v, err);
	if (r == 0 || r == -ERR_DIFFERS)
		tell(s, &v, node, why, r < 0 ? "differs" : v.rounds > 1 ? "healed" : "equal", keep_has(&k, node));
	verify_verdict_done(&v);
	pipeline_slim_candidate_done(&candidate);
	pipeline_slim_image_done(&c);
	return r == -ERR_DIFFERS ? 0 : r;
}

static int break_all(struct subject *t, size_t most, uint64_t seed, struct err *err)
{
	CLEANUP_KEEP_SET struct keep_set whole = {0};
	struct pipeline_session *s = &t->session;
	struct pipeline_original *o = &t->original;
	int r;
	if ((r = pipeline_session_fetch(s, err)) < 0 || (r = pipeline_original_prepare(o, s, err)) < 0 ||
	    (r = pipeline_session_unpack(s, err)) < 0 || (r = pipeline_original_record(o, s, err)) < 0 ||
	    (r = pipeline_original_resolve(o, s, err)) < 0 || (r = select_exact(t, &whole, err)) < 0)
		return r;
	size_t n;
	CLEANUP_FREE uint32_t *nodes = shuffle_needed(t, &whole, seed, &n);
	for (size_t i = 0; r == 0 && i < n && i < most; i++)
		r = break_one(t, nodes[i], err);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct pipeline_session_options o = {
	    .source_text = argc == 5 ? argv[1] : "",
	    .store = argc == 5 ? argv[2] : "",
	    .plan = plan,
	    .record = {.ready_timeout_ms = 20000, .stop_timeout_ms = 5000, .host_mount_ns = -1, .continue_fd = -1},
	};
	struct subject t;
	if (argc != 5 || oci_ref_parse(argv[1], &o.source, &err) < 0) {
		fprintf(stderr, "usage: broken REFERENCE STORE COUNT SEED\n");
		return 2;
	}
	pipeline_session_init(&t.session, &o, NULL);
	pipeline_original_init(&t.original);
	int r = runtime_mounts_isolate(&o.record.host_mount_ns, &err);
	if (r == 0)
		r = break_all(&t, strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), &err);
	pipeline_original_done(&t.original);
	pipeline_session_done(&t.session);
	oci_ref_done(&o.source);
	if (r < 0)
		fprintf(stderr, "broken: %s\n", err.msg);
	return r < 0;
}
