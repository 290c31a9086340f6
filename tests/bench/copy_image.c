/* copy_image [-n NAME]... [-m REFERENCE] [-a FILE] [-i] [-t] SOURCE DESTINATION - one image from one transport to
 * another, for registry.py and the tests of registries. -n: a further name; -m: blobs may be mounted from there; -a:
 * FILE is attached to it as an artifact; -i: the whole index; -t: certificates are not checked. Prints JSON: the
 * digest, seconds, the peak of memory. Exit 1 with one line on stderr. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <signal.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "oci/index.h"
#include "transport/transport.h"

#define BLOCK (1 << 18)
#define ARTIFACT "application/vnd.example.report"
#define EMPTY "application/vnd.oci.empty.v1+json"

struct copy {
	struct transport_source *source;
	struct transport_sink *sink;
	const char *attach;
	bool whole_index;
	struct oci_descriptor d; /* of what was committed */
};

/* The bytes of a blob into an unnamed file, checked against the digest: what a sink takes. */
static int spool(struct copy *c, const struct oci_descriptor *d, struct err *err)
{
	CLEANUP_READER struct io_reader in = {0};
	CLEANUP_FD int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, errno, "a temporary file here");
	CLEANUP_SHA256 struct sha256 *hash = sha256_new();
	CLEANUP_FREE char *block = mem_alloc(BLOCK);
	ssize_t n = 0;
	int r = transport_source_blob(c->source, d, &in, err);
	while (r == 0 && (n = in.read(in.ctx, block, BLOCK, err)) > 0) {
		sha256_update(hash, block, (size_t)n);
		r = fd_write_all(fd, block, (size_t)n, err);
	}
	if (r < 0 || n < 0)
		return r < 0 ? r : (int)n;
	uint8_t bytes[SHA256_SIZE];
	struct oci_digest digest;
	sha256_final(hash, bytes);
	oci_digest_from_bytes(bytes, &digest);
	if (!oci_digest_equal(&digest, &d->digest))
		return err_set(err, ERR_CORRUPT, "%s holds other bytes", d->digest.text);
	return transport_sink_blob_fd(c->sink, d, fd, err);
}

static int copy_blobs(struct copy *c, const struct oci_manifest *m, struct err *err)
{
	for (size_t i = 0; i <= m->n_layers; i++) {
		const struct oci_descriptor *d = i < m->n_layers ? &m->layers[i] : &m->config;
		int r = transport_sink_has(c->sink, d, err);
		if (r == 0)
			r = spool(c, d, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_document(struct copy *c, const struct oci_descriptor *d, struct buf *out, struct err *err)
{
	CLEANUP_READER struct io_reader in = {0};
	int r = transport_source_blob(c->source, d, &in, err);
	char block[4096];
	for (ssize_t n; r == 0 && (n = in.read(in.ctx, block, sizeof(block), err)) != 0;) {
		if (n > 0)
			buf_append(out, block, (size_t)n);
		r = n < 0 ? (int)n : out->len > LIMIT_MANIFEST ? err_set(err, ERR_LIMIT, "a large manifest") : 0;
	}
	return r;
}

static int copy_index(struct copy *c, const struct transport_image *image, struct err *err)
{
	CLEANUP_INDEX struct oci_index index = {0};
	int r = oci_index_parse(image->index.data, image->index.len, &index, err);
	for (size_t i = 0; r == 0 && i < index.count; i++) {
		CLEANUP_BUF struct buf text = {0};
		CLEANUP_MANIFEST struct oci_manifest m = {0};
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
	CLEANUP_IMAGE struct transport_image image = {0};
	int r = transport_source_open(from, options, &c->source, err);
	if (r == 0)
		r = transport_source_image(c->source, NULL, &image, err);
	if (r == 0)
		r = transport_sink_open(to, options, &c->sink, err);
	if (r == 0)
		r = c->whole_index && image.index.len ? copy_index(c, &image, err) : copy_manifest(c, &image, err);
	return r == 0 && c->attach ? attach(c, err) : r;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct copy c = {0};
	CLEANUP_REF struct oci_ref from = {0}, to = {0}, mount_from = {0};
	CLEANUP_STRLIST struct strlist names = {0};
	struct progress progress = {.cancel_fd = -1};
	struct transport_options options = {.tmp_dir = ".", .progress = &progress, .names = &names};
	int r = 0;
	for (int o; (o = getopt(argc, argv, "a:im:n:tv")) != -1;) {
		switch (o) {
		case 'a':
			c.attach = optarg;
			break;
		case 'i':
			c.whole_index = true;
			break;
		case 'm':
			if ((r = oci_ref_parse(optarg, &mount_from, &err)) < 0)
				goto end;
			options.mount_from = &mount_from;
			break;
		case 'n':
			strlist_add(&names, optarg);
			break;
		case 't':
			options.tls_verify_off = true;
			break;
		case 'v':
			log_enable(true);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2) {
		fprintf(stderr, "usage: %s [-n NAME]... [-m REFERENCE] [-a FILE] [-itv] SOURCE DESTINATION\n", argv[0]);
		return 2;
	}
	sigset_t stop;
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	progress.cancel_fd = signalfd(-1, &stop, SFD_CLOEXEC);
	uint64_t start = clock_ms();
	r = oci_ref_parse(argv[optind], &from, &err);
	if (r == 0)
		r = oci_ref_parse(argv[optind + 1], &to, &err);
	if (r == 0)
		r = copy(&c, &from, &to, &options, &err);
	transport_sink_close(c.sink);
	transport_source_close(c.source);
end:
	if (r < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	printf("{\"digest\": \"%s\", \"s\": %.3f, \"rss_kb\": %ld}\n", c.d.digest.text,
	       (double)(clock_ms() - start) / 1000, u.ru_maxrss);
	return 0;
}
