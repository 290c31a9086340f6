/* copy_image [-n NAME]... [-m REFERENCE] [-a FILE] [-i] [-t] SOURCE DESTINATION - one image from one transport to
 * another, for registry.py and the tests of registries. -n: a further name; -m: blobs may be mounted from there; -a:
 * FILE is attached to it as an artifact; -i: the whole index; -t: certificates are not checked. Prints JSON: the
 * digest, seconds, the peak of memory. Exit 1 with one line on stderr. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "oci/index.h"
#include "os/fd.h"
#include "transport/transport.h"

#define BLOCK (1 << 18)
#define ARTIFACT "application/vnd.example.report"
#define EMPTY "application/vnd.oci.empty.v1+json"

struct copy {
	struct transport_source *source;
	struct transport_sink *sink;
	const char *layout; /* of the source; NULL = it is none */
	const char *attach;
	bool whole_index;
	struct oci_descriptor d; /* of what was committed */
};

/* A file of a blob's bytes: a layout's own, or an empty one for them. slim has files to send, and skopeo reads those of
 * a layout where they are. */
static int open_file(const struct copy *c, const struct oci_descriptor *d, struct err *err)
{
	CLEANUP_FREE char *path =
	    mem_printf("%s/blobs/sha256/%s", c->layout ? c->layout : "", oci_digest_hex(&d->digest));
	int fd = c->layout ? open(path, O_RDONLY | O_CLOEXEC) : open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd < 0 ? err_sys(err, errno, "file-open", "%s", c->layout ? path : "a temporary file here") : fd;
}

/* Checked against the digest, as skopeo does. */
static int publish_copy_blob(struct copy *c, const struct oci_descriptor *d, struct err *err)
{
	CLEANUP_IO_READER struct io_reader in = {0};
	CLEANUP_FD int fd = open_file(c, d, err);
	if (fd < 0)
		return fd;
	CLEANUP_SHA256 struct sha256 *hash = sha256_new();
	CLEANUP_FREE char *block = mem_alloc(BLOCK);
	ssize_t n = 0;
	int r = transport_source_blob(c->source, d, &in, err);
	while (r == 0 && (n = in.read(in.ctx, block, BLOCK, err)) > 0) {
		sha256_update(hash, block, (size_t)n);
		r = c->layout ? 0 : fd_write_all(fd, block, (size_t)n, err);
	}
	if (r < 0 || n < 0)
		return r < 0 ? r : (int)n;
	uint8_t bytes[SHA256_SIZE];
	struct oci_digest digest;
	sha256_final(hash, bytes);
	oci_digest_from_bytes(bytes, &digest);
	if (!oci_digest_equal(&digest, &d->digest))
		return err_set(err, ERR_CORRUPT, "blob-digest-mismatch", "%s holds other bytes", d->digest.text);
	return transport_sink_blob_fd(c->sink, d, fd, err);
}

