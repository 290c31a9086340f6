#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/init/systems.h"
#include "cmd/options/registry_flags.h"
#include "os/fd.h"
#include "report/step/step.h"
#include "text/json.h"
#include "transport/transport.h"

#define SHOWN_REFERENCE 200 /* bytes */

struct init_flags {
	const char *platform;
	bool json, verbose;
	struct registry_flags registry;
};

static const struct option_row rows[] = {
    {"platform", 0, OPTION_STRING, offsetof(struct init_flags, platform), "OS/ARCH",
     "choose the image of this platform from an index (default: this machine's)", OPTION_RARE, OPTION_PLATFORMS},
    {"json", 0, OPTION_FLAG, offsetof(struct init_flags, json), NULL, "print JSON"},
    {"verbose", 'v', OPTION_FLAG, offsetof(struct init_flags, verbose), NULL, "describe each step on stderr"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_part parts[] = {
    {&group, 0},
    {&registry_flags_group, offsetof(struct init_flags, registry)},
};

static void defaults(void *options)
{
	registry_flags_init(&((struct init_flags *)options)->registry);
}

static void done(void *options)
{
	registry_flags_done(&((struct init_flags *)options)->registry);
}

/* Prints what was done, for a person or for a program. */
struct account {
	struct buf text;
	json_t *files;
};

static void account_done(struct account *a)
{
	buf_done(&a->text);
	json_decref(a->files);
}

static void add_account(struct account *a, const char *file, bool written, const char *what, const char *next)
{
	buf_printf(&a->text, "%-28s %s%s\n", file, written ? "written: " : "is there already, and stays as it is",
		   written ? what : "");
	if (written && next)
		buf_printf(&a->text, "%-28s %s\n", "", next);
	json_array_append_new(a->files, json_pack("{s:s, s:b}", "path", file, "written", written));
}

/* Writes a new file into the working directory. An existing file or link stays, and *written is false then. */
static int write_new(const char *path, const struct buf *text, bool *written, struct err *err)
{
	CLEANUP_FD int fd = openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	*written = fd >= 0;
	if (fd < 0)
		return errno == EEXIST ? 0 : err_sys(err, errno, "file-open", "cannot write %s", path);
	int r = fd_write_all(fd, text->data, text->len, err);
	if (r < 0) {
		(void)unlink(path); /* half a file is worse than none */
		return err_wrap(err, "%s", path);
	}
	return 0;
}

static int write_systems(const struct init_source *source, struct account *a, struct err *err)
{
	size_t found = 0;
	for (size_t i = 0; i < init_n_systems; i++) {
		const struct init_system *s = &init_systems[i];
		CLEANUP_BUF struct buf text = {0};
		CLEANUP_FREE char *what = mem_printf("for %s", s->name);
		bool written;
		if (!init_systems_is_used(s, AT_FDCWD))
			continue;
		found++;
		init_systems_text(s, source, &text);
		int r = write_new(s->file, &text, &written, err);
		if (r < 0)
			return r;
		add_account(a, s->file, written, what, s->next);
	}
	if (!found)
		buf_str(&a->text,
			"no CI system is in use here: there is no .github/workflows, .gitlab-ci.yml, Jenkinsfile "
			"or azure-pipelines.yml\n");
	return 0;
}

static int write_all(const struct init_source *source, const struct init_service *service, struct account *a,
		     struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	bool written;
	init_file_text(source, service, &text);
	int r = write_new("slim.yaml", &text, &written, err);
	if (r < 0)
		return r;
	add_account(a, "slim.yaml", written, "the image, and how it is driven", NULL);
	if ((r = write_systems(source, a, err)) == 0)
		buf_str(&a->text, "\nRead slim.yaml, change what it asks you to, then: slim build --file slim.yaml\n");
	return r;
}

static void show(const struct init_flags *f, const struct init_source *source, const struct init_service *service,
		 struct account *a, struct outcome *out)
{
	CLEANUP_BUF struct buf kind = {0};
	init_service_text(service, &kind);
	if (f->json) {
		json_auto_t *v = json_object();
		json_object_set_new(v, "schema", json_string("slim.init/v1"));
		json_object_set_new(v, "image", json_bytes(source->text, strlen(source->text)));
		json_object_set_new(v, "kind", json_string(kind.data));
		json_object_set(v, "files", a->files);
		json_write_pretty(v, &out->result);
		return;
	}
	report_step_text(&out->result, source->text, SHOWN_REFERENCE);
	buf_printf(&out->result, " looks like %s\n\n%s", kind.data, a->text.data);
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	const struct init_flags *f = options;
	struct oci_platform platform;
	struct init_service service;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	CLEANUP_INIT_SOURCE struct init_source named = {0};
	CLEANUP(account_done) struct account account = {.files = json_array()};
	log_enable(f->verbose);
	if (oci_ref_parse(args->items[0], &ref, &out->err) < 0 ||
	    (f->platform && oci_platform_parse(f->platform, &platform, &out->err) < 0))
		return EXIT_USAGE;
	const struct transport_options t = registry_flags_options(&f->registry);
	if (transport_source_open(&ref, &t, &source, &out->err) < 0 ||
	    transport_source_image(source, f->platform ? &platform : NULL, &image, &out->err) < 0)
		return EXIT_FAILED;
	init_source_look(args->items[0], &ref, &named);
	init_service_look(&image.config, &service);
	if (write_all(&named, &service, &account, &out->err) < 0)
		return EXIT_FAILED;
	show(f, &named, &service, &account, out);
	return EXIT_DONE;
}

static const char *const examples[] = {
    "Write slim.yaml and a CI file for an image.",
    "slim init nginx:1.25",
    NULL,
};

const struct command command_init = {
    .name = "init",
    .args = "REF",
    .summary = "Write a slim.yaml and a CI file for an image into the working directory",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct init_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
