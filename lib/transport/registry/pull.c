/* Reads from a registry. Spec: OCI distribution-spec 1.1, "Pull". */
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/retry.h"
#include "oci/index.h"
#include "text/json.h"
#include "transport/registry/blob.h"
#include "transport/registry/client.h"
#include "transport/registry/media_type.h"
#include "transport/registry/pull_push.h"
#include "transport/registry/referrers.h"

struct registry_source {
	const struct transport_options *options;
	struct oci_name name;
	struct registry_client *client;
};

void registry_source_close(void *ctx)
{
	struct registry_source *s = ctx;
	registry_client_close(s->client);
	oci_name_done(&s->name);
	free(s);
}

int registry_source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
			 struct err *err)
{
	struct registry_source *s = mem_alloc(sizeof(*s));
	s->options = options;
	const struct oci_name *name;
	int r = oci_ref_name(ref, &name, err);
	if (r == 0)
		oci_name_copy(name, &s->name);
	if (r == 0 && !s->name.tag && !s->name.digest.text[0])
		s->name.tag = mem_strdup("latest");
	if (r == 0)
		r = registry_client_open(&s->name, false, options, &s->client, err);
	if (r < 0)
		registry_source_close(s);
	else
		*ctx = s;
	return r;
}

/* As users write it: docker.io's own is left out. */
static char *familiar_name(const struct oci_name *n)
{
	bool hub = strcmp(n->host, "docker.io") == 0;
	const char *path = n->path;
	if (hub && strncmp(path, "library/", 8) == 0 && !strchr(path + 8, '/'))
		path += 8;
	return mem_printf("%s%s%s%s%s", hub ? "" : n->host, hub ? "" : "/", path, n->tag ? ":" : "",
			  n->tag ? n->tag : "");
}

static void accept_manifests(struct strlist *headers)
{
	strlist_add(headers, "Accept: " OCI_MEDIA_INDEX ", " OCI_MEDIA_MANIFEST ", " DOCKER_MEDIA_LIST
			     ", " DOCKER_MEDIA_MANIFEST);
}

static const char *reference(const struct registry_source *s)
{
	return s->name.digest.text[0] ? s->name.digest.text : s->name.tag;
}

/* The document and what the header says of it; once. */
static int get_manifest(struct registry_source *s, struct buf *out, char **type, char **digest, struct err *err)
{
	CLEANUP_STRLIST struct strlist headers = {0};
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_FREE char *path = mem_printf("manifests/%s", reference(s));
	/* Some registries keep manifests elsewhere too (registry.k8s.io). */
	struct registry_call call = {.method = "GET", .path = path, .headers = &headers, .fd = -1, .other_hosts = true};
	accept_manifests(&headers);
	int r = registry_request(s->client, &call, &x, err);
	if (r < 0)
		return r;
	if (net_exchange_status(x) != 200)
		return registry_failure(x, reference(s), err);
	*type = mem_strdup(net_exchange_header(x, "Content-Type"));
	*digest = mem_strdup(net_exchange_header(x, "Docker-Content-Digest"));
	out->len = 0;
	r = net_exchange_read_all(x, LIMIT_MANIFEST, out, err);
	return r < 0 ? err_wrap(err, "manifest %s", reference(s)) : 0;
}

/* The bytes against what the registry and the name say that they are. */
static int check_digest(const struct registry_source *s, const char *said, const struct oci_digest *real,
			struct err *err)
{
	const struct oci_digest *want = &s->name.digest;
	if (want->text[0] && !oci_digest_equal(want, real))
		return err_set(err, ERR_CORRUPT, "manifest-digest-mismatch",
			       "the registry sent another manifest; its digest is %s", real->text);
	if (said && strncmp(said, "sha256:", 7) != 0)
		log_debug("Docker-Content-Digest of another algorithm: %s", said);
	else if (said && strcmp(said, real->text) != 0)
		return err_set(err, ERR_CORRUPT, "manifest-digest-mismatch",
			       "the manifest's digest is %s, but the registry says %.80s: it was changed on the way",
			       real->text, said);
	return 0;
}

