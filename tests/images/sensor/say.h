/* What a test program touches, printed as it does it, a line each:
 *   KIND,KIND... found|absent PROGRAM PATH
 * The kinds are those of enum trace_kind in small letters; bytes of the path that are not plain are %XX. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *program = "?";

static void say(const char *kinds, long result, const char *path)
{
	static char line[16384];
	int found = result >= 0 || (errno != ENOENT && errno != ENOTDIR);
	size_t n = (size_t)snprintf(line, sizeof(line), "%s %s %s ", kinds, found ? "found" : "absent", program);
	for (const unsigned char *s = (const unsigned char *)path; *s; s++)
		n += (size_t)sprintf(line + n, *s > 32 && *s < 127 && *s != '%' ? "%c" : "%%%02X", *s);
	line[n++] = '\n';
	if (write(1, line, n) != (ssize_t)n)
		_exit(90);
}

/* For a program with threads: pthread_join uses this call only if it has to wait, so that some runs would not have it.
 */
static inline void call_futex(void)
{
	uint32_t nobody = 0;
	if (syscall(SYS_futex, &nobody, FUTEX_WAKE, 1, NULL, NULL, 0) < 0)
		_exit(94);
}

/* Evaluates the call and says what it did to the path. */
#define DO(kinds, path, call)                                                                                          \
	({                                                                                                             \
		errno = 0;                                                                                             \
		long result_ = (long)(call);                                                                           \
		say(kinds, result_, path);                                                                             \
		result_;                                                                                               \
	})

/* First in main: the program was executed, and a static glibc asks for its own path. */
static void say_started(const char *path)
{
	program = path;
	say("exec,follow", 0, path);
	say("readlink,nofollow", 0, "/proc/self/exe");
}

/* Run the body in a child and wait for it. */
#define CHILD(...)                                                                                                     \
	do {                                                                                                           \
		pid_t pid_ = fork();                                                                                   \
		int status_ = 0;                                                                                       \
		if (pid_ == 0) {                                                                                       \
			__VA_ARGS__;                                                                                   \
			_exit(0);                                                                                      \
		}                                                                                                      \
		if (waitpid(pid_, &status_, 0) != pid_ || status_ != 0)                                                \
			_exit(91);                                                                                     \
	} while (0)

#define MUST(call)                                                                                                     \
	do {                                                                                                           \
		if ((call) < 0) {                                                                                      \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, strerror(errno));                \
			_exit(92);                                                                                     \
		}                                                                                                      \
	} while (0)

#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: not: %s\n", __FILE__, __LINE__, #condition);                           \
			_exit(93);                                                                                     \
		}                                                                                                      \
	} while (0)
