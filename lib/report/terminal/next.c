#include "report/terminal/next.h"

#include <string.h>

#include "oci/ref.h"

#define ELSEWHERE "REGISTRY/NAME:TAG" /* for the user to fill in */

struct next {
	struct buf *out;
	bool began;
};

/* Starts a line. */
static struct buf *line(struct next *n, const char *purpose)
{
	buf_printf(n->out, "%-12s%-9s ", n->began ? "" : "next", purpose);
	n->began = true;
	return n->out;
}

/* As a word of a shell. */
static void add_word(struct buf *out, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:@%+=,-";
	CLEANUP_BUF struct buf shown = {0};
	buf_escape(&shown, s, strlen(s));
	if (shown.len && strspn(shown.data, plain) == shown.len) {
		buf_append(out, shown.data, shown.len);
		return;
	}
	buf_char(out, '\'');
	for (size_t i = 0; i < shown.len; i++)
		if (shown.data[i] == '\'')
			buf_str(out, "'\\''");
		else
			buf_char(out, shown.data[i]);
	buf_char(out, '\'');
}

static void add_command(struct next *n, const char *purpose, const char *before, const char *word, const char *after)
{
	struct buf *out = line(n, purpose);
	buf_str(out, before);
	add_word(out, word);
	buf_printf(out, "%s\n", after);
}

static const char *engine_of(const struct oci_ref *ref)
{
	return ref->scheme == OCI_SCHEME_CONTAINERS_STORAGE ? "podman"
	       : ref->scheme == OCI_SCHEME_CONTAINERD       ? "nerdctl"
							    : "docker";
}

static bool is_in_engine(const struct oci_ref *ref)
{
	return ref->scheme == OCI_SCHEME_DOCKER_DAEMON || ref->scheme == OCI_SCHEME_CONTAINERS_STORAGE;
}

static void add_run(struct next *n, const struct oci_ref *ref, const char *reference)
{
	CLEANUP_BUF struct buf command = {0};
	if (is_in_engine(ref) || ref->scheme == OCI_SCHEME_DOCKER) {
		buf_printf(&command, "%s run --rm ", engine_of(ref));
		add_command(n, "run it", command.data, ref->location, "");
	} else if (ref->scheme == OCI_SCHEME_DOCKER_ARCHIVE) {
		add_command(n, "load it", "docker load -i ", ref->location, "");
	} else if (ref->scheme != OCI_SCHEME_ROOTFS) {
		add_command(n, "load it", "skopeo copy ", reference, " docker-daemon:NAME:TAG");
	}
}

static void add_push(struct next *n, const struct oci_ref *ref, const char *reference, bool index)
{
	CLEANUP_BUF struct buf command = {0};
	if (ref->scheme == OCI_SCHEME_ROOTFS)
		return;
	if (!is_in_engine(ref)) {
		add_command(n, "push it", index ? "skopeo copy --all " : "skopeo copy ", reference,
			    " docker://" ELSEWHERE);
	} else if (ref->name.host && strcmp(ref->name.host, "docker.io") != 0) {
		buf_printf(&command, "%s push ", engine_of(ref));
		add_command(n, "push it", command.data, ref->location, "");
	} else {
		buf_printf(&command, " " ELSEWHERE " && %s push " ELSEWHERE, engine_of(ref));
		add_command(n, "push it", ref->scheme == OCI_SCHEME_DOCKER_DAEMON ? "docker tag " : "podman tag ",
			    ref->location, command.data);
	}
}

/* The first destination is run; it is pushed unless one of them is a registry. */
static void add_image(const struct report *r, struct next *n)
{
	CLEANUP_OCI_REF struct oci_ref first = {0};
	bool pushed = false;
	for (size_t i = 0; i < r->n_destinations; i++) {
		CLEANUP_OCI_REF struct oci_ref ref = {0};
		pushed |=
		    oci_ref_parse(r->destinations[i].reference, &ref, NULL) == 0 && ref.scheme == OCI_SCHEME_DOCKER;
	}
	const char *reference = r->destinations[0].reference;
	if (oci_ref_parse(reference, &first, NULL) < 0)
		return;
	add_run(n, &first, reference);
	if (!pushed)
		add_push(n, &first, reference, r->destinations[0].index);
}

void report_terminal_next(const struct report *r, const char *report_file, const char *page, struct buf *out)
{
	struct next n = {.out = out};
	if (!r->n_destinations || !r->destinations[0].reference || report_gates_kept_original(&r->gates))
		return;
	add_image(r, &n);
	if (report_file)
		add_command(&n, "why", "slim why ", report_file, " PATH");
	else
		buf_str(line(&n, "why"), "build with --report report.json, then: slim why report.json PATH\n");
	if (page)
		add_command(&n, "page", "", page, "");
}
