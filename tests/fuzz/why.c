/* A path, and a report that may tell why it is there; or only an annotation of an image, which begins with "=". */
#include "base/limits.h"
#include "fuzz.h"
#include "report/why.h"
#include "report/why_annotation.h"
#include "text/json.h"

static void check(const struct buf *out)
{
	for (size_t i = 0; i < out->len; i++)
		assert((unsigned char)out->data[i] >= ' ' || out->data[i] == '\n');
}

/* What an answer says can be shown. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	CLEANUP_FREE char *path = fuzz_cut(&in, "\n");
	CLEANUP_BUF struct buf out = {0};
	json_auto_t *root = NULL;
	struct err err = {0};
	bool kept;
	int r = path[0] == '=' ? report_why_annotation_read(path + 1, &root, &err)
			       : json_parse_object((const char *)in.data, in.n, LIMIT_REPORT, "report", &root, &err);
	if (r == 0)
		r = report_why_answer(root, path[0] == '=' ? "/a" : path, &kept, &out, &err);
	if (r < 0)
		assert(err.code == (enum err_code) - r && err.msg[0]);
	else
		check(&out);
	return 0;
}
