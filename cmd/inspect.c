#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "access.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "command.h"
#include "transport/transport.h"

struct inspect_flags {
	const char *platform;
	bool json, verbose;
	struct access_flags access;
};

static const struct option_row rows[] = {
    {"platform", 0, OPTION_STRING, offsetof(struct inspect_flags, platform), "OS/ARCH",
     "which image of an index (default: this machine's)"},
    {"json", 0, OPTION_FLAG, offsetof(struct inspect_flags, json), NULL, "print JSON"},
    {"verbose", 'v', OPTION_FLAG, offsetof(struct inspect_flags, verbose), NULL, "tell on stderr what is done"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_part parts[] = {
    {&group, 0},
    {&access_flags_group, offsetof(struct inspect_flags, access)},
};

static void defaults(void *options)
{
	access_flags_init(&((struct inspect_flags *)options)->access);
}

static void done(void *options)
{
	access_flags_done(&((struct inspect_flags *)options)->access);
}

static json_t *as_json(const char *reference, const struct transport_image *image)
{
	const struct oci_manifest *m = &image->manifest;
	char platform[OCI_PLATFORM_TEXT];
	uint64_t total = 0;
	json_t *layers = json_array();
	for (size_t i = 0; i < m->n_layers; i++) {
		total += m->layers[i].size;
		json_array_append_new(layers, json_pack("{s:s, s:s, s:s, s:I, s:s}", "digest", m->layers[i].digest.text,
							"diff_id", image->config.diff_ids[i].text, "media_type",
							m->layers[i].media_type, "compressed_bytes",
							(json_int_t)m->layers[i].size, "created_by",
							oci_image_config_created_by(&image->config, i)));
	}
	json_t *config = json_object_get(image->config.root, "config");
	return json_pack("{s:s, s:o, s:s, s:s, s:I, s:o, s:O*}", "schema", "slim.inspect/v1", "reference",
			 json_bytes(reference, strlen(reference)), "digest", image->manifest_digest.text, "platform",
			 oci_platform_text(&image->config.platform, platform), "compressed_bytes", (json_int_t)total,
			 "layers", layers, "config", config);
}

static void text_line(struct buf *b, const char *label, const char *value)
{
	buf_printf(b, "%-12s", label);
	buf_escape(b, value, strlen(value));
	buf_char(b, '\n');
}

static void words_line(struct buf *b, const char *label, const struct strlist *words)
{
	for (size_t i = 0; i < words->count; i++)
		text_line(b, i ? "" : label, words->items[i]);
}

static bool is_compressed(const struct oci_manifest *m)
{
	enum oci_compression c = OCI_COMPRESSION_NONE;
	for (size_t i = 0; i < m->n_layers; i++)
		if (oci_layer_compression(m->layers[i].media_type, &c, NULL) < 0 || c != OCI_COMPRESSION_NONE)
			return true;
	return false;
}

static void as_text(const char *reference, const struct transport_image *image, struct buf *b)
{
	const struct oci_manifest *m = &image->manifest;
	const struct oci_image_config *c = &image->config;
	char platform[OCI_PLATFORM_TEXT];
	text_line(b, "image", reference);
	if (image->manifest_digest.text[0]) /* an engine or a docker-archive has none */
		text_line(b, "digest", image->manifest_digest.text);
	else
		text_line(b, "image ID", m->config.digest.text);
	text_line(b, "platform", oci_platform_text(&c->platform, platform));
	text_line(b, "user", *c->user ? c->user : "root");
	text_line(b, "workdir", *c->working_dir ? c->working_dir : "/");
	words_line(b, "entrypoint", &c->entrypoint);
	words_line(b, "cmd", &c->cmd);
	words_line(b, "env", &c->env);
	words_line(b, "volume", &c->volumes);
	for (size_t i = 0; i < c->n_ports; i++)
		buf_printf(b, "%-12s%u/%s\n", i ? "" : "port", c->ports[i].number, c->ports[i].udp ? "udp" : "tcp");
	uint64_t total = 0;
	buf_printf(b, "layers\n");
	for (size_t i = 0; i < m->n_layers; i++) {
		total += m->layers[i].size;
		buf_printf(b, "  %2zu  %10.3f MB  %.19s  ", i + 1, (double)m->layers[i].size / 1e6,
			   m->layers[i].digest.text);
		const char *by = oci_image_config_created_by(c, i);
		buf_escape(b, by, strnlen(by, 60));
		buf_char(b, '\n');
	}
	if (total)
		buf_printf(b, "  all %10.3f MB %scompressed\n", (double)total / 1e6, is_compressed(m) ? "" : "un");
}

static int run(void *options, const struct strlist *args)
{
	const struct inspect_flags *f = options;
	struct err err = {0};
	struct oci_platform platform;
	CLEANUP_REF struct oci_ref ref = {0};
	CLEANUP_SOURCE struct transport_source *source = NULL;
	CLEANUP_IMAGE struct transport_image image = {0};
	log_enable(f->verbose);
	if (oci_ref_parse(args->items[0], &ref, &err) < 0 ||
	    (f->platform && oci_platform_parse(f->platform, &platform, &err) < 0))
		return fail_usage(&err);
	const struct transport_options t = access_options(&f->access);
	if (transport_source_open(&ref, &t, &source, &err) < 0 ||
	    transport_source_image(source, f->platform ? &platform : NULL, &image, &err) < 0)
		return fail(&err);
	CLEANUP_BUF struct buf b = {0};
	if (f->json) {
		json_auto_t *v = as_json(args->items[0], &image);
		json_write_pretty(v, &b);
	} else {
		CLEANUP_FREE char *opened = oci_ref_text(transport_source_ref(source));
		as_text(opened, &image, &b);
	}
	fwrite(b.data, 1, b.len, stdout);
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

const struct command command_inspect = {
    .name = "inspect",
    .args = "REF",
    .summary = "Show an image's layers, sizes and configuration",
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct inspect_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
