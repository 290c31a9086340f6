/* Writes to a registry. Spec: OCI distribution-spec 1.1, "Push". It sends blobs first, then by their digest the
 * manifests that an index names, and the tags at the very end. So a push that stops anywhere leaves no tag without
 * its image. */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/strset.h"
#include "oci/index.h"
#include "transport/registry/pull_push.h"
#include "transport/registry/referrers.h"
#include "transport/registry/upload.h"
#include "transport/registry/upload_queue.h"

#define REFERRERS_TRIES 5 /* while others write the same index */

struct registry_sink {
	struct registry_client *client;
	struct transport_options options; /* the client borrows it; its progress is the queue's */
	struct registry_upload_queue queue;
	struct strlist tags;
	char *mount_from; /* another repository of this registry; NULL = none */
	char *session;    /* begun by the registry in the place of a mount of session_digest; NULL = none */
	struct oci_digest session_digest;
	struct strset missing; /* digests that the registry said it does not have */
};

void registry_sink_abandon(void *ctx)
{
	struct registry_sink *s = ctx;
	registry_upload_queue_forsake(&s->queue, s->session);
	registry_upload_queue_done(&s->queue);
	registry_client_close(s->client);
	strlist_done(&s->tags);
	strset_done(&s->missing);
	free(s->mount_from);
	free(s);
}

static int refuse_digest(const struct oci_name *name, const char *text, struct err *err)
{
	if (!name->digest.text[0])
		return 0;
	return err_set(err, ERR_INVAL, "digest-as-destination", "%s: slim cannot write to a digest; name a tag", text);
}

static void add_tag(struct registry_sink *s, const struct oci_name *name)
{
	const char *tag = name->tag ? name->tag : "latest";
	if (!strlist_has(&s->tags, tag))
		strlist_add(&s->tags, tag);
}

/* Further names: only tags of the same repository, as one sink writes to one. */
static int add_names(struct registry_sink *s, const struct oci_name *own, const struct strlist *names, struct err *err)
{
	for (size_t i = 0; names && i < names->count; i++) {
		CLEANUP_OCI_NAME struct oci_name name = {0};
		int r = oci_name_parse(names->items[i], &name, err);
		if (r == 0)
			r = refuse_digest(&name, names->items[i], err);
		if (r < 0)
			return r;
		if (!oci_name_same_repository(&name, own))
			return err_set(err, ERR_INVAL, "destination-of-other-repository",
				       "%s is not in %s/%s; write to it as a destination of its own", names->items[i],
				       own->host, own->path);
		add_tag(s, &name);
	}
	return 0;
}

/* Returns the repository to mount from; NULL if from is not in the same registry. */
static char *mount_repository(const struct oci_name *own, const struct oci_ref *from)
{
	if (!from || from->scheme != OCI_SCHEME_DOCKER || !from->name.host || strcmp(from->name.host, own->host) != 0 ||
	    strcmp(from->name.path, own->path) == 0)
		return NULL;
	return mem_strdup(from->name.path);
}

int registry_sink_create(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
			 struct err *err)
{
	const struct oci_name *name;
	int r = oci_ref_name(ref, &name, err);
	if (r == 0)
		r = refuse_digest(name, ref->location, err);
	if (r < 0)
		return r;
	struct registry_sink *s = mem_alloc(sizeof(*s));
	r = registry_upload_queue_init(&s->queue, options->progress, err);
	s->options = *options;
	s->options.progress = &s->queue.progress;
	s->mount_from = mount_repository(name, options->mount_from);
	add_tag(s, name);
	if (r == 0)
		r = add_names(s, name, options->names, err);
	if (r == 0)
		r = registry_client_open(name, true, &s->options, &s->client, err);
	s->queue.client = s->client;
	if (r < 0)
		registry_sink_abandon(s);
	else
		*ctx = s;
	return r;
}

/* ---- blobs ---- */

static char *take_session(struct registry_sink *s, const struct oci_descriptor *d)
{
	bool mine = s->session && oci_digest_equal(&s->session_digest, &d->digest);
	if (!mine)
		registry_upload_queue_forsake(&s->queue, steal_ptr(&s->session));
	return steal_ptr(&s->session);
}

