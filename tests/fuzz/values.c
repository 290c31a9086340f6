/* A pointer, the name of a form field and a header, each on a line, then the body of an answer. A script takes values
 * from the answer, and sends them back. */
#include "fuzz.h"

#include <jansson.h>

#include "base/limits.h"
#include "probe/http/capture.h"
#include "probe/http/expect.h"
#include "probe/http/message.h"
#include "probe/http/value.h"

/* A request that takes all kinds of values. */
static void make_taker(const char *pointer, const char *field, struct probe_script *s)
{
	struct probe_request *q = probe_script_add(s, "GET", "/");
	probe_request_capture(q, PROBE_CAPTURE_JSON, "A", pointer);
	probe_request_capture(q, PROBE_CAPTURE_REGEX, "A", "token=([^;]*)");
	probe_request_capture(q, PROBE_CAPTURE_HEADER, "A", "X-Token");
	probe_request_capture(q, PROBE_CAPTURE_SEGMENT, "A", "Location");
	probe_request_capture(q, PROBE_CAPTURE_FORM, "A", field);
	q->captures[1].optional = true;
	probe_request_status(q, 200, 299);
	probe_request_check(q, PROBE_CHECK_BODY, NULL, "^<", true);
	probe_request_check(q, PROBE_CHECK_JSON, pointer, "^$", true);
	probe_request_check(q, PROBE_CHECK_HEADER, "X-Token", "[a-z]", false);
}

/* Checks that a request with the value is well-formed, whatever the value is. */
static void send_back(const struct strlist *variables, struct probe_request *q)
{
	CLEANUP_PROBE_MESSAGE struct probe_message m = {0};
	struct err err = {0};
	if (probe_message_make(q, variables, &m, &err) < 0) {
		assert(err.msg[0] && (err.code == ERR_NOTFOUND || err.code == ERR_LIMIT || err.code == ERR_INVAL));
		return;
	}
	assert(m.path[0] == '/' && strlen(m.path) <= LIMIT_LINK);
	for (const char *p = m.path; *p; p++)
		assert((unsigned char)*p > ' ' && (unsigned char)*p < 0x7f && *p != '#');
	for (size_t i = 0; i < m.headers.count; i++)
		assert(!strpbrk(m.headers.items[i], "\r\n"));
	json_t *v = json_loadb(m.body.data, m.body.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	for (size_t i = 0; !v && i < m.body.len; i++) /* no UTF-8 */
		v = (unsigned char)m.body.data[i] >= 0x80 ? json_null() : NULL;
	assert(v);
	json_decref(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_STRLIST struct strlist variables = {0};
	CLEANUP_FREE char *pointer = fuzz_cut(&in, "\n"), *field = fuzz_cut(&in, "\n"), *header = fuzz_cut(&in, "\n");
	struct net_answer a = {.status = 200, .body_bytes = in.n};
	buf_append(&a.body, in.data, in.n);
	strlist_add(&a.headers, header);
	make_taker(pointer, field, &s);
	struct probe_request *back = probe_script_add(&s, "POST", "/a/${A}");
	strlist_add(&back->headers, "Content-Type: application/json");
	strlist_add(&back->headers, "X-Back: ${A:-none}");
	buf_str(&back->body, "[\"${A}\"]");
	assert(probe_expects(&s.requests[0]));
	free(probe_expect_fault(&s.requests[0], &a));
	const struct net_answer absent = {.status = 404};
	CLEANUP_FREE char *other = probe_expect_fault(&s.requests[0], &absent);
	CLEANUP_FREE char *none = probe_expect_fault(&s.requests[0], NULL);
	assert(other && none);
	const struct probe_capture *captures = s.requests[0].captures;
	for (size_t i = 0; i < s.requests[0].n_captures; i++) {
		struct probe_request one = s.requests[0];
		one.captures = (struct probe_capture *)&captures[i];
		one.n_captures = 1;
		free(probe_capture_take(&one, &a, &variables));
		send_back(&variables, back);
	}
	net_answer_done(&a);
	return 0;
}
