#include "transport/engine/opened.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "oci/name.h"
#include "text/json.h"
#include "transport/containerd/source.h"
#include "transport/engine/backends.h"
#include "transport/engine/containerd_store.h"
#include "transport/engine/find.h"

/* What the backend keeps beside what in_place.c and stream.c see. */
struct source {
	struct engine_source image;
	struct buf provisional; /* a config made of inspect, where the real one could not be read */
	char *shown;            /* what the image calls itself */
	void *containerd;       /* a source of containerd/source.h, which reads the image in place; NULL = none */
};

static void source_close(void *ctx)
{
	struct source *s = ctx;
	struct engine_source *i = &s->image;
	if (s->containerd)
		containerd_source_close(s->containerd);
	json_decref(i->info);
	engine_close(i->engine);
	json_decref(i->inspect);
	buf_done(&i->config);
	for (size_t n = 0; n < i->n_layers; n++)
		free(i->layers[n].path);
	free(i->layers);
	free(i->name);
	buf_done(&s->provisional);
	free(s->shown);
	free(s);
}

/* ---- what the engine says ---- */

/* Whether one of the tags is this name, however each of them is written. */
static bool has_tag(const struct strlist *tags, const char *name)
{
	CLEANUP_FREE char *full = oci_name_full(name);
	for (size_t i = 0; i < tags->count; i++) {
		CLEANUP_FREE char *tag = oci_name_full(tags->items[i]);
		if (strcmp(tag, full) == 0)
			return true;
	}
	return false;
}

static bool is_id(const struct oci_digest *id, const char *name)
{
	const char *hex = strncmp(name, "sha256:", 7) == 0 ? name + 7 : name;
	return *hex && strncmp(oci_digest_hex(id), hex, strlen(hex)) == 0;
}

/* "repo:tag" as it was asked for; of an ID one of its tags. */
static int show_name(struct source *s, const struct oci_ref *ref, struct err *err)
{
	const char *asked = ref->location;
	CLEANUP_STRLIST struct strlist tags = {0};
	int r = json_get_strlist(s->image.inspect, "RepoTags", false, &tags, err);
	if (r < 0)
		return r;
	if (!has_tag(&tags, asked) && is_id(&s->image.id, asked)) {
		const char *tag = tags.count && strcmp(tags.items[0], "<none>:<none>") != 0 ? tags.items[0] : "";
		s->shown = mem_strdup(tag);
		return 0;
	}
	CLEANUP_FREE char *plain = mem_strndup(asked, strcspn(asked, "@"));
	s->shown = ref->name.tag ? mem_strdup(plain) : mem_printf("%s:latest", plain);
	return 0;
}

static void copy_member(json_t *to, const char *key, const json_t *from, const char *their_key)
{
	json_t *v = json_object_get(from, their_key);
	if (v && !json_is_null(v))
		json_object_set(to, key, v);
}

/* A config of what inspect tells; only its bytes are others than those of the real one, and its history is missing. */
static int make_config(struct source *s, struct err *err)
{
	const json_t *inspect = s->image.inspect;
	json_t *rootfs, *diff_ids = NULL;
	int r = json_get_object(inspect, "RootFS", true, &rootfs, err);
	if (r == 0)
		r = json_get_array(rootfs, "Layers", false, &diff_ids, err);
	if (r < 0)
		return r;
	json_auto_t *config = json_object();
	copy_member(config, "architecture", inspect, "Architecture");
	copy_member(config, "os", inspect, "Os");
	copy_member(config, "variant", inspect, "Variant");
	copy_member(config, "created", inspect, "Created");
	copy_member(config, "author", inspect, "Author");
	copy_member(config, "config", inspect, "Config");
	json_t *own = json_object();
	json_object_set_new(own, "type", json_string("layers"));
	if (diff_ids)
		json_object_set(own, "diff_ids", diff_ids);
	else
		json_object_set_new(own, "diff_ids", json_array());
	json_object_set_new(config, "rootfs", own);
	json_write(config, &s->provisional);
	return 0;
}

