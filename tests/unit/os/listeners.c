#include "unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/listeners.h"

/* Sockets as "ADDRESS ADDRESS ...", IPv6 alone with a "!" behind it; where their port is reached. */
static void reached_one(const char *sockets, const char *want)
{
	CLEANUP_LISTENERS struct listeners l = {0};
	char word[64];
	int used;
	for (const char *at = sockets; sscanf(at, " %63s%n", word, &used) == 1; at += used) {
		size_t n = strlen(word);
		bool only = word[n - 1] == '!';
		struct in6_addr a;
		word[only ? n - 1 : n] = '\0';
		int family = strchr(word, ':') ? AF_INET6 : AF_INET;
		assert_int_equal(inet_pton(family, word, &a), 1);
		listeners_add(&l, family, &a, only, 80);
	}
	assert_string_equal(listeners_address(&l, 80), want);
	assert_int_equal(l.count, 1);
	assert_null(listeners_address(&l, 81));
}

static void the_most_usual_address_counts(void **state)
{
	reached_one("0.0.0.0", "127.0.0.1");
	reached_one("127.0.0.1", "127.0.0.1");
	reached_one("::", "127.0.0.1");
	reached_one("::!", "::1");
	reached_one("::1", "::1");
	reached_one("::ffff:10.0.0.2", "10.0.0.2");
	reached_one("127.0.0.5", "127.0.0.5");
	reached_one("10.0.0.2 ::1", "::1");
	reached_one("fd00::2 10.0.0.2", "10.0.0.2");
	reached_one("10.0.0.2 0.0.0.0", "127.0.0.1");
	reached_one("::! 0.0.0.0", "127.0.0.1");
}

/* The port at which a new socket listens. */
static int listen_at(const char *address, bool v6_only, uint16_t *port)
{
	int family = strchr(address, ':') ? AF_INET6 : AF_INET, on = v6_only;
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6};
	struct sockaddr_in a4 = {.sin_family = AF_INET};
	struct sockaddr *a = family == AF_INET ? (struct sockaddr *)&a4 : (struct sockaddr *)&a6;
	socklen_t n = family == AF_INET ? sizeof(a4) : sizeof(a6);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(inet_pton(family, address, family == AF_INET ? (void *)&a4.sin_addr : &a6.sin6_addr), 1);
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (fd < 0 || bind(fd, a, n) < 0) {
		close(fd);
		return -1;
	}
	assert_int_equal(getsockname(fd, a, &n), 0);
	*port = ntohs(family == AF_INET ? a4.sin_port : a6.sin6_port);
	return fd;
}

static void real_one(const char *address, bool v6_only, const char *want)
{
	CLEANUP_LISTENERS struct listeners before = {0}, after = {0};
	uint16_t port;
	CLEANUP_FD int fd = listen_at(address, v6_only, &port);
	if (fd < 0)
		return; /* this machine has no such address */
	assert_int_equal(listeners_read(&before, NULL), 0);
	assert_null(listeners_address(&before, port)); /* bound, and does not listen */
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(listeners_read(&after, NULL), 0);
	assert_non_null(listeners_address(&after, port));
	assert_string_equal(listeners_address(&after, port), want);
}

static void real_sockets_are_found(void **state)
{
	real_one("0.0.0.0", false, "127.0.0.1");
	real_one("127.0.0.3", false, "127.0.0.3");
	real_one("::", false, "127.0.0.1");
	real_one("::", true, "::1");
	real_one("::1", true, "::1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_most_usual_address_counts),
	    cmocka_unit_test(real_sockets_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
