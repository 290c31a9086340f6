/* os/signal_name.h - signals by name. Spec: signal(7). */
#pragma once

/* The number of "SIGQUIT", "QUIT", "3" or "SIGRTMIN+3"; 0 for any other text. */
int signal_name_number(const char *name);
