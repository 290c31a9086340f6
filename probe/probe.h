/* probe/probe.h - the kinds of exercise that a command line can ask for. One file per kind; each _init
 * fills an exercise whose ctx is the options struct, which must outlive it. */
#pragma once

#include "base/buf.h"
#include "base/strlist.h"
#include "exercise/exercise.h"
#include "net/fetch.h"
#include "probe/openapi/openapi.h"
#include "probe/routes/routes.h"
#include "probe/script/script.h"

/* http.c, crawl/: GET / on every port, then the links of the pages, on the same host and port, to a depth, then the
 * paths that the application's files name. An answer that is not HTTP is a step with an error, not a failure of the
 * exercise. */
#define PROBE_HTTP_PAGES 200
#define PROBE_HTTP_DEPTH 3
#define PROBE_HTTP_SECONDS 60 /* of all crawls together */
#define PROBE_HTTP_TIMEOUT 30 /* seconds */
struct probe_http_options {
	unsigned max_pages;         /* requests that a crawl sends to a port; 0 = it sends none */
	unsigned max_depth;         /* links that a crawl follows in a row; 0 = it follows none */
	unsigned max_ms;            /* of all crawls together; 0 = as long as they take */
	unsigned timeout_ms;        /* of one request, more than 0 */
	bool crawl;                 /* follow the links of GET / */
	unsigned wait_ms;           /* before the first */
	const char *start, *scheme; /* instead of /, and of what the port speaks; NULL = these */
	uint16_t *ports;            /* these, whether they listen or not, in this order; none = all of the target, */
	size_t n_ports;
	const uint16_t *others; /* but for these: something else is spoken there. Borrowed */
	size_t n_others;
	struct probe_routes *routes; /* paths that are asked for behind the crawl of GET /; NULL = none */
};
/* The defaults, which no other place has: a crawl of PROBE_HTTP_PAGES, PROBE_HTTP_DEPTH and PROBE_HTTP_SECONDS, GET /,
 * all ports. */
void probe_http_options_init(struct probe_http_options *o);
void probe_http_options_done(struct probe_http_options *o); /* frees what it owns */
void probe_http(const struct probe_http_options *options, struct exercise *out);

/* script_run.c: the requests of a script, in their order. Those without a port of their own go to each port. For each
 * port the cookies are new, while the variables stay; a port that does not speak HTTP gets only one of them. A
 * redirect on the same host and port is followed if its request neither expects nor captures anything. An unexpected
 * answer is noted in its step; it is not a failure of the exercise. */
struct probe_script_options {
	const struct probe_script *script;
	const uint16_t *ports; /* instead of the target's; none = these */
	size_t n_ports;
	unsigned timeout_ms;                    /* of one request that has no time-out of its own, more than 0 */
	unsigned wait_ms;                       /* before the first */
	const struct probe_http_options *crawl; /* how far the requests that crawl do so; NULL = they don't */
	/* Called with each answer, from the threads of repeated requests, too; NULL = nobody asks. */
	void (*answered)(void *ctx, uint16_t port, const struct net_answer *answer);
	void *answered_ctx;
};
void probe_script(const struct probe_script_options *options, struct exercise *out);

/* apispec.c: what API descriptions ask for. First those that were read already; then those that the service itself has:
 * each path is asked for on each port; where the first description comes from, its requests go. None on any port is
 * ERR_UNPROVEN. */
struct probe_apispec {
	char *path, *base; /* base: see probe_openapi_options */
};
struct probe_apispec_options {
	struct probe_script known; /* requests of descriptions that were read */
	struct probe_apispec *specs;
	size_t n_specs;
	struct probe_openapi_options reading; /* but for base */
	struct probe_script_options sending;  /* but for the script */
};
/* PATH[:BASE]. ERR_INVAL. */
int probe_apispec_parse(const char *text, struct probe_apispec *out, struct err *err) MUST_CHECK;
void probe_apispec(const struct probe_apispec_options *options, struct exercise *out);

