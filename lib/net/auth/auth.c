#include "net/auth/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/auth/auth_file.h"
#include "net/auth/credential_helper.h"
#include "os/fd.h"
#include "text/secret.h"

/* One look-up. */
struct search {
	const struct net_auth_options *options;
	const char *host, *repository;
	struct strlist *warnings; /* may be NULL */
};

/* Where to look. */
struct place {
	char *path;
	const char *named_by; /* the option or variable that names it; NULL = one of the usual places */
	bool legacy;
};

static bool is_set(const struct net_auth_credentials *c)
{
	return c->user || c->identity_token;
}

static void warn(const struct search *s, char *text)
{
	if (s->warnings && !strlist_has(s->warnings, text))
		strlist_take(s->warnings, steal_ptr(&text));
	free(text);
}

static int parse_creds(const char *creds, struct net_auth_credentials *out, struct err *err)
{
	const char *colon = strchr(creds, ':');
	if (!colon || colon == creds)
		return err_set(err, ERR_INVAL, "credentials-malformed", "--creds is not USER:PASSWORD");
	if (strlen(creds) > LIMIT_CREDENTIAL)
		return err_set(err, ERR_LIMIT, "credentials-too-large", "--creds is larger than %u bytes",
			       LIMIT_CREDENTIAL);
	out->user = mem_strndup(creds, (size_t)(colon - creds));
	out->password = mem_strdup(colon + 1);
	out->from = mem_strdup("--creds");
	return 0;
}

/* 1: text has the file; 0: the file does not exist and does not have to. */
static int read_place(const struct search *s, const struct place *p, struct buf *text, mode_t *mode, struct err *err)
{
	CLEANUP_FD int fd = open(p->path, O_RDONLY | O_CLOEXEC);
	struct stat st = {0};
	if (fd < 0 && p->named_by)
		return err_sys(err, errno, "auth-file-open", "the auth file %s (%s)", p->path, p->named_by);
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		warn(s, mem_printf("the auth file %s may not be read and does not count", p->path));
	else if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		return err_sys(err, errno, "auth-file-open", "the auth file %s", p->path);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "auth-file-open", "the auth file %s", p->path);
	*mode = st.st_mode;
	buf_reserve(text, LIMIT_AUTH_FILE + (1u << 18)); /* more than fd_read_all ever asks for: it does not grow */
	CLEANUP_FREE char *what = mem_printf("the auth file %s", p->path);
	int r = fd_read_all(fd, LIMIT_AUTH_FILE, what, text, err);
	return r < 0 ? r : 1;
}

static void warn_of_mode(const struct search *s, const char *path, mode_t mode)
{
	if (S_ISREG(mode) && (mode & 077))
		warn(s, mem_printf("%s holds passwords and is open to others (mode %04o): chmod 600 %s", path,
				   mode & 07777, path));
}

static int ask_helper(const struct search *s, const char *path, const struct net_auth_file_answer *a,
		      struct net_auth_credentials *out, struct err *err)
{
	struct err e = {0};
	bool found = false;
	int r = 0;
	for (size_t i = 0; r == 0 && !found && i < a->servers.count; i++)
		r = net_credential_helper_get(a->helper, a->servers.items[i], NET_CREDENTIAL_HELPER_MS,
					      s->options->progress, &found, out, &e);
	if (r == 0 || e.code == ERR_CANCELLED || !a->helper_for_all) {
		if (r < 0)
			err_set(err, e.code, e.id, "the auth file %s: %s", path, e.msg);
		return r;
	}
	/* Most images need no credentials, so a missing helper must not make their pull fail. */
	warn(s, mem_printf("the auth file %s: %s; going on without it", path, e.msg));
	return 0;
}

static int look(const struct search *s, const struct place *p, struct net_auth_credentials *out, struct err *err)
{
	CLEANUP_SECRET_BUF struct buf text = {0};
	CLEANUP_NET_AUTH_FILE struct net_auth_file file = {0};
	CLEANUP_NET_AUTH_FILE_ANSWER struct net_auth_file_answer answer = {0};
	mode_t mode = 0;
	int r = read_place(s, p, &text, &mode, err);
	if (r <= 0)
		return r;
	r = net_auth_file_parse(text.data, text.len, p->legacy, &file, err);
	if (r == 0)
		r = net_auth_file_find(&file, s->host, s->repository, &answer, err);
	if (r < 0)
		return err_wrap(err, "the auth file %s", p->path);
	if (net_auth_file_has_secrets(&file))
		warn_of_mode(s, p->path, mode);
	if (answer.helper)
		return ask_helper(s, p->path, &answer, out, err);
	if (!is_set(&answer.credentials))
		return 0;
	*out = answer.credentials;
	answer.credentials = (struct net_auth_credentials){0};
	out->from = mem_strdup(p->path);
	return 0;
}

/* A variable that is set to nothing is not set. */
static const char *variable(const char *name)
{
	const char *s = getenv(name);
	return s && s[0] ? s : NULL;
}

static char *below(const char *dir, const char *rest)
{
	return dir ? mem_printf("%s/%s", dir, rest) : NULL;
}

/* In the order in which they count; a path may be NULL. */
static void list_places(const struct net_auth_options *o, struct place out[4])
{
	const char *home = variable("HOME"), *runtime = variable("XDG_RUNTIME_DIR"),
		   *named = variable("REGISTRY_AUTH_FILE");
	const char *config = variable("XDG_CONFIG_HOME"), *docker = variable("DOCKER_CONFIG");
	memset(out, 0, 4 * sizeof(*out));
	if (o->auth_file)
		out[0] = (struct place){.path = mem_strdup(o->auth_file), .named_by = "--authfile"};
	else if (named)
		out[0] = (struct place){.path = mem_strdup(named), .named_by = "REGISTRY_AUTH_FILE"};
	else if (runtime)
		out[0].path = below(runtime, "containers/auth.json");
	else
		out[0].path = mem_printf("/run/containers/%u/auth.json", (unsigned)getuid());
	out[1].path = config ? below(config, "containers/auth.json") : below(home, ".config/containers/auth.json");
	out[2].path = docker ? below(docker, "config.json") : below(home, ".docker/config.json");
	out[3] = (struct place){.path = below(home, ".dockercfg"), .legacy = true};
}

int net_auth_find(const struct net_auth_options *options, const char *host, const char *repository,
		  struct net_auth_credentials *out, struct strlist *warnings, struct err *err)
{
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
	const struct search s = {.options = options, .host = host, .repository = repository, .warnings = warnings};
	struct place places[4];
	int r = options->creds ? parse_creds(options->creds, &c, err) : 0;
	list_places(options, places);
	for (size_t i = 0; i < 4; i++) {
		if (r == 0 && !is_set(&c) && places[i].path)
			r = look(&s, &places[i], &c, err);
		free(places[i].path);
	}
	if (r < 0)
		return r;
	log_debug("credentials for %s: %s", host, is_set(&c) ? c.from : "none");
	*out = c;
	c = (struct net_auth_credentials){0};
	return 0;
}
