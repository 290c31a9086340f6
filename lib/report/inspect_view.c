#include "report/inspect_view.h"

#include <inttypes.h>
#include <string.h>

#include "text/json.h"

static json_t *as_json(const struct report_inspect_view *v)
{
	const struct oci_manifest *m = v->manifest;
	char platform[OCI_PLATFORM_TEXT];
	uint64_t total = 0;
	json_t *layers = json_array();
	for (size_t i = 0; i < m->n_layers; i++) {
		total += m->layers[i].size;
		json_array_append_new(layers, json_pack("{s:s, s:s, s:s, s:I, s:s}", "digest", m->layers[i].digest.text,
							"diff_id", v->config->diff_ids[i].text, "media_type",
							m->layers[i].media_type, "compressed_bytes",
							(json_int_t)m->layers[i].size, "created_by",
							oci_image_config_created_by(v->config, i)));
	}
	json_t *config = json_object_get(v->config->root, "config");
	return json_pack("{s:s, s:o, s:s, s:s, s:I, s:o, s:O*}", "schema", "slim.inspect/v1", "reference",
			 json_bytes(v->reference, strlen(v->reference)), "digest", v->digest->text, "platform",
			 oci_platform_text(&v->config->platform, platform), "compressed_bytes", (json_int_t)total,
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

void report_inspect_view_text(const struct report_inspect_view *v, struct buf *b)
{
	const struct oci_manifest *m = v->manifest;
	const struct oci_image_config *c = v->config;
	char platform[OCI_PLATFORM_TEXT];
	text_line(b, "image", v->reference);
	if (v->digest->text[0]) /* an engine or a docker-archive has none */
		text_line(b, "digest", v->digest->text);
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

void report_inspect_view_json(const struct report_inspect_view *v, struct buf *out)
{
	json_auto_t *root = as_json(v);
	json_write_pretty(root, out);
}
