#include "report/docker_slim/docker_slim.h"

#include <stdlib.h>
#include <string.h>

#include "oci/name.h"
#include "oci/ref.h"
#include "report/step/step.h"
#include "text/json.h"

static const struct {
	const char *name, *version;
} types[] = {
    [REPORT_DOCKER_SLIM_BUILD] = {"build", "ov/command/build/1.1"},
    [REPORT_DOCKER_SLIM_PROFILE] = {"profile", "ov/command/profile/1.0"},
    [REPORT_DOCKER_SLIM_XRAY] = {"xray", "ov/command/xray/1.2"},
};

/* ---- the machine ---- */

void report_docker_slim_host_done(struct report_docker_slim_host *h)
{
	free(h->name);
	free(h->version);
	free(h->display_name);
	*h = (struct report_docker_slim_host){0};
}

/* The value of NAME= on a line of its own, without quotes; NULL = it is not there. */
static char *os_release_value(const char *text, const char *name)
{
	const size_t len = strlen(name);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (strncmp(line, name, len) != 0 || line[len] != '=')
			continue;
		const char *value = line + len + 1, quote = *value == '"' || *value == '\'' ? *value : '\n';
		value += quote != '\n';
		const char *end = strpbrk(value, (char[]){quote, '\n', '\0'});
		return mem_strndup(value, end ? (size_t)(end - value) : strlen(value));
	}
	return NULL;
}

void report_docker_slim_host_parse(struct report_docker_slim_host *h, const char *text)
{
	h->name = os_release_value(text, "NAME");
	h->version = os_release_value(text, "VERSION_ID");
	h->display_name = os_release_value(text, "PRETTY_NAME");
}

/* ---- JSON ---- */

/* Never null, because readers expect a string. */
static json_t *text(const char *s)
{
	return json_bytes(s ? s : "", s ? strlen(s) : 0);
}

static void set_text(json_t *o, const char *name, const char *s)
{
	json_object_set_new(o, name, text(s));
}

/* NAME and NAME_human. */
static void set_size(json_t *o, const char *name, uint64_t bytes)
{
	char human[32], key[64];
	json_object_set_new(o, name, json_integer((json_int_t)(bytes > INT64_MAX ? INT64_MAX : bytes)));
	snprintf(key, sizeof(key), "%s_human", name);
	set_text(o, key, report_step_size(bytes, human));
}

static json_t *texts(const struct strlist *l)
{
	json_t *all = json_array();
	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(all, text(l->items[i]));
	return all;
}

static json_t *distro_json(const struct report_docker_slim_host *h)
{
	json_t *o = json_object();
	set_text(o, "name", h->name);
	set_text(o, "version", h->version);
	set_text(o, "display_name", h->display_name);
	return o;
}

/* The name for an engine's commands, without its transport. A file or directory keeps its transport. */
static char *plain_name(const char *reference)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	struct err err = {0};
	if (!reference || oci_ref_parse(reference, &ref, &err) < 0)
		return mem_strdup(reference ? reference : "");
	const bool named = ref.scheme == OCI_SCHEME_NONE || ref.scheme == OCI_SCHEME_DOCKER ||
			   ref.scheme == OCI_SCHEME_DOCKER_DAEMON || ref.scheme == OCI_SCHEME_CONTAINERS_STORAGE;
	return mem_strdup(named ? ref.location : reference);
}

/* The name of the result at its first destination; "" without a result. */
static char *result_name(const struct report *r)
{
	if (!r || !r->n_destinations)
		return mem_strdup("");
	const struct report_destination *d = &r->destinations[0];
	return plain_name(d->names.count ? d->names.items[0] : d->reference);
}

static void set_config(json_t *o, const struct oci_image_config *c)
{
	json_t *ports = json_array(), *entry = json_object();
	for (size_t i = 0; i < c->n_ports; i++)
		json_array_append_new(ports,
				      json_sprintf("%u/%s", c->ports[i].number, c->ports[i].udp ? "udp" : "tcp"));
	json_object_set_new(entry, "entrypoint", texts(&c->entrypoint));
	json_object_set_new(entry, "cmd", texts(&c->cmd));
	set_text(entry, "exe_path", c->entrypoint.count ? c->entrypoint.items[0] : c->cmd.count ? c->cmd.items[0] : "");
	set_text(o, "create_time", json_string_value(json_object_get(c->root, "created")));
	set_text(o, "architecture", json_string_value(json_object_get(c->root, "architecture")));
	set_text(o, "os", json_string_value(json_object_get(c->root, "os")));
	set_text(o, "user", c->user);
	set_text(o, "workdir", c->working_dir);
	json_object_set_new(o, "exposed_ports", ports);
	json_object_set_new(o, "volumes", texts(&c->volumes));
	json_object_set_new(o, "env_vars", texts(&c->env));
	json_t *labels = json_object_get(json_object_get(c->root, "config"), "Labels");
	if (labels)
		json_object_set(o, "labels", labels);
	json_object_set_new(o, "container_entry", entry);
}

static const char *source_id(const struct report_docker_slim *d)
{
	return d->manifest ? d->manifest->config.digest.text : d->report ? d->report->source.digest : "";
}

