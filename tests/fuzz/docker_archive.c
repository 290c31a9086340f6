/* A tar file, which may be compressed. It is read as docker-archive: and as oci-archive:. */
#include "fuzz.h"
#include "transport/transport.h"

static void read_blob(struct transport_source *s, const struct oci_descriptor *d)
{
	CLEANUP_IO_READER struct io_reader in = {0};
	struct err err = {0};
	char block[700];
	ssize_t n = transport_source_blob(s, d, &in, &err);
	while (n == 0 && (n = in.read(in.ctx, block, sizeof(block), &err)) > 0)
		n = 0;
	assert(n >= 0 || err.msg[0]);
}

static void open_as(enum oci_scheme scheme, const char *path, char *tag)
{
	static const struct oci_platform want = {"linux", "amd64", ""};
	const struct transport_options options = {.tmp_dir = "/tmp"};
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *s = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	struct err err = {0};
	oci_ref_init(scheme, mem_strdup(path), tag, &ref);
	int r = transport_source_open(&ref, &options, &s, &err);
	if (r == 0)
		r = transport_source_image(s, &want, &image, &err);
	assert(r == 0 || (err.code && err.msg[0]));
	for (size_t i = 0; r == 0 && i < image.manifest.n_layers && i < 4; i++)
		read_blob(s, &image.manifest.layers[i]);
	if (r < 0)
		return;
	CLEANUP_OCI_BASE_SEARCH struct oci_base_search search = {.of = &image.config, .left = 4};
	transport_source_find_base(s, &search);
	assert(!search.layers || search.layers < image.config.n_layers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FREE uint8_t *tar = mem_dup(data, n);
	char path[FD_PROC_PATH];
	fuzz_seal_tar(tar, n);
	CLEANUP_FD int fd = fuzz_file(tar, n);
	const int r = fd_proc_path(fd, "", path);
	assert(r == 0);
	open_as(OCI_SCHEME_DOCKER_ARCHIVE, path, NULL);
	open_as(OCI_SCHEME_DOCKER_ARCHIVE, path, mem_strdup("app:1"));
	open_as(OCI_SCHEME_OCI_ARCHIVE, path, NULL);
	return 0;
}
