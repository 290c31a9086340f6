#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "probe/contact/peer.h"

#define DEADLINE_MS 60000

static uint16_t port_of(int fd)
{
	struct sockaddr_storage a = {0};
	socklen_t n = sizeof(a);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
					     : ((struct sockaddr_in *)&a)->sin_port);
}

/* What was sent arrives a little later. */
static void becomes(enum probe_peer want, uint16_t port, uint16_t local)
{
	uint64_t until = clock_ms() + DEADLINE_MS;
	while (probe_peer_look(port, local) != want && clock_ms() < until)
		;
	assert_int_equal(probe_peer_look(port, local), want);
}

static void from_accept_to_read(int family, const struct sockaddr *any, socklen_t n)
{
	char c;
	int s = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), mine = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(s >= 0 && mine >= 0);
	assert_int_equal(bind(s, any, n), 0);
	assert_int_equal(listen(s, 1), 0);
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port_of(s))};
	assert_int_equal(connect(mine, (struct sockaddr *)&to, sizeof(to)), 0);
	uint16_t port = port_of(s), local = port_of(mine);
	becomes(PROBE_PEER_WAITS, port, local);
	assert_int_equal(send(mine, "x", 1, 0), 1);
	becomes(PROBE_PEER_WAITS, port, local);
	int theirs = accept(s, NULL, NULL);
	becomes(PROBE_PEER_UNREAD, port, local);
	assert_int_equal(recv(theirs, &c, 1, 0), 1);
	becomes(PROBE_PEER_READ, port, local);
	close(theirs);
	close(mine);
	close(s);
	assert_int_equal(probe_peer_look(port, 1), PROBE_PEER_UNKNOWN);
}

static void of_both_families(void **state)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	from_accept_to_read(AF_INET, (struct sockaddr *)&v4, sizeof(v4));
	int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return; /* a kernel without IPv6 */
	close(probe);
	from_accept_to_read(AF_INET6, (struct sockaddr *)&v6, sizeof(v6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(of_both_families)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
