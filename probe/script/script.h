/* probe/script/script.h - requests in their order: what a probe file, a command file, an API description, a browser's
 * recording, a list of URLs or an option asks for. Readers make a script; probe/http runs it, and knows no reader.
 * Ownership: all strings and buffers are the script's own. A request that is all zero but for method and path is valid.
 * Variables: "${NAME}" in a path, header, body or credential stands for what an earlier answer gave (a capture), and
 * "$${" for "${". A name that no answer gave is an error of the request, which is not sent then; but "${NAME:-TEXT}"
 * stands for TEXT then, which has no brace.
 * A value is encoded for its place: percent-encoded in a body of application/x-www-form-urlencoded, with JSON's escapes
 * in one of application/json; in a path only what can't stand there; elsewhere it stays as it is. A part of a multipart
 * body is like a body without a type. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/strlist.h"

enum probe_protocol {
	PROBE_HTTP,      /* HTTP/1.1, or HTTP/2 where TLS agrees on it */
	PROBE_HTTP1,     /* HTTP/1.1 alone */
	PROBE_HTTP2,     /* HTTP/2 alone: by TLS, or without TLS at once (h2c, prior knowledge) */
	PROBE_WEBSOCKET, /* a handshake, then the body as one text message, and the first message that comes back */
	PROBE_FASTCGI,   /* as a web server hands a request to php-fpm */
	PROBE_TCP, /* the body's bytes to a port of its own; the answer is what comes until the checks of the body hold,
		    * or the first that comes. It has a name; method, path and headers mean nothing */
};

/* Takes a value from the answer of a request, for those after it. */
struct probe_capture {
	enum probe_capture_from {
		PROBE_CAPTURE_JSON,    /* where: a JSON pointer (RFC 6901) into the body; a scalar */
		PROBE_CAPTURE_REGEX,   /* where: an extended regular expression; its first group, or all of it */
		PROBE_CAPTURE_HEADER,  /* where: a header's name */
		PROBE_CAPTURE_SEGMENT, /* where: the name of a header that holds a URL: the last segment of its path,
					* as it stands there ("Location") */
		PROBE_CAPTURE_FORM, /* where: the name of a field of a form in the page, or of a meta element: its value
				     * or content (CSRF tokens) */
	} from;
	char *name, *where;
	bool optional; /* not found, or an answer of 400 or more: no fault, and the variable stays as it was */
};

/* Expectations on an answer, other than its status. */
struct probe_check {
	enum probe_check_of {
		PROBE_CHECK_BODY,   /* the whole body; where is NULL */
		PROBE_CHECK_JSON,   /* where: a JSON pointer; the value as text, "" = absent */
		PROBE_CHECK_HEADER, /* where: a header's name; "" = absent */
	} of;
	char *where;
	char *pattern; /* an extended regular expression, found anywhere in it */
	bool fails;    /* it must not be found */
};

struct probe_status_range {
	int first, last; /* both included */
};

/* A part of a multipart/form-data body. */
struct probe_part {
	char *name, *file_name, *type; /* file_name, type: NULL = none */
	struct buf data;
};

struct probe_request {
	char *name;    /* shown in place of "METHOD PATH"; NULL = that */
	char *method;  /* "GET" */
	char *scheme;  /* "http", "https"; NULL = what the port speaks */
	char *host;    /* of the Host header and of TLS's server name; NULL = the address */
	uint16_t port; /* 0 = each port of the target */
	char *socket;  /* instead of a port: the path of a unix socket in the container; NULL = none */
	char *path;    /* with the query; begins with a slash */
	enum probe_protocol protocol;
	bool crawl;             /* the links of the answer, too */
	struct strlist headers; /* "Name: value" */
	struct buf body;
	bool has_body;            /* an empty one, too */
	struct probe_part *parts; /* instead of body */
	size_t n_parts;
	char *user, *password;          /* basic authentication; NULL = none */
	char *bearer;                   /* token; NULL = none */
	char *cert_file, *key_file;     /* of the client, PEM; NULL = none */
	struct probe_capture *captures; /* in their order */
	size_t n_captures;
	struct probe_status_range *statuses; /* one of them; none = any status will do */
	size_t n_statuses;
	struct probe_check *checks; /* all of them */
	size_t n_checks;
	unsigned repeat;       /* how often it is sent; 0 = once */
	unsigned concurrency;  /* how many of these at the same time; 0 = one */
	unsigned timeout_ms;   /* 0 = the probe's own */
	struct strlist params; /* of FastCGI: "NAME=value", in place of those that the request itself would give */
};

struct probe_script {
	struct probe_request *requests;
	size_t count, cap;
};

/* Appends an empty request with a copy of method and path. The pointer is valid until the next one is added. */
struct probe_request *probe_script_add(struct probe_script *s, const char *method, const char *path);
/* Whether any request is one of HTTP's kind, not bytes alone. */
bool probe_script_has_http(const struct probe_script *s);
/* Takes the last request away again. */
void probe_script_drop(struct probe_script *s);
/* Appends to the lists of a request, copying. regex and where are not looked at: probe_script_check does. */
void probe_request_capture(struct probe_request *r, enum probe_capture_from from, const char *name, const char *where);
void probe_request_check(struct probe_request *r, enum probe_check_of of, const char *where, const char *pattern,
			 bool fails);
void probe_request_status(struct probe_request *r, int first, int last);
struct probe_part *probe_request_part(struct probe_request *r, const char *name, const char *file_name,
				      const char *type);
/* Checks a script of any reader: methods are known words, paths have no blanks or control characters and are within
 * LIMIT_LINK, headers have no line ends, regular expressions compile, pointers begin with a slash, counts are within
 * bounds. Checks the requests from number first on. All of them come from origin: the message names it, with the
 * request's number in it. ERR_INVAL. */
int probe_script_check(const struct probe_script *s, size_t first, const char *origin, struct err *err) MUST_CHECK;
void probe_script_done(struct probe_script *s);
#define CLEANUP_PROBE_SCRIPT CLEANUP(probe_script_done)
