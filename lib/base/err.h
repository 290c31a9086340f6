/* base/err.h - one caller-owned error value, the last argument of every function that can fail.
 * Shape: all zero = no error. A failing function fills it where the failure happens and returns
 *   the negative code; each level above may add what it alone knows with err_wrap.
 * Lifetime: a flat value without pointers; it never leaks and fits one atomic pipe write.
 * Every err argument may be NULL: then only the code is returned. Thread rule: one per thread. */
#pragma once

#include <stdarg.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a), nonnull(f)))

/* A code exists because a caller branches on it. */
enum err_code {
	ERR_NONE = 0,
	ERR_INVAL,       /* what the user gave is malformed */
	ERR_NOTFOUND,    /* the named thing is not there */
	ERR_DENIED,      /* not permitted */
	ERR_CORRUPT,     /* outside bytes contradict their digest or format */
	ERR_LIMIT,       /* outside bytes are larger than limits.h allows */
	ERR_PROTO,       /* a peer broke its protocol */
	ERR_SYS,         /* a system call failed, see sys */
	ERR_UNSUPPORTED, /* well-formed, but not something slim can do */
	ERR_TIMEOUT,
	ERR_CANCELLED, /* the user asked to stop */
	ERR_DIFFERS,   /* the slim image is not equal to the original */
	ERR_UNPROVEN,  /* the exercise itself failed, so that it proves nothing */
	ERR_GATE,      /* the slim image exceeds a limit that the user set */
};
#define ERR_CODES (ERR_GATE + 1)
/* The code's name in JSON: "none", "inval", "notfound", ... */
const char *err_code_name(enum err_code code);

struct err {
	enum err_code code;
	int sys;     /* errno or 0 */
	char id[40]; /* what kind of failure, "tag-not-found"; stable, unlike msg */
	char msg[1016];
};

/* Fill err and return -code. The message names the thing and what the user can do. id: the name by which programs and
 * tests recognise the failure, listed in docs/messages.md. It is a short noun phrase in kebab-case of at most 39
 * characters. It names the kind of failure, not the wording: failures that a user would call the same share one id. */
int err_set(struct err *err, enum err_code code, const char *id, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* As err_set from an errno: ENOENT gives ERR_NOTFOUND, EACCES and EPERM give ERR_DENIED, all others
 * ERR_SYS; ": strerror" is appended. */
int err_sys(struct err *err, int errnum, const char *id, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Put "prefix: " before the message in err, keep its id, and return the negative of its code. If err is NULL the code
 * is lost and -ERR_SYS is returned: a caller that branches on the code passes an err. */
int err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
