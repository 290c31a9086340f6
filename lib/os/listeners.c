#include "os/listeners.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

#define STATE_LISTEN 10 /* TCP_LISTEN of the kernel */

enum rank { RANK_LOOPBACK, RANK_LOOPBACK6, RANK_OTHER, RANK_OTHER6 };

static struct listener *find(const struct listeners *l, uint16_t port)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].port == port)
			return &l->items[i];
	return NULL;
}

/* Returns how well a socket with this address can be reached, and from where. */
static enum rank reach(int family, const void *address, bool v6_only, char out[INET6_ADDRSTRLEN])
{
	struct in6_addr a6;
	struct in_addr a4;
	bool any;
	if (family == AF_INET) {
		memcpy(&a4, address, sizeof(a4));
		any = a4.s_addr == htonl(INADDR_ANY) || a4.s_addr == htonl(INADDR_LOOPBACK);
		inet_ntop(AF_INET, &a4, out, INET6_ADDRSTRLEN);
		if (any)
			strcpy(out, "127.0.0.1");
		return any ? RANK_LOOPBACK : RANK_OTHER;
	}
	memcpy(&a6, address, sizeof(a6));
	if (IN6_IS_ADDR_V4MAPPED(&a6))
		return reach(AF_INET, &a6.s6_addr[12], false, out);
	any = IN6_IS_ADDR_UNSPECIFIED(&a6);
	inet_ntop(AF_INET6, &a6, out, INET6_ADDRSTRLEN);
	if (any)
		strcpy(out, v6_only ? "::1" : "127.0.0.1");
	if (any && !v6_only)
		return RANK_LOOPBACK;
	return any || IN6_IS_ADDR_LOOPBACK(&a6) ? RANK_LOOPBACK6 : RANK_OTHER6;
}

void listeners_add(struct listeners *l, int family, const void *address, bool v6_only, uint16_t port)
{
	struct listener new = {.port = port}, *known = find(l, port);
	new.rank = reach(family, address, v6_only, new.address);
	if (known) {
		*known = new.rank < known->rank ? new : *known;
		return;
	}
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	l->items[l->count++] = new;
}

/* Which sockets are looked for, and those that were found. */
struct search {
	listeners_filter *counts; /* NULL = all */
	void *ctx;
	struct listeners found;
};

static void add_message(struct search *s, const struct nlmsghdr *h)
{
	const struct inet_diag_msg *m = NLMSG_DATA(h);
	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) || (m->idiag_family != AF_INET && m->idiag_family != AF_INET6) ||
	    (s->counts && !s->counts(s->ctx, m->idiag_inode)))
		return;
	bool v6_only = false;
	int left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof(*m)));
	for (const struct rtattr *a = (const void *)(m + 1); RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == INET_DIAG_SKV6ONLY && RTA_PAYLOAD(a) >= 1)
			v6_only = *(const uint8_t *)RTA_DATA(a);
	listeners_add(&s->found, m->idiag_family, m->id.idiag_src, v6_only, ntohs(m->id.idiag_sport));
}

/* All answers to one question. */
static int receive(int fd, struct search *s)
{
	_Alignas(struct nlmsghdr) char block[32768];
	for (;;) {
		ssize_t n = recv(fd, block, sizeof(block), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EPROTO;
		size_t left = (size_t)n;
		for (const struct nlmsghdr *h = (const void *)block; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
			if (h->nlmsg_type == NLMSG_DONE)
				return 0;
			if (h->nlmsg_type == NLMSG_ERROR)
				return -((const struct nlmsgerr *)NLMSG_DATA(h))->error;
			add_message(s, h);
		}
	}
}

static int ask(int fd, uint8_t family, struct search *s)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 question;
	} q = {
	    .header = {.nlmsg_len = sizeof(q),
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .question = {.sdiag_family = family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = 1 << STATE_LISTEN},
	};
	if (send(fd, &q, sizeof(q), 0) < 0)
		return errno;
	return receive(fd, s);
}

int listeners_read_some(listeners_filter *counts, void *ctx, struct listeners *out, struct err *err)
{
	struct search s = {counts, ctx, {0}};
	CLEANUP_FD int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	int e = fd < 0 ? errno : ask(fd, AF_INET, &s);
	if (e == 0)
		e = ask(fd, AF_INET6, &s);
	if (e == ENOENT) /* the kernel has no IPv6 */
		e = 0;
	if (e == 0) {
		*out = s.found;
		return 0;
	}
	listeners_done(&s.found);
	return err_sys(err, e, "listeners-read", "cannot look for the sockets that listen");
}

int listeners_read(struct listeners *out, struct err *err)
{
	return listeners_read_some(NULL, NULL, out, err);
}

const char *listeners_address(const struct listeners *l, uint16_t port)
{
	const struct listener *found = find(l, port);
	return found ? found->address : NULL;
}

void listeners_done(struct listeners *l)
{
	free(l->items);
	*l = (struct listeners){0};
}