static int look(struct registry_sink *s, const struct oci_descriptor *d, struct err *err)
{
	int r = registry_has(s->client, d, err);
	if (r != 0)
		return r;
	strset_add(&s->missing, d->digest.text);
	if (!s->mount_from || oci_media_type_is_manifest(d->media_type))
		return 0;
	s->session_digest = d->digest;
	return registry_mount(s->client, d, s->mount_from, &s->session, err);
}

/* Without a mount: nothing is begun at the registry. */
int registry_sink_probe(void *ctx, const struct oci_descriptor *d, struct err *err)
{
	struct registry_sink *s = ctx;
	int r = registry_has(s->client, d, err);
	return r < 0 ? r : 0;
}

int registry_sink_has(void *ctx, const struct oci_descriptor *d, struct err *err)
{
	struct registry_sink *s = ctx;
	registry_upload_queue_forsake(&s->queue, take_session(s, d));
	int r = registry_upload_queue_check(&s->queue, err);
	if (r < 0)
		return r;
	r = look(s, d, err);
	/* An upload that failed stops this too, and is the reason to tell. */
	if (r == -ERR_CANCELLED && registry_upload_queue_check(&s->queue, NULL) < 0)
		r = registry_upload_queue_check(&s->queue, err);
	return r;
}

/* By a tag, or by its digest. */
static int put_manifest(struct registry_sink *s, const struct oci_descriptor *d, const char *name, const void *data,
			const char *if_match, struct net_exchange **x, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("manifests/%s", name);
	CLEANUP_STRLIST struct strlist headers = {0};
	const struct registry_call call = {
	    .method = "PUT", .path = path, .headers = &headers, .fd = -1, .data = data, .size = d->size};
	strlist_take(&headers, mem_printf("Content-Type: %s", d->media_type));
	if (if_match)
		strlist_take(&headers, mem_printf("If-Match: %s", if_match));
	return registry_request(s->client, &call, x, err);
}

static int check_manifest(struct net_exchange *x, const struct oci_descriptor *d, const char *name, struct err *err)
{
	int status = net_exchange_status(x);
	if (status < 200 || status > 204)
		return registry_failure(x, name, err);
	return registry_check_stored(x, d, err);
}

/* For an index to name. */
static int put_child(struct registry_sink *s, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	CLEANUP_BUF struct buf read = {0};
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	if (d->size > LIMIT_MANIFEST)
		return err_set(err, ERR_LIMIT, "manifest-too-large", "a manifest has %llu bytes; the limit is %u",
			       (unsigned long long)d->size, LIMIT_MANIFEST);
	if (!data) {
		buf_reserve(&read, (size_t)d->size);
		ssize_t n = pread(fd, read.data, (size_t)d->size, 0);
		if (n < 0 || (size_t)n != d->size)
			return err_set(err, ERR_CORRUPT, "file-changed",
				       "the file has the wrong size: expected %llu bytes", (unsigned long long)d->size);
		data = read.data;
	}
	/* A registry takes no manifest whose blobs are not there yet. */
	int r = registry_upload_queue_flush(&s->queue, err);
	if (r == 0)
		r = put_manifest(s, d, d->digest.text, data, NULL, &x, err);
	return r < 0 ? r : check_manifest(x, d, d->digest.text, err);
}

int registry_sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	struct registry_sink *s = ctx;
	if (oci_media_type_is_manifest(d->media_type))
		return put_child(s, d, fd, data, err);
	bool missing = strset_find(&s->missing, d->digest.text) != STRSET_NONE;
	return registry_upload_queue_add(&s->queue, d, fd, data, take_session(s, d), missing, err);
}

int registry_sink_flush(void *ctx, struct err *err)
{
	struct registry_sink *s = ctx;
	return registry_upload_queue_flush(&s->queue, err);
}

