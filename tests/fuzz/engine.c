/* Answers of an engine: its description of itself, a line "--", its description of each image, a line "--", and its
 * export. The list of images is the member "Images" of the first. These functions are in the place of engine.c's, which
 * is not linked. */
#include "base/limits.h"
#include "fuzz.h"
#include "text/json.h"
#include "transport/engine/engine.h"
#include "transport/transport.h"

struct engine {
	char *info, *inspect;
	struct fuzz_input export;
};
static struct engine the_engine;

int engine_open(const struct engine_address *a, const struct transport_options *options, struct engine **out,
		struct err *err)
{
	*out = &the_engine;
	return 0;
}

void engine_close(struct engine *e)
{
}

const char *engine_name(const struct engine *e)
{
	return "the engine";
}

const char *engine_url(const struct engine *e)
{
	return "unix:///x";
}

bool engine_is_podman(const struct engine *e)
{
	return false;
}

bool engine_is_here(const struct engine *e)
{
	return true;
}

int engine_json(struct engine *e, const char *path, size_t max, json_t **out, struct err *err)
{
	const char *text = strcmp(path, "/info") == 0 ? e->info : e->inspect;
	return json_parse_object(text, strlen(text), max, "its answer", out, err);
}

int engine_json_list(struct engine *e, const char *path, size_t max, json_t **out, struct err *err)
{
	json_auto_t *info = NULL;
	const int r = json_parse_object(e->info, strlen(e->info), max, "its answer", &info, err);
	json_t *list = r < 0 ? NULL : json_object_get(info, "Images");
	if (list)
		*out = json_pack("{s:O}", "list", list);
	return r < 0 ? r : list ? 0 : err_set(err, ERR_NOTFOUND, "engine-refused", "it has no list");
}

int engine_info(struct engine *e, json_t **out, struct err *err)
{
	*out = NULL;
	(void)!engine_json(e, "/info", LIMIT_ENGINE_INFO, out, NULL); /* as one that does not answer it */
	return 0;
}

struct engine *engine_share(struct engine *e)
{
	return e;
}

void engine_remember(struct engine *e, const char *name, json_t *inspect)
{
}

json_t *engine_recall(struct engine *e, const char *name)
{
	return NULL;
}

const struct progress *engine_set_progress(struct engine *e, const struct progress *p)
{
	return NULL;
}

int engine_get(struct engine *e, const char *path, struct io_reader *out, struct err *err)
{
	*out = (struct io_reader){.read = fuzz_read, .ctx = &e->export};
	return 0;
}

int engine_post(struct engine *e, const char *path, const char *content_type, struct io_reader *body, uint64_t size,
		size_t max, struct buf *answer, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "engine-refused", "it takes nothing");
}

char *engine_escape(const char *name)
{
	return mem_strdup(name);
}

static int each(void *ctx, const struct oci_digest *claimed, struct io_reader *tar, struct err *err)
{
	char block[700];
	ssize_t n;
	while ((n = tar->read(tar->ctx, block, sizeof(block), err)) > 0)
		;
	return (int)n;
}

/* Looks for the base of an image of two layers, the lower of which the seeds name. */
static void find_base(struct transport_source *s)
{
	static struct oci_digest diff_ids[] = {
	    {"sha256:fcb41c6271222283dbdb1170442978078dfe5cf30622dd26449fdc59cc4c8a28"},
	    {"sha256:aa3bfa54432c89d3b37529495eb697944642c2cd5bf881c2f33eae86dd620668"}};
	const struct oci_image_config of = {.diff_ids = diff_ids, .n_layers = 2};
	CLEANUP_OCI_BASE_SEARCH struct oci_base_search search = {.of = &of, .left = 4};
	transport_source_find_base(s, &search);
	assert(search.layers <= 1 && (search.layers || !search.name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct oci_platform want = {"linux", "amd64", ""};
	CLEANUP_FREE uint8_t *all = mem_dup(data, n), *tar = NULL;
	struct fuzz_input in = {all, n};
	CLEANUP_FREE char *info = fuzz_cut(&in, "\n--\n"), *inspect = fuzz_cut(&in, "\n--\n");
	tar = mem_dup(in.data, in.n);
	fuzz_seal_tar(tar, in.n);
	the_engine = (struct engine){info, inspect, {tar, in.n}};
	const struct transport_options options = {.tmp_dir = "/tmp"};
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *s = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	struct err err = {0};
	int r = oci_ref_parse("docker-daemon:app:1", &ref, &err);
	assert(r == 0);
	ref.engine = mem_strdup("unix:///x");
	r = transport_source_open(&ref, &options, &s, &err);
	if (r == 0)
		r = transport_source_image(s, &want, &image, &err);
	if (r == 0 && !image.unpacked)
		r = transport_source_stream(s, &image, each, NULL, &err);
	assert(r == 0 || (err.code && err.msg[0]));
	if (s)
		find_base(s);
	return 0;
}
