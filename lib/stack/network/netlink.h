/* stack/network/netlink.h - what a network namespace consists of, asked of the kernel, so that no program `ip` is
 * needed. Private to lib/stack/network/. Spec: rtnetlink(7), netlink(7). The message's size is fixed: what does not fit
 * is a mistake in our code, which aborts. */
#pragma once

#include <linux/netlink.h>
#include <stddef.h>

#include "base/err.h"

struct stack_network_message {
	union {
		struct nlmsghdr head;
		char bytes[512];
	};
};

/* fd of the namespace at this path, which names it to the kernel. what: for the message. */
int stack_network_namespace_open(const char *path, struct err *err) MUST_CHECK;
/* A socket that speaks to the namespace, wherever this thread is. */
int stack_network_socket_open(int namespace, struct err *err) MUST_CHECK;

/* type: RTM_NEWLINK, .. flags: NLM_F_CREATE, .. head: what follows the message's own head, of n bytes. */
void stack_network_message_init(struct stack_network_message *m, int type, int flags, const void *head, size_t n);
void stack_network_message_put(struct stack_network_message *m, int attribute, const void *value, size_t n);
/* Opens an attribute that has attributes, behind its own head, of n bytes. Returns where it is, for _close. */
size_t stack_network_message_open(struct stack_network_message *m, int attribute, const void *head, size_t n);
void stack_network_message_close(struct stack_network_message *m, size_t at);
/* Returns 0, or the errno with which the kernel refuses it. */
int stack_network_message_send(int socket, struct stack_network_message *m) MUST_CHECK;
