#include "net/auth/credential_helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/subproc.h"
#include "text/json.h"
#include "text/secret.h"

#define NAME_MAX_LENGTH 64
#define SHOWN_MAX 200 /* of what a helper that fails says */

static int check_name(const char *name, struct err *err)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");
	if (n == 0 || name[n] || n > NAME_MAX_LENGTH)
		return err_set(err, ERR_INVAL, "credential-helper-name-invalid",
			       "\"%.80s\" is not the name of a credential helper (a-z, 0-9, \"._-\")", name);
	return 0;
}

/* A pipe that holds s, for the helper to read. */
static int pipe_of(const char *s, int *out, struct err *err)
{
	int p[2];
	if (strlen(s) > PIPE_BUF)
		return err_set(err, ERR_LIMIT, "registry-name-too-long", "the registry's name is too long");
	if (pipe2(p, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe-create", "cannot create a pipe");
	int r = fd_write_all(p[1], s, strlen(s), err);
	close(p[1]);
	if (r < 0)
		close(p[0]);
	else
		*out = p[0];
	return r;
}

static int read_some(int fd, struct buf *out, bool *end, struct err *err)
{
	char part[4096];
	ssize_t n = read(fd, part, sizeof(part));
	*end = n == 0;
	if (n < 0)
		return errno == EINTR || errno == EAGAIN
			   ? 0
			   : err_sys(err, errno, "credential-helper-failed", "cannot read its answer");
	if (out->len + (size_t)n > LIMIT_CREDENTIAL)
		return err_set(err, ERR_LIMIT, "credential-helper-answer-too-large", "printed more than %u bytes",
			       LIMIT_CREDENTIAL);
	buf_append(out, part, (size_t)n);
	explicit_bzero(part, sizeof(part));
	return 0;
}

/* All that it prints until it ends: what it leaves running may hold the pipe open. */
static int collect(struct subproc *p, int fd, int timeout_ms, const struct progress *progress, struct buf *out,
		   struct err *err)
{
	uint64_t end_ms = clock_ms() + (uint64_t)timeout_ms;
	struct pollfd fds[3] = {
	    {.fd = fd, .events = POLLIN},
	    {.fd = p->pidfd, .events = POLLIN},
	    {.fd = progress ? progress->cancel_fd : -1, .events = POLLIN},
	};
	for (bool end = false; !end;) {
		uint64_t now = clock_ms();
		int n = poll(fds, 3, now < end_ms ? (int)(end_ms - now) : 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "credential-helper-failed", "cannot wait for its answer");
		if (fds[2].revents)
			return progress_check(progress, err);
		if (n == 0)
			return err_set(err, ERR_TIMEOUT, "credential-helper-timeout", "did not answer within %g s",
				       timeout_ms / 1000.0);
		int r = 0;
		if (fds[0].revents)
			r = read_some(fd, out, &end, err);
		else if (fds[1].revents) /* it has ended and the pipe is empty */
			break;
		if (r < 0)
			return r;
	}
	return 0;
}

static bool begins(const struct buf *b, const char *s)
{
	return b->len >= strlen(s) && memcmp(b->data, s, strlen(s)) == 0;
}

/* Helpers tell on standard output what is wrong, in one line. */
static int refused(const struct buf *said, int status, bool *found, struct err *err)
{
	if (begins(said, "credentials not found")) {
		*found = false;
		return 0;
	}
	size_t n = said->data ? strcspn(said->data, "\r\n") : 0;
	return err_set(err, ERR_DENIED, "credential-helper-failed", "failed (status %d)%s%.*s", status, n ? ": " : "",
		       (int)(n < SHOWN_MAX ? n : SHOWN_MAX), n ? said->data : "");
}

int net_credential_helper_parse(const char *text, size_t n, bool *found, struct net_auth_credentials *out,
				struct err *err)
{
	CLEANUP_SECRET_JSON json_t *v = NULL;
	const char *user = NULL, *secret = NULL;
	int r = secret_json_parse(text, n, LIMIT_CREDENTIAL, "what it printed", &v, err);
	if (r == 0)
		r = json_get_string(v, "Username", false, &user, err);
	if (r == 0)
		r = json_get_string(v, "Secret", false, &secret, err);
	if (r < 0)
		return r;
	*found = user && secret && secret[0];
	if (!*found)
		return 0;
	if (strcmp(user, "<token>") == 0) {
		out->identity_token = mem_strdup(secret);
	} else {
		out->user = mem_strdup(user);
		out->password = mem_strdup(secret);
	}
	return 0;
}

static int run(char *program, const char *server, int timeout_ms, const struct progress *progress, bool *found,
	       struct net_auth_credentials *out, struct err *err)
{
	CLEANUP_FD int in = -1, answer = -1, printed = -1;
	int p[2], status, r = pipe_of(server, &in, err);
	if (r < 0)
		return r;
	if (pipe2(p, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe-create", "cannot create a pipe");
	answer = p[0];
	printed = p[1];
	char get[] = "get", *argv[] = {program, get, NULL};
	struct subproc_command cmd = {
	    .argv = argv, .dir_fd = AT_FDCWD, .in = in, .out = printed, .err = -1, .kill_group = true};
	CLEANUP_SUBPROC struct subproc proc = {.pidfd = -1};
	r = subproc_start(&cmd, &proc, err);
	if (r < 0)
		return r;
	close(steal_fd(&printed));
	CLEANUP_SECRET_BUF struct buf text = {0};
	buf_reserve(&text, LIMIT_CREDENTIAL); /* it does not grow */
	uint64_t begin = clock_ms();
	r = collect(&proc, answer, timeout_ms, progress, &text, err);
	if (r < 0)
		return r;
	uint64_t spent = clock_ms() - begin;
	r = subproc_wait(&proc, spent < (uint64_t)timeout_ms ? timeout_ms - (int)spent : 0, progress, &status, err);
	if (r < 0)
		return r;
	return status ? refused(&text, status, found, err)
		      : net_credential_helper_parse(text.data, text.len, found, out, err);
}

int net_credential_helper_get(const char *name, const char *server, int timeout_ms, const struct progress *progress,
			      bool *found, struct net_auth_credentials *out, struct err *err)
{
	int r = check_name(name, err);
	if (r < 0)
		return r;
	char *program = mem_printf("docker-credential-%s", name);
	struct err e = {0};
	r = run(program, server, timeout_ms, progress, found, out, &e);
	if (r < 0)
		r = err_set(err, e.code, e.id, "%s%s %s", program, e.code == ERR_NOTFOUND ? " is not installed:" : "",
			    e.msg);
	else if (*found)
		out->from = steal_ptr(&program);
	free(program);
	return r;
}
