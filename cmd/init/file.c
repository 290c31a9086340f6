#include "cmd/init/file.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/json.h"

#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
#define PLAIN NAME_LETTERS "/:"
#define SHOWN_COMMAND 200 /* bytes */

/* ---- the source ---- */

void init_source_look(const char *text, const struct oci_ref *ref, struct init_source *out)
{
	const bool is_local = ref->scheme == OCI_SCHEME_NONE || ref->scheme == OCI_SCHEME_DOCKER_DAEMON ||
			      ref->scheme == OCI_SCHEME_CONTAINERS_STORAGE;
	*out = (struct init_source){.text = text, .ref = ref, .local = is_local};
	if ((!is_local && ref->scheme != OCI_SCHEME_DOCKER) || strspn(text, PLAIN) != strlen(text))
		return; /* a file, a digest, or text that a shell would not take as it is */
	const char *slash = strrchr(text, '/'), *last = slash ? slash + 1 : text, *colon = strrchr(last, ':');
	if (!slash && ref->scheme != OCI_SCHEME_NONE &&
	    colon == strchr(text, ':')) /* the colon belongs to the transport */
		colon = NULL;
	out->untagged = mem_strndup(text, colon ? (size_t)(colon - text) : strlen(text));
	out->tag = mem_strdup(colon ? colon + 1 : "latest");
}

void init_source_done(struct init_source *s)
{
	free(s->untagged);
	free(s->tag);
}

/* ---- parts ---- */

/* Appends a YAML string in double quotes, with ${ as $${. */
static void add_quoted(const char *s, struct buf *out)
{
	CLEANUP_BUF struct buf plain = {0};
	for (; *s; s++) {
		if (s[0] == '$' && s[1] == '{')
			buf_char(&plain, '$');
		buf_char(&plain, *s);
	}
	json_auto_t *v = json_bytes(plain.data ? plain.data : "", plain.len);
	json_write_shown(v, out);
}

static void add_name(const struct init_source *source, struct buf *out)
{
	const char *location = source->ref->location, *slash = strrchr(location, '/'),
		   *s = slash ? slash + 1 : location;
	size_t n = strcspn(s, ":@");
	CLEANUP_FREE char *name = mem_strndup(s, n < 64 ? n : 64);
	buf_str(out, *name && *name != '-' && strspn(name, NAME_LETTERS) == strlen(name) ? name : "app");
}

static void add_image(const struct init_source *source, struct buf *out)
{
	buf_str(out, "  - name: ");
	add_name(source, out);
	buf_str(out, "\n    image: ");
	if (source->untagged)
		buf_printf(out, "\"%s:${TAG:-%s}\" # the variable TAG, if it is set, is the tag\n", source->untagged,
			   source->tag);
	else {
		add_quoted(source->text, out);
		buf_str(out, "\n");
	}
}

/* Appends the configuration as a comment. */
static void add_seen(const struct init_service *s, struct buf *out)
{
	CLEANUP_BUF struct buf command = {0};
	const struct strlist *const lists[] = {&s->config->entrypoint, &s->config->cmd};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->count && command.len < SHOWN_COMMAND; i++) {
			buf_str(&command, command.len ? " " : "");
			buf_escape(&command, lists[k]->items[i], strnlen(lists[k]->items[i], SHOWN_COMMAND));
		}
	buf_str(out, "    # By its configuration it is ");
	init_service_text(s, out);
	if (command.len)
		buf_printf(out, ".\n    # It starts: %s\n", command.data);
	else
		buf_str(out, ".\n    # It names no command: say what to run, as in  cmd: [program, argument]\n");
}

/* Variables that official images need, and the login that follows from them. */
static const struct {
	const char *client, *variable, *user;
} accounts[] = {{"postgresql", "POSTGRES_PASSWORD", "postgres"}, {"mysql", "MYSQL_ROOT_PASSWORD", "root"}};

static const char *add_account(const struct init_service *s, size_t client, bool env, struct buf *out)
{
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		if (strcmp(accounts[i].client, s->clients[client]->name) == 0) {
			if (env)
				buf_printf(out, "    env: {%s: slim} # for this run only; not in the result\n",
					   accounts[i].variable);
			return accounts[i].user;
		}
	return NULL;
}

static void add_client(const struct init_service *s, size_t i, struct buf *out)
{
	const char *user = add_account(s, i, false, out);
	if (user)
		buf_printf(out, "      - client: \"%s,user=%s,password=slim\" # logs in, writes and reads\n",
			   s->clients[i]->name, user);
	else
		buf_printf(out, "      - client: %s # writes and reads\n", s->clients[i]->name);
}

static void add_service(const struct init_service *s, struct buf *out)
{
	bool has_env = false;
	for (size_t i = 0; i < s->n_clients && !has_env; i++)
		has_env = add_account(s, i, true, out) != NULL;
	if (s->health)
		buf_str(out, "    ready: health # begin when its health check passes\n");
	else
		buf_str(
		    out,
		    "    # ready: \"http:/healthz\" # when to begin (default: it listens); or log:REGEX, tcp:PORT\n");
	buf_str(out, "    exercise: # in this order; what nothing here uses may be gone from the result\n");
	if (s->http)
		buf_str(out, "      - http-probe: true # GET /, follow the links, ask for the application's routes\n");
	for (size_t i = 0; i < s->n_clients; i++)
		add_client(s, i, out);
	if (!s->http && !s->n_clients)
		buf_str(out, "      [] # nothing yet: slim tries HTTP on its ports, and keeps what the start used\n");
	buf_str(
	    out,
	    "      # - http-probe-cmd: \"POST:/login\" # a request of yours; probe-file has logins and bodies\n"
	    "      # - host-exec: ./tests/smoke.sh # your tests prove most: $SLIM_TARGET_HOST, $SLIM_TARGET_PORTS\n");
}

static void add_job(const struct init_service *s, struct buf *out)
{
	if (s->shell)
		buf_str(out, "    # A shell without input ends at once: give it work.\n");
	buf_str(out, "    # run: # change: one run for each line; without it the image's command runs once\n"
		     "    #   - [--version]\n"
		     "    #   - [convert, in.txt, out.txt]\n"
		     "    # mount: [\"./testdata:/data:ro\"] # what the runs work on\n");
}

/* ---- the file ---- */

void init_file_text(const struct init_source *source, const struct init_service *s, struct buf *out)
{
	buf_str(out,
		"# Which images slim makes small, and how each is driven meanwhile: see slim-build-file(5).\n"
		"#   slim build --file slim.yaml\n"
		"# A key is an option of slim build (slim build --help), by its long name.\n"
		"schema: slim.build/v1\n\n"
		"defaults: # for all images\n"
		"  keep: safe # how much stays beside what was used: exact, closure, safe, most\n"
		"  # tag: \"registry.example.com/team/${SLIM_IMAGE}:${TAG:-dev}-slim\" # what the result is called\n"
		"  # push: true # into that registry\n\n"
		"images:\n");
	add_image(source, out);
	add_seen(s, out);
	if (init_service_is_known(s))
		add_service(s, out);
	else
		add_job(s, out);
	buf_str(out, "    # include: [/etc/app] # paths that stay, whether anything used them or not\n"
		     "    # gates: {max-size: 60MB, min-reduction: 50%} # nothing is published, and the status is 4, "
		     "if not met\n");
}