/* host_exec.c: a command of the host (argv[0] "sh" "-c" for one given as a string), with SLIM_TARGET_HOST and
 * SLIM_TARGET_PORTS ("80,443") in its environment. If ports of the container are published, it runs in this machine's
 * network, with these ports; else in the container's network namespace. A non-zero exit status fails the exercise.
 * Its output goes to our stderr. */
void probe_host_exec(const char *command, struct exercise *out);

/* exec.c: a command inside the container, given as a JSON array or as text for /bin/sh -c. A non-zero exit
 * status fails the exercise. */
void probe_exec(const char *command, struct exercise *out);

/* signal.c: a signal to the container's first process, which must deal with it: see exercise_target.signal. A service
 * that does not listen again fails the exercise. */
struct probe_signal {
	char *name; /* as it was given, without WHEN; free() */
	int number;
	enum probe_signal_when {
		PROBE_SIGNAL_HERE,        /* in the order of the other drivers */
		PROBE_SIGNAL_AT_START,    /* before all of them */
		PROBE_SIGNAL_AFTER_PROBE, /* the same as here, but not before the HTTP probe */
	} when;
};
/* NAME[@start|@after-probe]. ERR_INVAL. */
int probe_signal_parse(const char *text, struct probe_signal *out, struct err *err) MUST_CHECK;
void probe_signal(const struct probe_signal *s, struct exercise *out);

/* healthcheck.c: the image's own health check (Test of the config), inside the container, up to retries times until
 * it passes. If it fails, its step says so; this is not an error. shell: for CMD-SHELL. */
struct probe_healthcheck_options {
	const struct strlist *test, *shell;
};
void probe_healthcheck(const struct probe_healthcheck_options *options, struct exercise *out);

/* client/client.c: slim as the client of a service that speaks no HTTP (client/client.h). A step that fails, fails the
 * exercise. */
struct probe_client_row;
struct probe_client_options {
	const struct probe_client_row *row;
	uint16_t port; /* 0 = the row's one that listens */
	bool tls;      /* from the start */
	char *socket;  /* instead of a port: the path of a unix socket in the container; NULL = none */
	char *user, *password, *database, *to; /* NULL = none */
};
/* NAME[:PORT][,tls][,socket=PATH][,user=TEXT][,password=TEXT][,database=TEXT][,to=ADDRESS]; a comma of a text is
 * written "\,". *out is valid in any case. ERR_INVAL. */
int probe_client_options_parse(const char *text, struct probe_client_options *out, struct err *err) MUST_CHECK;
void probe_client_options_done(struct probe_client_options *o);
#define PROBE_CLIENT_PORTS 3
/* The ports of which one is used; how many. */
size_t probe_client_ports(const struct probe_client_options *o, uint16_t out[PROBE_CLIENT_PORTS]);
void probe_client(const struct probe_client_options *options, struct exercise *out);

/* wire/talk.c: connects to a port or to a unix socket of the container, sends bytes, and reads until a regular
 * expression is found. If it is not, the exercise fails. */
struct probe_talk_options {
	char *what;      /* the step */
	uint16_t port;   /* 0 = none, but path */
	char *path;      /* of a unix socket in the container */
	struct buf send; /* may be empty */
	bool sends;
	char *expect; /* an extended regular expression; NULL = any answer will do, and none if nothing is sent */
};
/* PORT[:[SEND][/EXPECT]] or PATH[:...]. SEND knows \r \n \t \\ \/ \: and \xNN; in a PATH, too. *out is valid in any
 * case. ERR_INVAL. */
int probe_talk_parse_tcp(const char *text, struct probe_talk_options *out, struct err *err) MUST_CHECK;
int probe_talk_parse_unix(const char *text, struct probe_talk_options *out, struct err *err) MUST_CHECK;
void probe_talk_options_done(struct probe_talk_options *o);
void probe_talk(const struct probe_talk_options *options, struct exercise *out);
