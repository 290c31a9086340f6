#include "findings/exceptions.h"
#include "findings/secrets/config_text.h"
#include "findings/secrets/openpgp.h"
#include "fuzz.h"

#include "formats/elf_sections.h"

struct checked {
	size_t n;   /* bytes of the text */
	size_t end; /* of the last hit of an anchor */
};

static void check_file(void *ctx, const struct findings_hit *hit)
{
	struct checked *c = ctx;
	assert(hit->begin <= hit->end && hit->end <= c->n);
	assert(!hit->rule->anchors || hit->begin >= c->end);
	c->end = hit->rule->anchors ? hit->end : c->end;
}

static void check_text(void *ctx, const struct findings_hit *hit)
{
	assert(hit->begin <= hit->end && hit->end <= ((struct checked *)ctx)->n);
}

static void scan(const struct findings_scanner *s, const char *path, const char *data, size_t n)
{
	findings_scan_file(s, path, data, n, check_file, &(struct checked){n, 0});
	findings_scan_text(s, data, n, check_text, &(struct checked){n, 0});
	findings_scan_value(s, path, strlen(path), data, n, check_text, &(struct checked){n, 0});
	(void)findings_openpgp_is_open(data, n);
}

/* The same parts in one piece and in pieces of 7 bytes give the same. */
static void sections(const char *data, size_t n)
{
	struct elf_sections s = {0};
	struct elf_sections_found whole = {0}, pieces = {0};
	if (!n)
		return;
	elf_sections_part(&s, 0, data, n);
	const bool is = elf_sections_end(&s, &whole);
	for (size_t at = 0; at < n; at += 7)
		elf_sections_part(&s, at, data + at, n - at < 7 ? n - at : 7);
	const bool again = elf_sections_end(&s, &pieces);
	assert(is == again && whole.removable == pieces.removable && whole.removable <= n &&
	       whole.is_static == pieces.is_static);
	elf_sections_done(&s);
}

static void exceptions(const char *data, size_t n)
{
	struct findings_exceptions e = {0};
	struct err err = {0};
	if (findings_exceptions_parse(data, n, "file", &e, &err) < 0)
		assert(e.count == 0 && err.msg[0]);
	for (size_t i = 0; i < e.count; i++)
		(void)findings_exceptions_have(&e, e.items[i].rule, "/a/b");
	findings_exceptions_done(&e);
}

/* What is masked once has nothing left to mask but the marks. */
static void config(const struct findings_scanner *s, const char *data, size_t n)
{
	struct oci_image_config c = {0}, masked = {0};
	if (oci_image_config_parse(data, n, &c, NULL) == 0) {
		assert(findings_config_mask(s, &c, &masked, NULL) == 0);
		assert(masked.n_layers == c.n_layers && masked.env.count == c.env.count);
	}
	oci_image_config_done(&c);
	oci_image_config_done(&masked);
}

/* The input is the path of a file, a line break, and its content. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct findings_scanner *s;
	struct fuzz_input in = {data, n};
	char *path = fuzz_cut(&in, "\n"), *text = mem_alloc(in.n + 1);
	memcpy(text, in.n ? (const char *)in.data : "", in.n);
	if (!s)
		s = findings_scanner_new();
	scan(s, path, text, in.n);
	sections(text, in.n);
	exceptions(text, in.n);
	config(s, text, in.n);
	free(path);
	free(text);
	return 0;
}