static int read_inspect(struct source *s, const struct oci_ref *ref, struct err *err)
{
	const char *id;
	int r = json_get_string(s->image.inspect, "Id", true, &id, err);
	if (r < 0)
		return r;
	/* podman's own API has it without the algorithm */
	CLEANUP_FREE char *whole = strchr(id, ':') ? mem_strdup(id) : mem_printf("sha256:%s", id);
	if ((r = oci_digest_parse(whole, &s->image.id, err)) < 0)
		return err_wrap(err, "Id");
	if ((r = show_name(s, ref, err)) < 0)
		return r;
	return make_config(s, err);
}

/* ---- the backend ---- */

/* Looks for the image's bytes on this machine. What is not there is streamed. */
static int open_in_place(struct source *s, const struct transport_options *options, struct err *err)
{
	struct err e = {0};
	int r = engine_is_here(s->image.engine) ? engine_info(s->image.engine, &s->image.info, err) : 0;
	if (r < 0 || !engine_has_containerd_store(s->image.info))
		return r < 0 ? r : engine_source_in_place(&s->image, err);
	r = engine_containerd_store_open(&s->image, options, &s->containerd, &e);
	if (r == -ERR_UNSUPPORTED)
		log_debug("%s: the image is not read where it is: %s", engine_name(s->image.engine), e.msg);
	else if (r < 0 && err)
		*err = e;
	return r == -ERR_UNSUPPORTED ? 0 : r;
}

static int source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err)
{
	const struct oci_name *name;
	int r = oci_ref_name(ref, &name, err); /* "sha256:HEX" and short IDs are names to it too */
	if (r < 0)
		return r;
	struct source *s = mem_alloc(sizeof(*s));
	const struct engine_search search = {
	    .scheme = ref->scheme, .url = ref->engine, .name = ref->location, .options = options};
	s->image.name = mem_strdup(ref->location);
	CLEANUP_BUF struct buf trail = {0};
	r = engine_find(&search, &trail, &s->image.engine, &s->image.inspect, err);
	if (r > 0)
		r = engine_find_none(&search, &trail, err);
	if (r == 0 && (r = read_inspect(s, ref, err)) < 0)
		r = err_wrap(err, "the description of the image by %s", engine_name(s->image.engine));
	if (r == 0)
		r = open_in_place(s, options, err);
	if (r < 0)
		source_close(s);
	else
		*ctx = s;
	return r;
}

static const struct buf *config_of(const struct source *s)
{
	return s->image.config.len ? &s->image.config : &s->provisional;
}

/* The engine has no manifest that is the registry's: layers as it keeps them, uncompressed, by their diff IDs. */
static int source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err)
{
	struct source *s = ctx;
	if (s->containerd) {
		CLEANUP_FREE char *full = NULL;
		*name = mem_strdup(s->shown);
		return containerd_source_top(s->containerd, out, d, &full, err);
	}
	const struct buf *bytes = config_of(s);
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config config = {0};
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {.family = OCI_FAMILY_DOCKER};
	if (bytes->len > LIMIT_CONFIG)
		return err_set(err, ERR_LIMIT, "config-too-large", "the config has %zu bytes; the limit is %u",
			       bytes->len, LIMIT_CONFIG);
	int r = oci_image_config_parse(bytes->data, bytes->len, &config, err);
	if (r < 0)
		return err_wrap(err, "config %s", s->image.id.text);
	oci_descriptor_of(DOCKER_MEDIA_CONFIG, bytes->data, bytes->len, &m.config);
	m.layers = mem_calloc(config.n_layers, sizeof(*m.layers));
	m.n_layers = config.n_layers;
	for (size_t i = 0; i < m.n_layers; i++) {
		m.layers[i].digest = config.diff_ids[i];
		strcpy(m.layers[i].media_type, oci_layer_media_type(OCI_FAMILY_DOCKER, OCI_COMPRESSION_NONE));
	}
	oci_manifest_write(&m, out);
	*d = (struct oci_descriptor){.media_type = DOCKER_MEDIA_MANIFEST, .size = out->len};
	*name = mem_strdup(s->shown);
	return 0;
}

