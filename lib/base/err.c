#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *err_code_name(enum err_code code)
{
	static const char *const names[ERR_CODES] = {
	    [ERR_NONE] = "none",
	    [ERR_INVAL] = "inval",
	    [ERR_NOTFOUND] = "notfound",
	    [ERR_DENIED] = "denied",
	    [ERR_CORRUPT] = "corrupt",
	    [ERR_LIMIT] = "limit",
	    [ERR_PROTO] = "proto",
	    [ERR_SYS] = "sys",
	    [ERR_UNSUPPORTED] = "unsupported",
	    [ERR_TIMEOUT] = "timeout",
	    [ERR_CANCELLED] = "cancelled",
	    [ERR_DIFFERS] = "differs",
	    [ERR_UNPROVEN] = "unproven",
	    [ERR_GATE] = "gate",
	};
	return (unsigned)code < ERR_CODES ? names[code] : "none";
}

static int fill(struct err *err, enum err_code code, int errnum, const char *id, const char *fmt, va_list ap)
{
	if (!err)
		return -(int)code;
	err->code = code;
	err->sys = errnum;
	snprintf(err->id, sizeof(err->id), "%s", id);
	int n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	if (n < 0)
		n = 0;
	if (errnum && (size_t)n < sizeof(err->msg)) {
		char text[128];
		const char *s = strerror_r(errnum, text, sizeof(text));
		snprintf(err->msg + n, sizeof(err->msg) - (size_t)n, ": %s", s);
	}
	return -(int)code;
}

int err_set(struct err *err, enum err_code code, const char *id, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int r = fill(err, code, 0, id, fmt, ap);
	va_end(ap);
	return r;
}

int err_sys(struct err *err, int errnum, const char *id, const char *fmt, ...)
{
	enum err_code code = ERR_SYS;
	if (errnum == ENOENT)
		code = ERR_NOTFOUND;
	else if (errnum == EACCES || errnum == EPERM)
		code = ERR_DENIED;
	va_list ap;
	va_start(ap, fmt);
	int r = fill(err, code, errnum, id, fmt, ap);
	va_end(ap);
	return r;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	if (!err)
		return -(int)ERR_SYS;
	char prefix[sizeof(err->msg)];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(prefix, sizeof(prefix), fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n + 2 < sizeof(err->msg)) {
		size_t room = sizeof(err->msg) - (size_t)n - 3;
		size_t keep = strnlen(err->msg, room);
		memmove(err->msg + n + 2, err->msg, keep);
		err->msg[(size_t)n + 2 + keep] = '\0';
		memcpy(err->msg, prefix, (size_t)n);
		memcpy(err->msg + n, ": ", 2);
	}
	return -(int)(err->code ? err->code : ERR_SYS);
}
