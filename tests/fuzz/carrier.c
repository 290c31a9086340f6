/* A service's answer to a request over FastCGI, to a WebSocket's handshake, or after one. The first byte selects which.
 */
#include <sys/socket.h>

#include "base/limits.h"
#include "fuzz.h"
#include "probe/wire/carrier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char text[] = "hello";
	const struct buf body = {.data = text, .len = 5};
	const struct probe_carrier_request q = {
	    .method = "POST", .path = "/a.php/b?c", .body = &body, .port = 1, .timeout_ms = 5000};
	const struct exercise_target t = {.host = "127.0.0.1", .root = -1};
	struct probe_carrier_answer a = {0};
	struct probe_wire w;
	struct err err = {0};
	int ends[2];
	if (n < 1 || data[0] > 2)
		return -1;
	int r = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	assert(r == 0);
	(void)!send(ends[1], data + 1, n - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(ends[1], SHUT_WR);
	probe_wire_of_fd(&w, ends[0], 5000, NULL);
	if (data[0] == 0)
		r = probe_fastcgi_over(&w, &t, &q, &a, &err);
	else if (data[0] == 1)
		r = probe_websocket_over(&w, &t, &q, &a, &err);
	else
		r = probe_websocket_converse(&w, &q, &a, &err);
	assert(r == 0 ? data[0] == 2 || (a.status >= 100 && a.status <= 999) : r == -(int)err.code && err.msg[0]);
	assert(a.body.len <= LIMIT_HTTP_BODY && a.body.len <= a.body_bytes);
	for (const char *m = err.msg; *m; m++)
		assert((unsigned char)*m >= ' ');
	probe_carrier_answer_done(&a);
	probe_wire_done(&w);
	close(ends[1]);
	return 0;
}