int registry_source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err)
{
	struct registry_source *s = ctx;
	CLEANUP_FREE char *type = NULL, *digest = NULL;
	struct net_retry retry = {0};
	struct err failed = {0};
	int r;
	while ((r = get_manifest(s, out, &type, &digest, &failed)) < 0) {
		bool again = false;
		/* A request that could not even begin was tried often enough. */
		if (type && net_retry_error(&failed)) {
			int waited = net_retry_wait(&retry, NULL, s->options->progress, &again, err);
			if (waited < 0)
				return waited;
		}
		free(steal_ptr(&type));
		free(steal_ptr(&digest));
		if (!again) {
			if (err)
				*err = failed;
			return r;
		}
	}
	oci_descriptor_of("", out->data, out->len, d); /* its type is found out next */
	if ((r = check_digest(s, digest, &d->digest, err)) < 0 ||
	    (r = registry_media_type(out, type, d->media_type, sizeof(d->media_type), err)) < 0)
		return r;
	*name = familiar_name(&s->name);
	return 0;
}

int registry_source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err)
{
	struct registry_source *s = ctx;
	CLEANUP_STRLIST struct strlist headers = {0};
	bool manifest = oci_media_type_is_manifest(d->media_type);
	CLEANUP_FREE char *path = mem_printf("%s/%s", manifest ? "manifests" : "blobs", d->digest.text);
	if (manifest)
		accept_manifests(&headers);
	return registry_blob_open(s->client, path, &headers, d, s->options->progress, out, err);
}

/* ---- referrers ---- */

#define REFERRERS_PAGES 64

/* One document of the list. *there false: the registry has no such path; *next: of the next page, NULL = none. */
static int get_list(struct registry_source *s, const char *path, const struct oci_digest *subject, struct buf *out,
		    bool *there, char **next, struct err *err)
{
	CLEANUP_STRLIST struct strlist headers = {0};
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	const struct registry_call call = {.method = "GET", .path = path, .headers = &headers, .fd = -1};
	strlist_add(&headers, "Accept: " OCI_MEDIA_INDEX);
	*next = NULL;
	int r = registry_request(s->client, &call, &x, err);
	if (r < 0)
		return r;
	int status = net_exchange_status(x);
	*there = status == 200;
	if (status == 404 || status == 405 || status == 501)
		return 0;
	if (status != 200)
		return registry_failure(x, path, err);
	out->len = 0;
	if ((r = net_exchange_read_all(x, LIMIT_MANIFEST, out, err)) < 0)
		return r;
	if (!out->len)
		return err_set(err, ERR_CORRUPT, "index-empty", "it is empty");
	return registry_referrers_next(net_exchange_header(x, "Link"), subject, next, err);
}

/* By the API; *there false: the registry does not have it. */
static int ask_api(struct registry_source *s, const struct oci_digest *subject, const char *artifact_type, bool *there,
		   struct oci_index *out, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("referrers/%s", subject->text);
	for (int page = 0; path && page < REFERRERS_PAGES; page++) {
		CLEANUP_BUF struct buf index = {0};
		char *next = NULL;
		int r = get_list(s, path, subject, &index, there, &next, err);
		if (r == 0 && *there)
			r = registry_referrers_select(&index, artifact_type, out, err);
		free(path);
		path = next;
		if (r < 0)
			return r;
	}
	return 0;
}

int registry_source_referrers(void *ctx, const struct oci_digest *subject, const char *artifact_type,
			      struct oci_index *out, struct err *err)
{
	struct registry_source *s = ctx;
	CLEANUP_BUF struct buf index = {0};
	CLEANUP_FREE char *next = NULL;
	char tag[REGISTRY_REFERRERS_TAG];
	bool there = false;
	int r = ask_api(s, subject, artifact_type, &there, out, err);
	if (r < 0 || there)
		return r < 0 ? err_wrap(err, "the referrers of %s", subject->text) : 0;
	CLEANUP_FREE char *path = mem_printf("manifests/%s", registry_referrers_tag(subject, tag));
	r = get_list(s, path, subject, &index, &there, &next, err);
	if (r == 0 && there)
		r = registry_referrers_select(&index, artifact_type, out, err);
	return r < 0 ? err_wrap(err, "the index of referrers, tag %s", tag) : 0;
}
