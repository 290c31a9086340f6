#include "ci/output/text.h"

#include <string.h>

#include "ci/output/guard.h"
#include "report/step/step.h"

const struct ci_text_rule ci_text_xml[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}, {0, NULL},
};
const struct ci_text_rule ci_text_label[] = {{'\\', "\\\\"}, {'"', "\\\""}, {0, NULL}};
const struct ci_text_rule ci_text_github_message[] = {{'%', "%25"}, {0, NULL}};
const struct ci_text_rule ci_text_github_property[] = {{'%', "%25"}, {':', "%3A"}, {',', "%2C"}, {0, NULL}};
const struct ci_text_rule ci_text_azure_message[] = {{'%', "%AZP25"}, {0, NULL}};
const struct ci_text_rule ci_text_azure_property[] = {{'%', "%AZP25"}, {']', "%5D"}, {';', "%3B"}, {0, NULL}};
/* A numeric reference is never markup (CommonMark 0.31, 2.5). */
static const struct ci_text_rule markdown[] = {
    {'&', "&#38;"}, {'<', "&#60;"},  {'>', "&#62;"},  {'|', "&#124;"}, {'`', "&#96;"}, {'*', "&#42;"},
    {'_', "&#95;"}, {'[', "&#91;"},  {']', "&#93;"},  {'(', "&#40;"},  {')', "&#41;"}, {'\\', "&#92;"},
    {'!', "&#33;"}, {'"', "&#34;"},  {'\'', "&#39;"}, {'#', "&#35;"},  {'$', "&#36;"}, {':', "&#58;"},
    {'@', "&#64;"}, {'~', "&#126;"}, {'{', "&#123;"}, {'}', "&#125;"}, {'^', "&#94;"}, {0, NULL},
};

void ci_text(struct buf *out, const char *s, size_t max, const struct ci_text_rule *rules)
{
	CLEANUP_BUF struct buf shown = {0};
	report_step_text(&shown, s, max);
	for (size_t i = 0; i < shown.len; i++) {
		const struct ci_text_rule *r = rules;
		while (r->c && r->c != shown.data[i])
			r++;
		if (r->c)
			buf_str(out, r->as);
		else
			buf_char(out, shown.data[i]);
	}
}

void ci_text_in_log(struct buf *out, const char *s, size_t max, const struct ci_text_rule *rules)
{
	CLEANUP_BUF struct buf text = {0};
	ci_text(&text, s, max, rules);
	ci_guard(text.data, text.len, false, out);
}

void ci_text_code(struct buf *out, const char *s, size_t max)
{
	if (!s || !*s)
		return;
	buf_str(out, "<code>");
	ci_text(out, s, max, markdown);
	buf_str(out, "</code>");
}
