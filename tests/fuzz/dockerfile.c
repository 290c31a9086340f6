/* The configuration of an image, as instructions of a Dockerfile, and its history as patterns of a .dockerignore. */
#include "image.h"

#include <ctype.h>

#include "dockerfile/config.h"
#include "dockerfile/ignore.h"

static const struct fuzz_image_file files[] = {
    {"app/main.py", "1"}, {"app/docs/a.md", "1"},     {"app/docs/b.md", "1"},
    {"app/src/x.c", "1"}, {"app/old -> src/x.c", ""}, {"srv/y", "1"},
};

/* Checks that each line is an instruction or continues one, in printable characters. */
static void check_instructions(const struct buf *text)
{
	bool continued = false;
	for (size_t i = 0, n; i < text->len; i += n + 1) {
		const char *line = text->data + i, *end = memchr(line, '\n', text->len - i);
		assert(end);
		n = (size_t)(end - line);
		assert(n && (continued ? line[0] == ' ' : isupper((unsigned char)line[0])));
		for (size_t k = 0, len; k < n; k += len) {
			len = buf_printable(line + k, n - k);
			assert(len);
		}
		continued = line[n - 1] == '\\';
	}
	assert(!continued);
}

/* Checks that lines have printable characters, and that no pattern includes files again. */
static void check_patterns(const struct buf *text)
{
	for (size_t i = 0, n; i < text->len; i += n + 1) {
		const char *line = text->data + i, *end = memchr(line, '\n', text->len - i);
		assert(end && line[0] != '!');
		n = (size_t)(end - line);
		for (size_t k = 0, len; k < n; k += len) {
			len = buf_printable(line + k, n - k);
			assert(len);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct fuzz_image *m = FUZZ_IMAGE(files);
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_BUF struct buf instructions = {0}, patterns = {0};
	CLEANUP_STRLIST struct strlist refused = {0};
	CLEANUP_FREE uint8_t *needs = mem_calloc(image_index_count(m->index), sizeof(*needs));
	if (oci_image_config_parse((const char *)data, n, &c, NULL) < 0)
		return 0;
	dockerfile_config(&c, &instructions, &refused);
	check_instructions(&instructions);
	for (uint32_t i = 0; i < image_index_count(m->index); i++)
		needs[i] = (uint8_t)(i % (DOCKERFILE_DROPPED + 1));
	dockerfile_ignore(&c, m->index, needs, "app:1", &patterns);
	check_patterns(&patterns);
	return 0;
}
