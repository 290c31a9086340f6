/* exercise/exercise.h - the interface between the probes and a run, so that lib/ does not depend on the probes.
 * probe/ makes exercises. run/driver runs them one after the other, in a thread of its own inside the container's
 * network namespace. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/notes.h"
#include "base/progress.h"
#include "oci/image_config.h"
#include "text/sha256.h"

/* The answer to a step: enough to compare two answers, and to show where they differ. All zero = no answer. */
struct exercise_answer {
	char *type;                   /* content type, NULL = none */
	uint64_t bytes;               /* of the body or output */
	char digest[SHA256_HEX_SIZE]; /* of these, or of as many as were kept while reading; "" = not looked at */
	struct buf head;              /* the first of them, up to LIMIT_ANSWER */
};
/* type: NULL or "" = none. data: n of bytes. Replaces what was there. */
void exercise_answer_set(struct exercise_answer *a, const char *type, const void *data, size_t n, uint64_t bytes);
void exercise_answer_done(struct exercise_answer *a);
#define CLEANUP_ANSWER CLEANUP(exercise_answer_done)

enum exercise_kind {
	EXERCISE_HTTP,        /* a request */
	EXERCISE_EXEC,        /* a command inside the container */
	EXERCISE_HOST_EXEC,   /* a command of the host */
	EXERCISE_HEALTHCHECK, /* the image's own check */
	EXERCISE_CLIENT,      /* a step of a protocol that is not HTTP */
	EXERCISE_TCP,         /* bytes sent to a port, and what came back */
	EXERCISE_UNIX,        /* the same, of a unix socket */
	EXERCISE_READY,       /* the last of the checks that told that the service is ready */
	EXERCISE_SIGNAL,      /* a signal to the container's first process */
	EXERCISE_KINDS,
};
/* "http", "exec", "host-exec", "healthcheck", "client", "tcp", "unix", "ready", "signal". */
const char *exercise_kind_name(enum exercise_kind kind);
/* Whether the status of its steps is an exit code. That of EXERCISE_HTTP is an HTTP status; of all others it is 0. */
bool exercise_kind_is_command(enum exercise_kind kind);

/* How the service is judged by a status. */
enum exercise_wish {
	EXERCISE_WISH_SUCCESS, /* an error status speaks against it */
	EXERCISE_WISH_MET,     /* the user said what the answer must be like, and it is: any status is right */
	EXERCISE_WISH_ERROR,   /* an error status is what the request is for: it says nothing */
	EXERCISE_WISH_GUESS,   /* nobody says that the service has this path: nor does an error status then */
};

/* One thing that was done to the container, for the report and for comparing two runs. */
struct exercise_step {
	enum exercise_kind kind;
	char *what;    /* "GET /items", the command */
	uint16_t port; /* 0 = none */
	int status;    /* HTTP status, exit code or 0; -1 = no answer, or none that is right */
	uint32_t ms;
	struct exercise_answer answer; /* the body, or the standard output of a command inside */
	char *error;                   /* why there was no answer, NULL = there was one */
	enum exercise_wish wish;
	char *unexpected; /* why the answer, or that there is none, is not as the user expects: "status 500, not 200 to
			   * 299"; NULL = it is, or nothing was expected */
};

struct exercise_log {
	struct exercise_step *steps;
	size_t count, cap;
	void (*added)(void *ctx, size_t count); /* called after each step, with how many there are; NULL = nobody */
	void *added_ctx;
	struct notes notes; /* what the user should know of the exercises */
	bool cut_short;     /* by time, so that steps may be absent for no other reason */
};
/* Takes what, answer, error and unexpected over. */
void exercise_log_add(struct exercise_log *log, const struct exercise_step *step);
void exercise_log_done(struct exercise_log *log);

/* A tcp port of the container as this machine has it. */
struct exercise_published {
	const char *host; /* numeric address */
	uint16_t number;  /* of this machine */
};

/* The container as an exercise reaches it. ports, hosts and n_ports are looked up again before each exercise; they stay
 * as they are while one runs, unless it calls look. */
struct exercise_target {
	const char *host;             /* numeric address of the first port, from inside the network namespace */
	const struct oci_port *ports; /* tcp ports that listen, exposed ones first */
	const char *const *hosts;     /* the address of each of them; NULL = host is that of all */
	size_t n_ports;
	const struct exercise_published *published; /* for programs of the host, which run where on_host calls them */
	size_t n_published;
	const char *hostname; /* of the container, NULL = unknown */
	const char *name;     /* under which requests name it (Host, TLS's server name); NULL = by its address */
	pid_t process;        /* its first one, 0 = unknown */
	int root;             /* of its file system, for sockets in it (O_PATH); -1 = it is not known */
	int host_mount_ns;    /* for programs of the host (runtime_mounts_enter); -1 = ours */
	uint64_t ready_until; /* of clock_ms: who waits until the service is ready gives up then */
	unsigned variant;     /* of the exercise, see variant.h */
	const struct progress *progress; /* cancel_fd is readable when the container ended or the user stops */
	/* Run a command inside the container and wait for it. answer: its standard output, all zero if it could not
	 * run; NULL = not wanted. */
	int (*exec)(void *exec_ctx, char *const *argv, int *status, struct exercise_answer *answer, struct err *err);
	/* Look for ports that listen by now. NULL = nobody can. */
	void (*look)(void *exec_ctx);
	/* Send a signal to the container's first process, and wait until the service has dealt with it: its processes
	 * are idle, and the ports that listened listen. ERR_UNPROVEN if they do not in time. */
	int (*signal)(void *exec_ctx, int signal, struct err *err);
	/* Call fn, and wait for it, in this machine's network instead of the container's. NULL if nothing is published.
	 */
	int (*on_host)(void *exec_ctx, int (*fn)(void *arg), void *arg);
	void *exec_ctx; /* of all of them */
};
/* The address at which the port is reached. */
const char *exercise_target_host(const struct exercise_target *t, uint16_t port);
/* HOST:PORT with that address, "[::1]:80"; free(). */
char *exercise_target_address(const struct exercise_target *t, uint16_t port);
/* HOST:PORT as requests have it; free(). */
char *exercise_target_authority(const struct exercise_target *t, uint16_t port);

struct exercise {
	const char *name;
	/* Adds its steps to log. An error means that the exercise as a whole failed, and so does the build.
	 * ERR_UNPROVEN: the container did not do what was asked, which the user may accept. */
	int (*run)(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err);
	void *ctx;
	/* The container is ready once this one has ended, and not before. There is one at most, the first. */
	bool is_readiness;
	/* Run it only if the container listens. A container that does not listen and has no other exercises is a job.
	 */
	bool if_listens;
};