static int copy_blobs(struct copy *c, const struct oci_manifest *m, struct err *err)
{
	for (size_t i = 0; i <= m->n_layers; i++) {
		const struct oci_descriptor *d = i < m->n_layers ? &m->layers[i] : &m->config;
		int r = transport_sink_has(c->sink, d, err);
		if (r == 0)
			r = publish_copy_blob(c, d, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_document(struct copy *c, const struct oci_descriptor *d, struct buf *out, struct err *err)
{
	CLEANUP_IO_READER struct io_reader in = {0};
	int r = transport_source_blob(c->source, d, &in, err);
	char block[4096];
	for (ssize_t n; r == 0 && (n = in.read(in.ctx, block, sizeof(block), err)) != 0;) {
		if (n > 0)
			buf_append(out, block, (size_t)n);
		r = n < 0                       ? (int)n
		    : out->len > LIMIT_MANIFEST ? err_set(err, ERR_LIMIT, "manifest-too-large", "a large manifest")
						: 0;
	}
	return r;
}

static int copy_index(struct copy *c, const struct transport_image *image, struct err *err)
{
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	int r = oci_index_parse(image->index.data, image->index.len, &index, err);
	for (size_t i = 0; r == 0 && i < index.count; i++) {
		CLEANUP_BUF struct buf text = {0};
		CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
		r = read_document(c, &index.manifests[i], &text, err);
		if (r == 0)
			r = oci_manifest_parse(text.data, text.len, &m, err);
		if (r == 0)
			r = copy_blobs(c, &m, err);
		if (r == 0)
			r = transport_sink_blob(c->sink, &index.manifests[i], text.data, err);
	}
	c->d = image->index_descriptor;
	return r < 0 ? r : transport_sink_commit(c->sink, &c->d, &image->index, err);
}

static int copy_manifest(struct copy *c, const struct transport_image *image, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = copy_blobs(c, &image->manifest, err);
	oci_manifest_write(&image->manifest, &text);
	c->d = (struct oci_descriptor){.size = text.len};
	strcpy(c->d.media_type, oci_manifest_media_type(&image->manifest));
	oci_digest_of(text.data, text.len, &c->d.digest);
	return r < 0 ? r : transport_sink_commit(c->sink, &c->d, &text, err);
}

static int attach(struct copy *c, struct err *err)
{
	CLEANUP_BUF struct buf file = {0}, text = {0};
	struct oci_descriptor empty = {.media_type = EMPTY, .size = 2}, blob = {.media_type = ARTIFACT}, d = {0};
	int r = fd_read_file(AT_FDCWD, c->attach, 1 << 24, &file, err);
	if (r < 0)
		return r;
	blob.size = file.len;
	oci_digest_of(file.data, file.len, &blob.digest);
	oci_digest_of("{}", 2, &empty.digest);
	json_auto_t *subject = oci_descriptor_json(&c->d), *config = oci_descriptor_json(&empty),
		    *layer = oci_descriptor_json(&blob);
	json_auto_t *manifest = json_pack("{si ss ss sO s[O] sO s{ss}}", "schemaVersion", 2, "mediaType",
					  OCI_MEDIA_MANIFEST, "artifactType", ARTIFACT, "config", config, "layers",
					  layer, "subject", subject, "annotations", "org.example.by", "slim's tests");
	CLEANUP_FREE char *bytes = json_dumps(manifest, JSON_COMPACT | JSON_SORT_KEYS);
	buf_str(&text, bytes);
	d.size = text.len;
	strcpy(d.media_type, OCI_MEDIA_MANIFEST);
	oci_digest_of(text.data, text.len, &d.digest);
	if ((r = transport_sink_blob(c->sink, &empty, "{}", err)) < 0 ||
	    (r = transport_sink_blob(c->sink, &blob, file.data, err)) < 0)
		return r;
	return transport_sink_attach(c->sink, &d, &text, &c->d, ARTIFACT, err);
}

static int copy(struct copy *c, const struct oci_ref *from, const struct oci_ref *to,
		const struct transport_options *options, struct err *err)
{
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	int r = transport_source_open(from, options, &c->source, err);
	c->layout = from->scheme == OCI_SCHEME_OCI ? from->location : NULL;
	if (r == 0)
		r = transport_source_image(c->source, NULL, &image, err);
	if (r == 0)
		r = transport_sink_open(to, options, &c->sink, err);
	if (r == 0)
		r = c->whole_index && image.index.len ? copy_index(c, &image, err) : copy_manifest(c, &image, err);
	return r == 0 && c->attach ? attach(c, err) : r;
}

struct arguments {
	struct oci_ref from, to, mount_from;
	struct strlist names;
	struct transport_options options;
};

static void arguments_done(struct arguments *a)
{
	oci_ref_done(&a->from);
	oci_ref_done(&a->to);
	oci_ref_done(&a->mount_from);
	strlist_done(&a->names);
}

static int parse(int argc, char **argv, struct arguments *a, struct copy *c, struct err *err)
{
	int r = 0;
	a->options.names = &a->names;
	for (int o; r == 0 && (o = getopt(argc, argv, "a:im:n:tv")) != -1;) {
		if (o == 'a')
			c->attach = optarg;
		else if (o == 'i')
			c->whole_index = true;
		else if (o == 'm')
			r = oci_ref_parse(optarg, &a->mount_from, err);
		else if (o == 'n')
			strlist_add(&a->names, optarg);
		else if (o == 't')
			a->options.tls_verify_off = true;
		else if (o == 'v')
			log_enable(true);
		else
			r = err_set(err, ERR_INVAL, "option-unknown", "unknown option");
	}
	if (r == 0 && argc - optind != 2)
		r = err_set(err, ERR_INVAL, "argument-missing",
			    "usage: %s [-n NAME]... [-m REFERENCE] [-a FILE] [-itv] SOURCE DESTINATION", argv[0]);
	if (r == 0)
		r = oci_ref_parse(argv[optind], &a->from, err);
	if (r == 0)
		r = oci_ref_parse(argv[optind + 1], &a->to, err);
	if (a->mount_from.scheme)
		a->options.mount_from = &a->mount_from;
	return r;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct copy c = {0};
	CLEANUP(arguments_done) struct arguments a = {.options.tmp_dir = "."};
	sigset_t stop;
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	struct progress progress = {.cancel_fd = signalfd(-1, &stop, SFD_CLOEXEC)};
	a.options.progress = &progress;
	uint64_t start = clock_ms();
	int r = parse(argc, argv, &a, &c, &err);
	if (r == 0)
		r = copy(&c, &a.from, &a.to, &a.options, &err);
	transport_sink_close(c.sink);
	transport_source_close(c.source);
	if (r < 0) {
		fprintf(stderr, "%s %s\n", err.id, err.msg);
		return 1;
	}
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	printf("{\"digest\": \"%s\", \"s\": %.3f, \"rss_kb\": %ld}\n", c.d.digest.text,
	       (double)(clock_ms() - start) / 1000, u.ru_maxrss);
	return 0;
}
