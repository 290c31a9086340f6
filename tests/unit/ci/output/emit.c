/* Writes each output of a build whose strings are hostile, and of an ordinary one, into a folder: for
 * tests/formats/ci_outputs.py, which reads them with the parsers of others. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "ci/output/azure.h"
#include "ci/output/dotenv.h"
#include "ci/output/findings_json.h"
#include "ci/output/github.h"
#include "ci/output/hostile.h"
#include "ci/output/junit.h"
#include "ci/output/markdown.h"
#include "ci/output/openmetrics.h"
#include "os/fd.h"

static void azure(const struct ci_build *b, struct buf *out)
{
	ci_azure_commands(b, "/agent/slim-summary.md", out);
}

static void emit(const struct ci_build *b, const char *folder)
{
	static const struct {
		const char *name;
		void (*make)(const struct ci_build *b, struct buf *out);
	} all[] = {
	    {"junit.xml", ci_junit},
	    {"slim.sarif", ci_sarif},
	    {"quality.json", ci_code_quality},
	    {"metrics.txt", ci_openmetrics},
	    {"slim.env", ci_dotenv},
	    {"slim.md", ci_markdown},
	    {"azure.log", azure},
	    {"github.log", ci_github_annotations},
	    {"github.output", ci_github_outputs},
	};
	struct err err = {0};
	int r = fd_mkdir_p(AT_FDCWD, folder, 0755, &err);
	for (size_t i = 0; r == 0 && i < sizeof(all) / sizeof(all[0]); i++) {
		CLEANUP_BUF struct buf text = {0};
		CLEANUP_FREE char *path = mem_printf("%s/%s", folder, all[i].name);
		all[i].make(b, &text);
		r = fd_write_file_atomic(AT_FDCWD, path, text.data, text.len, 0644, &err);
	}
	if (r < 0) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	CLEANUP_REPORT struct report bad = {0};
	CLEANUP_REPORT struct report good = {0};
	CLEANUP_REPORT struct report empty = {0};
	const struct err hostile = {.code = ERR_GATE, .id = "gate-failed", .msg = "a gate" HOSTILE};
	const struct err early = {.code = ERR_NOTFOUND, .id = "tag-not-found", .msg = "no such tag"};
	if (argc != 2)
		return 2;
	CLEANUP_FREE char *first = mem_printf("%s/hostile", argv[1]);
	CLEANUP_FREE char *second = mem_printf("%s/ordinary", argv[1]);
	CLEANUP_FREE char *third = mem_printf("%s/failed", argv[1]);
	hostile_report(&bad);
	sample_sizes(&good);
	sample_result(&good);
	sample_run(&good);
	sample_rest(&good);
	sample_destination(&good);
	emit(&(struct ci_build){&bad, &hostile, "1.2.3"}, first);
	emit(&(struct ci_build){&good, NULL, "1.2.3"}, second);
	emit(&(struct ci_build){&empty, &early, "1.2.3"}, third);
	return 0;
}
