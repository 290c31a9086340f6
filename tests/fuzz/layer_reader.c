#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "layer/reader.h"
#include "text/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct input {
	const uint8_t *data;
	size_t n;
};

static ssize_t input_read(void *ctx, void *buf, size_t n, struct err *err)
{
	struct input *in = ctx;
	if (n > in->n)
		n = in->n;
	memcpy(buf, in->data, n);
	in->data += n;
	in->n -= n;
	return (ssize_t)n;
}

static void check_entry(const struct layer_entry *e)
{
	assert(e->path && strlen(e->path) <= LIMIT_PATH && !path_has_dotdot(e->path));
	assert(e->path[0] != '/' && !strstr(e->path, "//"));
	assert(e->path[0] || S_ISDIR(e->mode));
	assert((e->link != NULL) == (e->hardlink || S_ISLNK(e->mode)));
	assert(!e->hardlink || (S_ISREG(e->mode) && e->link[0] && !path_has_dotdot(e->link)));
	for (size_t i = 1; i < e->n_xattrs; i++)
		assert(strcmp(e->xattrs[i - 1].name, e->xattrs[i].name) < 0);
}

/* Skips every second file. Checks that the digests after the last entry have the sizes of the bytes read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {data, n};
	CLEANUP_LAYER_READER struct layer_reader *r = layer_reader_new((struct io_reader){input_read, NULL, &in});
	const struct layer_entry *e;
	struct err err = {0};
	struct layer_digests digests;
	int rc;
	for (unsigned i = 0; (rc = layer_reader_next(r, &e, &err)) > 0; i++) {
		check_entry(e);
		const void *block;
		size_t len;
		uint64_t offset, end = 0;
		while (i % 2 == 0 && (rc = layer_reader_data(r, &block, &len, &offset, &err)) > 0) {
			assert(len && offset >= end && offset + len <= e->size);
			end = offset + len;
		}
		if (rc < 0)
			break;
	}
	if (rc >= 0)
		rc = layer_reader_finish(r, &digests, &err);
	if (rc >= 0)
		assert(digests.blob_size == n && oci_digest_hex(&digests.diff_id)[0]);
	else
		assert(err.code == (enum err_code) - rc && err.msg[0]);
	return 0;
}
