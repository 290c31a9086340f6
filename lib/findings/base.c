#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "findings/matchers.h"

#define NAME_KEY "org.opencontainers.image.base.name"
#define DIGEST_KEY "org.opencontainers.image.base.digest"
#define HEAVY 80000000u /* bytes of a base that no other rule counts */

static const char *member(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool take_names(struct findings_base *b, const json_t *from, const char *source)
{
	const char *name = member(from, NAME_KEY), *digest = member(from, DIGEST_KEY);
	if (!name && !digest)
		return false;
	b->name = mem_strdup(name);
	b->digest = mem_strdup(digest);
	b->source = source;
	return true;
}

/* Whether a step of the history ends a Dockerfile, as builders write it: "CMD [...]", "#(nop)  CMD [...]". */
static bool is_end(const char *step)
{
	const char *nop = strstr(step, "#(nop)");
	for (step = nop ? nop + strlen("#(nop)") : step; *step == ' ';)
		step++;
	return strncasecmp(step, "CMD ", 4) == 0;
}

/* The layers below the last CMD that layers follow: each Dockerfile ends with one. */
static size_t layers_of_base(const struct oci_image_config *c)
{
	const json_t *history = json_object_get(c->root, "history");
	size_t layers = 0, base = 0, i;
	json_t *step;
	json_array_foreach (history, i, step) {
		const char *text = member(step, "created_by");
		if (!json_is_true(json_object_get(step, "empty_layer")))
			layers++;
		else if (text && is_end(text) && layers < c->n_layers)
			base = layers;
	}
	return layers == c->n_layers ? base : 0;
}

/* The value of PRETTY_NAME in os-release(5). */
static char *system_name(const char *text)
{
	static const char key[] = "PRETTY_NAME=";
	const char *at = strncmp(text, key, strlen(key)) == 0 ? text : strstr(text, "\nPRETTY_NAME=");
	if (!at)
		return NULL;
	at = strchr(at, '=') + 1;
	at += *at == '"';
	return mem_strndup(at, strcspn(at, "\"\n"));
}

/* Whether the lowest of several layers brings a distribution. */
static bool has_distribution(const struct findings_work *w)
{
	static const char *const files[] = {"/usr/lib/os-release", "/etc/os-release"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && w->in->history->n_layers > 1; i++) {
		const size_t path = inspect_history_find(w->in->history, files[i]);
		if (path != SIZE_MAX && w->in->history->paths[path].n &&
		    w->in->history->versions[w->in->history->paths[path].first].layer == 0)
			return true;
	}
	return false;
}

void findings_base_find(struct findings_work *w)
{
	struct findings_base *b = &w->out->base;
	const json_t *labels = json_object_get(json_object_get(w->in->config->root, "config"), "Labels");
	CLEANUP_FREE char *text = findings_text_of(w, "/usr/lib/os-release");
	if (!text)
		text = findings_text_of(w, "/etc/os-release");
	b->system = text ? system_name(text) : NULL;
	b->layers = w->in->base_layers ? w->in->base_layers : layers_of_base(w->in->config);
	if (take_names(b, w->in->manifest->annotations, "annotation") || take_names(b, labels, "label"))
		;
	else if (w->in->base_layers) {
		b->name = mem_strdup(w->in->base_name);
		b->digest = mem_strdup(w->in->base_digest);
		b->source = "layers";
	} else if (b->layers)
		b->source = "history";
	if (!b->layers && has_distribution(w)) {
		b->layers = 1;
		b->source = b->source ? b->source : "distribution";
	}
}

/* The program that a container of the image starts, looked up in its PATH; NULL if it is not an ELF file. */
static const struct findings_program *program_of(const struct findings_work *w)
{
	const struct oci_image_config *c = w->in->config;
	const struct strlist *argv = c->entrypoint.count ? &c->entrypoint : &c->cmd;
	const char *path = strlist_get_env(&c->env, "PATH"), *name = argv->count ? argv->items[0] : "";
	const struct findings_program *found = NULL;
	if (strchr(name, '/'))
		return *name == '/' ? findings_program_at(w, name) : NULL;
	for (path = path ? path : OCI_DEFAULT_PATH; *name && *path && !found;) {
		const size_t n = strcspn(path, ":");
		CLEANUP_FREE char *at = mem_printf("%.*s/%s", (int)n, path, name);
		found = findings_program_at(w, at);
		path += n + (path[n] == ':');
	}
	return found;
}

/* Whether no loader starts the image's program. */
static bool is_static(const struct findings_work *w)
{
	const struct findings_program *p = program_of(w);
	return p && p->found.program && p->found.is_static;
}

/* What no other rule counts of the base. */
void findings_base_judge(struct findings_work *w, const struct findings_rule *rule)
{
	const struct inspect_history *h = w->in->history;
	const struct findings_base *b = &w->out->base;
	const size_t layers = b->layers;
	const bool lean = is_static(w);
	uint64_t bytes = 0;
	size_t files = 0;
	for (size_t i = 0; i < h->n_paths; i++) {
		const struct inspect_version *v = findings_file(w, i);
		if (!v || v->layer >= layers || w->claimed[i])
			continue;
		bytes += v->entry->bytes;
		files++;
	}
	if (bytes < (lean ? rule->least : HEAVY))
		return;
	const char *system = b->name ? b->name : b->system ? b->system : "the base";
	struct findings_item *i = findings_add(w, rule, (uint32_t)layers - 1, FINDINGS_NO_LAYER, b->name);
	if (!i)
		return;
	i->name = lean ? mem_strdup("scratch or a distroless image, since the program is static")
		       : mem_printf("a slim or distroless variant of %s, or use slim build", system);
	findings_item_part(i, system, bytes, files);
}
