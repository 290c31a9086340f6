/* run/bridge/host_thread.h - a thread that stays in the network of this machine, for what a thread that has entered a
 * container's has to do there: an ordinary user can't go back. */
#pragma once

#include "base/err.h"

struct run_host_thread;
/* The network is the caller's. */
int run_host_thread_start(struct run_host_thread **out, struct err *err) MUST_CHECK;
/* Calls fn there, and waits for it; from one thread at a time. What fn starts ends with the thread at the latest. */
int run_host_thread_call(struct run_host_thread *t, int (*fn)(void *arg), void *arg);
void run_host_thread_end(struct run_host_thread *t); /* NULL = nothing */