int registry_sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
			 const struct oci_manifest *manifest, struct err *err)
{
	struct registry_sink *s = ctx;
	(void)manifest;
	int r = registry_upload_queue_flush(&s->queue, err);
	for (size_t i = 0; r == 0 && i < s->tags.count; i++) {
		CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
		r = put_manifest(s, d, s->tags.items[i], bytes->data, NULL, &x, err);
		if (r == 0)
			r = check_manifest(x, d, s->tags.items[i], err);
		if (r < 0)
			return i ? err_wrap(err, "%s is written, the further tag %s is not", s->tags.items[0],
					    s->tags.items[i])
				 : err_wrap(err, "tag %s", s->tags.items[i]);
	}
	return r;
}

/* ---- referrers ---- */

/* The index under the fallback tag: empty = none. *etag: for the answer to be conditional; NULL = it has none. */
static int get_referrers(struct registry_sink *s, const char *tag, struct buf *index, char **etag, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("manifests/%s", tag);
	CLEANUP_STRLIST struct strlist headers = {0};
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	const struct registry_call call = {.method = "GET", .path = path, .headers = &headers, .fd = -1};
	strlist_add(&headers, "Accept: " OCI_MEDIA_INDEX ", " DOCKER_MEDIA_LIST ", " OCI_MEDIA_MANIFEST
			      ", " DOCKER_MEDIA_MANIFEST);
	int r = registry_request(s->client, &call, &x, err);
	index->len = 0;
	if (r < 0 || net_exchange_status(x) == 404)
		return r;
	if (net_exchange_status(x) != 200)
		return registry_failure(x, tag, err);
	*etag = mem_strdup(net_exchange_header(x, "ETag"));
	r = net_exchange_read_all(x, LIMIT_MANIFEST, index, err);
	if (r == 0 && !index->len)
		return err_set(err, ERR_CORRUPT, "index-empty", "it is empty");
	return r;
}

/* 1: another has written it meanwhile. */
static int update_referrers(struct registry_sink *s, const char *tag, const struct oci_descriptor *d,
			    const struct buf *manifest, const char *artifact_type, struct err *err)
{
	CLEANUP_BUF struct buf index = {0}, next = {0};
	CLEANUP_FREE char *etag = NULL;
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	bool changed = false;
	int r = get_referrers(s, tag, &index, &etag, err);
	if (r == 0)
		r = registry_referrers_add(&index, d, manifest, artifact_type, &next, &changed, err);
	if (r < 0 || !changed)
		return r;
	struct oci_descriptor of;
	oci_descriptor_of(OCI_MEDIA_INDEX, next.data, next.len, &of);
	r = put_manifest(s, &of, tag, next.data, etag, &x, err);
	if (r == 0 && etag && net_exchange_status(x) == 412)
		return 1;
	return r < 0 ? r : check_manifest(x, &of, tag, err);
}

int registry_sink_attach(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
			 const struct oci_descriptor *subject, const char *artifact_type, struct err *err)
{
	struct registry_sink *s = ctx;
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	char tag[REGISTRY_REFERRERS_TAG];
	int r = registry_upload_queue_flush(&s->queue, err);
	if (r < 0)
		return r;
	r = put_manifest(s, d, d->digest.text, bytes->data, NULL, &x, err);
	if (r == 0)
		r = check_manifest(x, d, d->digest.text, err);
	if (r < 0)
		return err_wrap(err, "manifest %s", d->digest.text);
	/* The registry knows of referrers, and that this is one. */
	const char *taken = net_exchange_header(x, "OCI-Subject");
	if (taken && strcmp(taken, subject->digest.text) == 0)
		return 0;
	net_exchange_close(steal_ptr(&x));
	registry_referrers_tag(&subject->digest, tag);
	for (int i = 0; i < REFERRERS_TRIES; i++)
		if ((r = update_referrers(s, tag, d, bytes, artifact_type, err)) <= 0)
			return r < 0 ? err_wrap(err, "the index of referrers, tag %s", tag) : 0;
	return err_set(err, ERR_PROTO, "referrers-busy", "the index of referrers (tag %s) keeps changing; try again",
		       tag);
}