static json_t *source_image_json(const struct report_docker_slim *d, const char *name, uint64_t bytes)
{
	json_t *o = json_object(), *id = json_object();
	set_text(id, "id", source_id(d));
	json_object_set_new(id, "tags", json_pack("[o]", text(oci_name_tag(name))));
	json_object_set_new(id, "names", json_pack("[o]", text(name)));
	json_object_set_new(o, "identity", id);
	set_size(o, "size", bytes);
	if (d->config)
		set_config(o, d->config);
	return o;
}

/* The image as one part of a stack, without the images that it was built from. */
static json_t *image_stack_json(const struct report_docker_slim *d, const char *name, uint64_t bytes)
{
	json_t *o = json_object();
	CLEANUP_FREE char *repository = mem_strdup(name);
	char *colon = strrchr(repository, ':');
	if (colon && !strchr(colon, '/'))
		*colon = '\0';
	json_object_set_new(o, "is_top_image", json_true());
	set_text(o, "id", source_id(d));
	set_text(o, "full_name", name);
	set_text(o, "repo_name", repository);
	set_text(o, "version_tag", oci_name_tag(name));
	json_object_set_new(o, "raw_tags", json_pack("[o]", text(name)));
	set_size(o, "new_size", bytes);
	json_t *steps = json_array();
	const char *step;
	for (size_t i = 0; d->config && (step = oci_image_config_step(d->config, i)); i++)
		json_array_append_new(steps, json_pack("{s:o}", "command_all", text(step)));
	json_object_set_new(o, "instructions", steps);
	return json_pack("[o]", o);
}

static void set_result(json_t *o, const struct report_docker_slim *d)
{
	const struct report *r = d->report;
	const bool made = r && r->n_destinations && d->error->code == ERR_NONE;
	const uint64_t before = r ? r->source.size_bytes : 0, after = made ? r->result.size_bytes : 0;
	CLEANUP_FREE char *name = made ? result_name(r) : mem_strdup("");
	set_text(o, "original_image", d->target);
	set_size(o, "original_image_size", before);
	set_size(o, "minified_image_size", after);
	set_text(o, "minified_image", name);
	set_text(o, "minified_image_id", made ? r->result.digest : "");
	set_text(o, "minified_image_digest", made ? r->result.digest : "");
	json_object_set_new(o, "minified_image_has_data", json_boolean(made));
	json_object_set_new(o, "minified_by", json_real(after ? (double)before / (double)after : 0));
	json_object_set_new(o, "image_created", json_boolean(made));
	set_text(o, "image_build_engine", "internal");
	set_text(o, "container_report_name", d->artifacts ? "creport.json" : "");
	set_text(o, "seccomp_profile_name", "");
	set_text(o, "apparmor_profile_name", "");
}

static json_t *layers_json(const struct oci_manifest *m, const struct oci_image_config *c)
{
	json_t *all = json_array();
	for (size_t i = 0; i < m->n_layers; i++) {
		json_t *o = json_object();
		set_text(o, "id", c->diff_ids[i].text);
		json_object_set_new(o, "index", json_integer((json_int_t)i));
		set_size(o, "size", m->layers[i].size);
		set_text(o, "change_instruction", oci_image_config_created_by(c, i));
		json_array_append_new(all, o);
	}
	return all;
}

static uint64_t source_bytes(const struct report_docker_slim *d)
{
	uint64_t sum = 0;
	if (d->report)
		return d->report->source.size_bytes;
	for (size_t i = 0; d->manifest && i < d->manifest->n_layers; i++)
		sum += d->manifest->layers[i].size;
	return sum;
}

static json_t *head_json(const struct report_docker_slim *d)
{
	json_t *o = json_object();
	set_text(o, "document", "doc.report.command");
	set_text(o, "version", types[d->type].version);
	json_object_set_new(o, "engine", json_sprintf("linux|slim|%s", d->version));
	json_object_set_new(o, "containerized", json_boolean(d->host->in_container));
	json_object_set_new(o, "host_distro", distro_json(d->host));
	set_text(o, "type", types[d->type].name);
	set_text(o, "state", d->error->code == ERR_NONE ? "done" : "error");
	if (d->error->code != ERR_NONE)
		set_text(o, "error", d->error->msg);
	set_text(o, "target_reference", d->target);
	return o;
}

void report_docker_slim_json(const struct report_docker_slim *d, struct buf *out)
{
	json_auto_t *o = head_json(d);
	const uint64_t bytes = source_bytes(d);
	CLEANUP_FREE char *name =
	    plain_name(d->report && d->report->source.reference ? d->report->source.reference : d->target);
	json_t *system = json_object();
	set_text(system, "type", d->host->kernel);
	set_text(system, "release", d->host->release);
	json_object_set_new(system, "distro", distro_json(d->host));
	json_object_set_new(o, "system", system);
	json_object_set_new(o, "source_image", source_image_json(d, name, bytes));
	if (d->type != REPORT_DOCKER_SLIM_XRAY)
		set_result(o, d);
	set_text(o, "artifact_location", d->artifacts);
	json_object_set_new(o, "image_stack", image_stack_json(d, name, bytes));
	if (d->manifest && d->config) {
		json_object_set_new(o, "image_layers", layers_json(d->manifest, d->config));
		json_object_set(o, "raw_image_config", d->config->root);
	}
	json_write_pretty(o, out);
}
