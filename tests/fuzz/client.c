/* Bytes that a service sends to a client of its protocol before it closes the connection. The first byte is the
 * protocol's place in the table; the next one, if credentials are given. */
#include <sys/socket.h>

#include "fuzz.h"
#include "probe/client/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char user[] = "user", password[] = "sesam", database[] = "base";
	const struct probe_client_options given = {.user = user, .password = password, .database = database},
					  nothing = {0};
	struct exercise_log log = {0};
	struct err err = {0};
	int ends[2];
	if (n < 2 || data[0] >= probe_client_n_rows)
		return -1;
	const struct probe_client_row *row = probe_client_rows[data[0]];
	if (row->needs_user && !data[1])
		return -1;
	struct probe_client c = {.name = row->name, .given = data[1] ? &given : &nothing, .port = 1, .log = &log};
	int r = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	assert(r == 0);
	(void)!send(ends[1], data + 2, n - 2, MSG_DONTWAIT | MSG_NOSIGNAL); /* as much as the socket holds */
	shutdown(ends[1], SHUT_WR);
	probe_wire_of_fd(&c.wire, ends[0], 5000, NULL);
	probe_client_begin(&c, "connect");
	r = row->run(&c, &err);
	assert(r == 0 || (r == -(int)err.code && err.msg[0]));
	for (const char *m = err.msg; *m; m++)
		assert((unsigned char)*m >= ' ');
	for (size_t i = 0; i < log.count; i++)
		assert(log.steps[i].status == 0 && !log.steps[i].error);
	probe_wire_done(&c.wire);
	exercise_log_done(&log);
	close(ends[1]);
	return 0;
}
