#include "ci/output/junit_suite.h"

#include <inttypes.h>
#include <string.h>

#include "ci/output/text.h"

#define SHOWN_TEXT 1000

static void add_seconds(uint64_t ms, struct buf *out)
{
	buf_printf(out, "time=\"%" PRIu64 ".%03u\"", ms / 1000, (unsigned)(ms % 1000));
}

void ci_junit_case(struct ci_junit_suite *s, const char *name, uint64_t ms, const char *what, const char *why)
{
	struct buf *out = &s->cases;
	s->tests++;
	s->ms += ms;
	buf_str(out, "    <testcase name=\"");
	ci_text(out, name && *name ? name : "-", SHOWN_TEXT, ci_text_xml);
	buf_printf(out, "\" classname=\"slim.%s\" ", s->name);
	add_seconds(ms, out);
	if (!what) {
		buf_str(out, "/>\n");
		return;
	}
	s->failures += strcmp(what, "failure") == 0;
	s->errors += strcmp(what, "error") == 0;
	s->skipped += strcmp(what, "skipped") == 0;
	if (strcmp(what, "skipped") == 0) { /* jenkins-junit.xsd allows no attribute here */
		buf_str(out, ">\n      <skipped>");
		ci_text(out, why, SHOWN_TEXT, ci_text_xml);
		buf_str(out, "</skipped>\n    </testcase>\n");
		return;
	}
	buf_printf(out, ">\n      <%s message=\"", what);
	ci_text(out, why, SHOWN_TEXT, ci_text_xml);
	buf_str(out, "\" type=\"slim\"/>\n    </testcase>\n");
}

void ci_junit_suite_end(struct ci_junit_suite *s, struct ci_junit_suite *all, struct buf *out)
{
	if (s->tests) {
		buf_printf(out,
			   "  <testsuite name=\"slim.%s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" ",
			   s->name, s->tests, s->failures, s->errors, s->skipped);
		add_seconds(s->ms, out);
		buf_str(out, ">\n");
		buf_append(out, s->cases.data, s->cases.len);
		buf_str(out, "  </testsuite>\n");
	}
	all->tests += s->tests;
	all->failures += s->failures;
	all->errors += s->errors;
	all->ms += s->ms;
	buf_done(&s->cases);
}

void ci_junit_document(const struct ci_junit_suite *all, const struct buf *suites, struct buf *out)
{
	buf_printf(out,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<testsuites name=\"slim\" tests=\"%u\" failures=\"%u\" errors=\"%u\" ",
		   all->tests, all->failures, all->errors);
	add_seconds(all->ms, out);
	buf_str(out, ">\n");
	buf_append(out, suites->data, suites->len);
	buf_str(out, "</testsuites>\n");
}