static int source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err)
{
	struct source *s = ctx;
	if (s->containerd)
		return containerd_source_blob(s->containerd, d, out, err);
	const struct buf *bytes = config_of(s);
	struct oci_digest digest;
	oci_digest_of(bytes->data, bytes->len, &digest);
	if (!oci_digest_equal(&digest, &d->digest))
		return err_set(err, ERR_UNSUPPORTED, "engine-gives-no-layer",
			       "%s cannot export a single layer, only the whole image", engine_name(s->image.engine));
	*out = io_reader_bytes(bytes->data, bytes->len);
	return 0;
}

/* The digest that the name stood for in the registry it was pulled from, if the engine remembers just one. */
static void find_base(const struct source *s, struct oci_digest *out)
{
	CLEANUP_OCI_NAME struct oci_name own = {0};
	const json_t *v;
	size_t i, found = 0;
	if (oci_name_parse(s->shown, &own, NULL) < 0)
		return;
	json_array_foreach (json_object_get(s->image.inspect, "RepoDigests"), i, v) {
		CLEANUP_OCI_NAME struct oci_name name = {0};
		const char *text = json_string_value(v);
		if (!text || oci_name_parse(text, &name, NULL) < 0 || !name.digest.text[0] ||
		    !oci_name_same_repository(&name, &own))
			continue;
		*out = name.digest;
		found++;
	}
	if (found != 1)
		*out = (struct oci_digest){0};
}

static int source_unpacked(void *ctx, struct transport_image *image, struct err *err)
{
	const struct engine_source *s = &((struct source *)ctx)->image;
	void *containerd = ((struct source *)ctx)->containerd;
	image->id = s->id;
	if (containerd)
		return containerd_source_unpacked(containerd, image, err);
	find_base(ctx, &image->base_digest);
	if (!s->in_place) { /* the config that was made up has served; from here on it is the one that will come */
		image->manifest.config.digest = s->id;
		image->config_bytes.len = 0;
		return 0;
	}
	image->unpacked = mem_calloc(s->n_layers, sizeof(*image->unpacked));
	image->n_unpacked = s->n_layers;
	for (size_t i = 0; i < s->n_layers; i++) {
		image->unpacked[i] = s->layers[i];
		image->unpacked[i].path = mem_strdup(s->layers[i].path);
		image->manifest.layers[i].size = s->layers[i].tar_size;
	}
	return 0;
}

/* Also where the layers are in place, for those that turn out not to be what their tars were. containerd has blobs. */
static bool source_is_stream(void *ctx)
{
	return !((struct source *)ctx)->containerd;
}

static int source_stream(void *ctx, struct transport_image *image, transport_each_layer *each, void *each_ctx,
			 struct err *err)
{
	struct source *s = ctx;
	return engine_source_stream(&s->image, image, each, each_ctx, err);
}

static void source_find_base(void *ctx, const struct oci_ref *ref, struct oci_base_search *search)
{
	engine_source_find_base(&((struct source *)ctx)->image, ref->scheme, search);
}

const struct transport_backend transport_engine = {
    .traits = {.family = OCI_FAMILY_DOCKER,
	       .any_family = true,
	       .engine = true,
	       .unpacks = true,
	       .elsewhere = TRANSPORT_DEFAULT_ENGINE},
    .open = source_open,
    .top = source_top,
    .blob = source_blob,
    .unpacked = source_unpacked,
    .is_stream = source_is_stream,
    .stream = source_stream,
    .find_base = source_find_base,
    .close = source_close,
    .create = engine_sink_create,
    .put = engine_sink_put,
    .keeps_blobs = engine_sink_keeps_blobs,
    .commit = engine_sink_commit,
    .abandon = engine_sink_abandon,
};
