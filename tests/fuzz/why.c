/* A path, and a report that may give the reason for it; or, after "=", only an annotation of an image. */
#include "fuzz.h"
#include "report/why.h"
#include "report/why_annotation.h"

static void check(const struct buf *out)
{
	for (size_t i = 0; i < out->len; i++)
		assert((unsigned char)out->data[i] >= ' ' || out->data[i] == '\n');
}

/* Checks that an answer is printable. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	CLEANUP_FREE char *path = fuzz_cut(&in, "\n");
	CLEANUP_BUF struct buf out = {0};
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists lists = REPORT_WHY_LISTS_NONE;
	struct err err = {0};
	bool kept;
	CLEANUP_BUF struct buf text = {0};
	buf_append(&text, in.data, in.n);
	int r = path[0] == '=' ? report_why_annotation_read(path + 1, &lists, &err)
			       : report_why_lists_parse(&text, "report", &lists, &err);
	if (r == 0)
		r = report_why_answer(&lists, path[0] == '=' ? "/a" : path, &kept, &out, &err);
	if (r < 0)
		assert(err.code == (enum err_code) - r && err.msg[0]);
	else
		check(&out);
	return 0;
}
