#include "ci/lock/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ci/lock/token.h"
#include "text/base64.h"
#include "text/json.h"

static void digest(const char *s, size_t n, uint8_t out[SHA256_SIZE])
{
	CLEANUP_SHA256 struct sha256 *h = sha256_new();
	sha256_update(h, s, n);
	sha256_final(h, out);
}

/* The first characters of the digest in base64. */
static void half_mark(const char *s, char *out)
{
	uint8_t d[SHA256_SIZE];
	CLEANUP_BUF struct buf text = {0};
	digest(s, strlen(s), d);
	base64_encode(d, 3, &text);
	memcpy(out, text.data, CI_LOCK_MARK / 2);
}

struct ci_lock_entry *ci_lock_listing_add(struct ci_lock_listing *l, const char *kind, const char *path,
					  const char *facts)
{
	CLEANUP_BUF struct buf word = {0};
	ci_lock_token_add(&word, path, strlen(path));
	l->entries = mem_grow(l->entries, l->count, &l->cap, sizeof(*l->entries));
	struct ci_lock_entry *e = &l->entries[l->count++];
	*e = (struct ci_lock_entry){.package = CI_LOCK_NO_PACKAGE};
	e->line = mem_printf("%s %s %s", kind, word.data, facts);
	e->path = buf_steal(&word);
	half_mark(e->path, e->mark);
	half_mark(e->line, e->mark + CI_LOCK_MARK / 2);
	return e;
}

uint32_t ci_lock_listing_package(struct ci_lock_listing *l, const char *manager, const char *name, const char *version,
				 const char *architecture)
{
	const char *const parts[] = {manager, name, version, architecture};
	CLEANUP_BUF struct buf key = {0};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (i)
			buf_char(&key, ' ');
		ci_lock_token_add(&key, parts[i] ? parts[i] : "", parts[i] ? strlen(parts[i]) : 0);
	}
	return (uint32_t)strset_add_len(&l->packages, key.data, key.len, NULL);
}

void ci_lock_listing_config(struct ci_lock_listing *l, const json_t *config)
{
	/* Members that decide how the image runs. Labels and the parent's id change with each build. */
	static const char *const names[] = {"Cmd",         "Entrypoint", "Env",     "ExposedPorts",
					    "Healthcheck", "OnBuild",    "Shell",   "StopSignal",
					    "StopTimeout", "User",       "Volumes", "WorkingDir"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const json_t *value = json_object_get(config, names[i]);
		if (!value || json_is_null(value))
			continue;
		CLEANUP_BUF struct buf line = {0}, text = {0};
		uint8_t d[SHA256_SIZE];
		char hex[SHA256_HEX_SIZE];
		json_write(value, &text);
		digest(text.data, text.len, d);
		sha256_hex(d, hex);
		buf_printf(&line, "config %s %s", names[i], hex);
		strset_add_len(&l->config, line.data, line.len, NULL);
	}
}

void ci_lock_listing_done(struct ci_lock_listing *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->entries[i].path);
		free(l->entries[i].line);
	}
	free(l->entries);
	strset_done(&l->packages);
	strset_done(&l->config);
	*l = (struct ci_lock_listing){0};
}
