#include "report/cache_view.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "text/json.h"

static double megabytes(uint64_t bytes)
{
	return (double)bytes / 1e6;
}

/* "c0ffee012345" of its diff ID, or of its name in the store when that is not known. */
static const char *short_id(const struct store_cached *c)
{
	return c->diff_id.text[0] ? oci_digest_hex(&c->diff_id) : c->name;
}

static void time_text(const struct store_cached *c, char out[32])
{
	struct tm tm;
	out[0] = '\0';
	if (c->used.tv_sec && gmtime_r(&c->used.tv_sec, &tm))
		strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void line(struct buf *b, const char *what, const struct store_cached *c)
{
	char used[32];
	time_text(c, used);
	buf_printf(b, "%s%.12s  %10.3f MB  %7" PRIu64 " files  %-20s%s", what, short_id(c), megabytes(c->bytes),
		   c->files, used, c->in_use ? "  in use" : "");
	if (c->broken) {
		buf_str(b, "  broken: ");
		buf_escape(b, c->broken, strlen(c->broken));
	}
	buf_char(b, '\n');
}

struct sum {
	uint64_t bytes;
	size_t layers;
};

static void add(struct sum *s, const struct store_cached *c)
{
	s->bytes += c->bytes;
	s->layers++;
}

static const char *plural(const struct sum *s)
{
	return s->layers == 1 ? "" : "s";
}

static json_t *layer_json(const struct store_cached *c)
{
	char used[32];
	time_text(c, used);
	return json_pack("{s:s, s:s, s:I, s:I, s:s, s:b, s:b, s:o*}", "name", c->name, "diff_id", c->diff_id.text,
			 "bytes", (json_int_t)c->bytes, "files", (json_int_t)c->files, "last_used", used, "in_use",
			 (int)c->in_use, "removed", (int)c->removed, "broken",
			 c->broken ? json_bytes(c->broken, strlen(c->broken)) : NULL);
}

void report_cache_view_json(const char *store, const struct store_cache *cache, struct buf *out)
{
	struct sum all = {0}, removed = {0};
	json_t *layers = json_array();
	for (size_t i = 0; i < cache->count; i++) {
		add(cache->items[i].removed ? &removed : &all, &cache->items[i]);
		json_array_append_new(layers, layer_json(&cache->items[i]));
	}
	json_auto_t *v =
	    json_pack("{s:s, s:o, s:I, s:I, s:o}", "schema", "slim.cache/v1", "store", json_bytes(store, strlen(store)),
		      "bytes", (json_int_t)all.bytes, "removed_bytes", (json_int_t)removed.bytes, "layers", layers);
	json_write_pretty(v, out);
}

void report_cache_view_list(const struct store_cache *cache, struct buf *out)
{
	struct sum all = {0}, used = {0};
	for (size_t i = cache->count; i-- > 0;) {
		const struct store_cached *c = &cache->items[i];
		line(out, "", c);
		add(&all, c);
		if (c->in_use)
			add(&used, c);
	}
	buf_printf(out, "%zu layer%s, %.3f MB; %zu in use\n", all.layers, plural(&all), megabytes(all.bytes),
		   used.layers);
}

void report_cache_view_pruned(const struct store_cache *cache, bool dry_run, struct buf *out)
{
	struct sum gone = {0}, stay = {0}, used = {0};
	for (size_t i = 0; i < cache->count; i++) {
		const struct store_cached *c = &cache->items[i];
		if (c->removed)
			line(out, dry_run ? "would remove " : "removed ", c);
		add(c->removed ? &gone : &stay, c);
		if (c->in_use && !c->removed)
			add(&used, c);
	}
	buf_printf(out, "%s %.3f MB in %zu layer%s; %.3f MB in %zu layer%s stay, %zu in use\n",
		   dry_run ? "would free" : "freed", megabytes(gone.bytes), gone.layers, plural(&gone),
		   megabytes(stay.bytes), stay.layers, plural(&stay), used.layers);
}

void report_cache_view_verified(const struct store_cache *cache, struct buf *out)
{
	struct sum good = {0}, broken = {0}, unproved = {0};
	for (size_t i = 0; i < cache->count; i++) {
		const struct store_cached *c = &cache->items[i];
		add(c->broken ? &broken : c->check[0] ? &good : &unproved, c);
		if (c->broken)
			line(out, c->removed ? "removed " : "", c);
	}
	buf_printf(out, "%zu layer%s as unpacked, %zu broken", good.layers, plural(&good), broken.layers);
	if (unproved.layers)
		buf_printf(out, ", %zu readable but without a checksum to compare with", unproved.layers);
	buf_char(out, '\n');
}
