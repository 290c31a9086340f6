#include "cmd/verbs/trace_share.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cmd/verbs/trace_output.h"
#include "publish/traces.h"
#include "trace/trace_redact.h"

static const struct option_row rows[] = {
    {"platform", 0, OPTION_STRING, offsetof(struct trace_share_flags, platform), "OS/ARCH",
     "push, pull: choose the image of this platform from an index (default: this machine's)", OPTION_RARE,
     OPTION_PLATFORMS},
    {"unredacted", 0, OPTION_FLAG, offsetof(struct trace_share_flags, unredacted), NULL,
     "push: share the paths that the image does not have, too; arguments and requests may be part of them"},
};
const struct option_group trace_share_group = OPTION_GROUP("Sharing", rows);

/* The image to which the traces are attached. */
struct shared {
	struct oci_ref ref; /* of the repository, for the sink: without a digest */
	struct transport_options access;
	struct transport_source *source;
	struct transport_image image;
};

static void shared_done(struct shared *s)
{
	transport_image_done(&s->image);
	transport_source_close(s->source);
	oci_ref_done(&s->ref);
}
#define CLEANUP_SHARED CLEANUP(shared_done)

/* Takes a bare name as one in a registry, because an engine cannot hold artifacts. */
static int parse_ref(const char *text, struct oci_ref *out, struct err *err)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	int r = oci_ref_parse(text, &ref, err);
	if (r < 0)
		return r;
	if (ref.scheme != OCI_SCHEME_NONE) {
		oci_ref_copy(&ref, out);
		return 0;
	}
	CLEANUP_FREE char *full = mem_printf("docker://%s", text);
	return oci_ref_parse(full, out, err);
}

/* An exit_code. */
static int open_shared(const struct trace_share_flags *f, struct shared *s, struct err *err)
{
	struct oci_platform platform;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	if (parse_ref(f->ref, &ref, err) < 0 || (f->platform && oci_platform_parse(f->platform, &platform, err) < 0))
		return EXIT_USAGE;
	if (!transport_traits(ref.scheme)->registry) {
		err_set(err, ERR_INVAL, "share-without-registry",
			"%s is not in a registry: traces can only be attached to images in a registry (docker://NAME)",
			f->ref);
		return EXIT_USAGE;
	}
	s->access = registry_flags_options(&f->registry);
	if (transport_source_open(&ref, &s->access, &s->source, err) < 0 ||
	    transport_source_image(s->source, f->platform ? &platform : NULL, &s->image, err) < 0)
		return EXIT_FAILED;
	oci_ref_copy(&ref, &s->ref);
	s->ref.name.digest.text[0] = '\0';
	return EXIT_DONE;
}

/* ---- push ---- */

static struct oci_descriptor subject_of(const struct transport_image *image)
{
	struct oci_descriptor d = {.digest = image->manifest_digest, .size = image->manifest_bytes.len};
	strcpy(d.media_type, oci_manifest_media_type(&image->manifest));
	return d;
}

static int attach(const struct trace_share_flags *f, struct transport_sink *sink, const struct oci_descriptor *subject,
		  const struct trace_file *trace, struct oci_digest *artifact, struct err *err)
{
	CLEANUP_TRACE_FILE struct trace_file redacted = {0};
	if (f->unredacted)
		return publish_trace_attach(sink, subject, trace, artifact, err);
	int r = trace_redact(trace, &redacted, err);
	if (r < 0)
		return err_wrap(err, "push it as it is with --unredacted, or record with slim record");
	return publish_trace_attach(sink, subject, &redacted, artifact, err);
}

int trace_share_push(const struct trace_share_flags *f, const struct trace_file *files, size_t n, struct outcome *out)
{
	CLEANUP_SHARED struct shared s = {0};
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	int code = open_shared(f, &s, &out->err);
	if (code != EXIT_DONE)
		return code;
	if (transport_sink_open(&s.ref, &s.access, &sink, &out->err) < 0)
		return EXIT_FAILED;
	const struct oci_descriptor subject = subject_of(&s.image);
	for (size_t i = 0; i < n; i++) {
		struct oci_digest artifact;
		if (attach(f, sink, &subject, &files[i], &artifact, &out->err) < 0)
			return EXIT_FAILED;
		buf_printf(&out->result, "docker://%s/%s@%s\n", s.ref.name.host, s.ref.name.path, artifact.text);
	}
	return EXIT_DONE;
}

/* ---- pull ---- */

static bool is_directory(const char *path)
{
	struct stat st;
	return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int write_to(const char *directory, const struct oci_descriptor *artifact, const struct trace_file *trace,
		    struct outcome *out)
{
	CLEANUP_FREE char *path = mem_printf("%s/trace-%.12s.json", directory, oci_digest_hex(&artifact->digest));
	int r = trace_output_write(path, trace, &out->err);
	if (r == 0)
		buf_printf(&out->result, "%s\n", path);
	return r;
}

int trace_share_pull(const struct trace_share_flags *f, const char *output, struct outcome *out)
{
	CLEANUP_SHARED struct shared s = {0};
	CLEANUP_OCI_INDEX struct oci_index artifacts = {0};
	CLEANUP_TRACE_FILE struct trace_file all = {0};
	const bool directory = is_directory(output);
	int code = open_shared(f, &s, &out->err);
	if (code != EXIT_DONE)
		return code;
	int r = publish_traces_list(s.source, &s.image.manifest_digest, &artifacts, &out->err);
	for (size_t i = 0; r == 0 && i < artifacts.count; i++) {
		CLEANUP_TRACE_FILE struct trace_file one = {0};
		r = publish_trace_read(s.source, &artifacts.manifests[i], &one, &out->err);
		if (r == 0 && directory)
			r = write_to(output, &artifacts.manifests[i], &one, out);
		else if (r == 0)
			trace_file_merge(&all, &one);
	}
	if (r == 0 && !directory)
		r = output ? trace_output_write(output, &all, &out->err)
			   : trace_file_write(&all, &out->result, &out->err);
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}
