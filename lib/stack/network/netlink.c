#include "stack/network/netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"

#define ANSWER_BYTES 8192

int stack_network_namespace_open(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "network-namespace-enter", "network namespace %s", path) : fd;
}

/* ---- the socket ---- */

struct visit {
	int namespace, fd, error;
};

/* In a thread of its own, which ends in there: an ordinary user could not go back. */
static void *open_inside(void *arg)
{
	struct visit *v = arg;
	v->fd = setns(v->namespace, CLONE_NEWNET) < 0 ? -1 : socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	v->error = errno;
	return NULL;
}

int stack_network_socket_open(int namespace, struct err *err)
{
	struct visit v = {.namespace = namespace, .fd = -1};
	pthread_t thread;
	int e = pthread_create(&thread, NULL, open_inside, &v);
	if (e)
		return err_sys(err, e, "thread-start", "start a thread for a network namespace");
	pthread_join(thread, NULL);
	return v.fd < 0 ? err_sys(err, v.error, "network-namespace-enter", "cannot enter a network namespace") : v.fd;
}

/* ---- messages ---- */

/* Room for n bytes at the end, which stays aligned. */
static void *grow(struct stack_network_message *m, size_t n)
{
	void *at = m->bytes + m->head.nlmsg_len;
	if (n > sizeof(m->bytes) || m->head.nlmsg_len + NLA_ALIGN(n) > sizeof(m->bytes))
		abort();
	m->head.nlmsg_len += (uint32_t)NLA_ALIGN(n);
	return at;
}

void stack_network_message_init(struct stack_network_message *m, int type, int flags, const void *head, size_t n)
{
	memset(m, 0, sizeof(*m));
	m->head.nlmsg_len = NLMSG_HDRLEN;
	m->head.nlmsg_type = (uint16_t)type;
	m->head.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	memcpy(grow(m, n), head, n);
}

void stack_network_message_put(struct stack_network_message *m, int attribute, const void *value, size_t n)
{
	struct nlattr *a = grow(m, NLA_HDRLEN + n);
	*a = (struct nlattr){(uint16_t)(NLA_HDRLEN + n), (uint16_t)attribute};
	if (n)
		memcpy((char *)a + NLA_HDRLEN, value, n);
}

size_t stack_network_message_open(struct stack_network_message *m, int attribute, const void *head, size_t n)
{
	const size_t at = m->head.nlmsg_len;
	stack_network_message_put(m, attribute, head, n);
	return at;
}

void stack_network_message_close(struct stack_network_message *m, size_t at)
{
	struct nlattr *a = (struct nlattr *)(m->bytes + at);
	a->nla_len = (uint16_t)(m->head.nlmsg_len - at);
}

/* The kernel answers each request with one message, before send returns. */
static int read_answer(int socket)
{
	union {
		struct nlmsghdr head;
		char bytes[ANSWER_BYTES];
	} answer;
	ssize_t n;
	do
		n = recv(socket, answer.bytes, sizeof(answer.bytes), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	if ((size_t)n < NLMSG_HDRLEN + sizeof(struct nlmsgerr) || answer.head.nlmsg_type != NLMSG_ERROR)
		return EPROTO;
	const struct nlmsgerr *e = NLMSG_DATA(&answer.head);
	return -e->error;
}

int stack_network_message_send(int socket, struct stack_network_message *m)
{
	ssize_t n;
	do
		n = send(socket, m->bytes, m->head.nlmsg_len, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? errno : read_answer(socket);
}
