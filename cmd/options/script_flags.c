#include "cmd/options/script_flags.h"

#include "base/mem.h"
#include "probe/file/probe_file.h"
#include "probe/script/command_file.h"
#include "probe/script/har.h"
#include "probe/script/sitemap.h"
#include "probe/script/upload.h"
#include "probe/script/url_list.h"
#include "probe/specs/goss.h"
#include "probe/specs/structure_test.h"

#define AT(member) offsetof(struct script_flags, member)

static const struct option_row rows[] = {
    {"probe-file", 0, OPTION_LIST, AT(probe_files), "FILE", "send the requests in a probe file, see slim-probe(5)",
     OPTION_COMMON},
    {"http-probe-cmd-upload", 0, OPTION_LIST, AT(uploads), "[[FIELD:]FILE:]PATH",
     "upload a file to PATH as a form does"},
    {"http-probe-cmd-file", 0, OPTION_LIST, AT(command_files), "FILE",
     "send the requests in a file of docker-slim's probe commands"},
    {"http-probe-har", 0, OPTION_LIST, AT(recordings), "FILE", "send the requests that a browser recorded (HAR)"},
    {"http-probe-har-cookies", 0, OPTION_BOOL, AT(cookies), "BOOL",
     "send the cookies that the browser recorded, too (default: false)"},
    {"http-probe-sitemap", 0, OPTION_LIST, AT(sitemaps), "FILE", "request the pages of a sitemap"},
    {"http-probe-urls", 0, OPTION_LIST, AT(url_lists), "FILE", "request the URLs in a file, one on each line"},
    {"probe-goss", 0, OPTION_LIST, AT(goss_files), "FILE", "run the command and http checks of a goss file"},
    {"probe-structure-test", 0, OPTION_LIST, AT(structure_tests), "FILE",
     "run the command tests of a container-structure-test file"},
};
const struct option_group script_flags_group = OPTION_GROUP("Requests from files", rows);

void script_flags_done(struct script_flags *f)
{
	strlist_done(&f->probe_files);
	strlist_done(&f->command_files);
	strlist_done(&f->recordings);
	strlist_done(&f->sitemaps);
	strlist_done(&f->url_lists);
	strlist_done(&f->goss_files);
	strlist_done(&f->structure_tests);
	strlist_done(&f->uploads);
}

bool script_flags_given(const struct script_flags *f)
{
	return f->probe_files.count || f->command_files.count || f->recordings.count || f->sitemaps.count ||
	       f->url_lists.count || f->goss_files.count || f->structure_tests.count || f->uploads.count;
}

/* The lists to which the files are read. */
struct sink {
	struct probe_script *script;
	struct probe_spec *spec;
	struct notes *notes;
	bool cookies;
};

static int read_probe_file(const struct sink *to, const char *path, struct err *err)
{
	return probe_file_read(path, to->script, err);
}

static int read_upload(const struct sink *to, const char *text, struct err *err)
{
	return probe_upload_read(text, to->script, err);
}

static int read_command_file(const struct sink *to, const char *path, struct err *err)
{
	return probe_command_file_read(path, to->script, to->notes, err);
}

static int read_recording(const struct sink *to, const char *path, struct err *err)
{
	const struct probe_har_options options = {.cookies = to->cookies};
	return probe_har_read(path, &options, to->script, to->notes, err);
}

static int read_sitemap(const struct sink *to, const char *path, struct err *err)
{
	return probe_sitemap_read(path, to->script, to->notes, err);
}

static int read_url_list(const struct sink *to, const char *path, struct err *err)
{
	return probe_url_list_read(path, to->script, to->notes, err);
}

static int read_goss(const struct sink *to, const char *path, struct err *err)
{
	return probe_goss_read(path, to->spec, to->script, to->notes, err);
}

static int read_structure_test(const struct sink *to, const char *path, struct err *err)
{
	return probe_structure_test_read(path, to->spec, to->notes, err);
}

int script_flags_parse(const struct script_flags *f, struct probe_script *out, struct probe_spec *spec,
		       struct notes *notes, struct err *err)
{
	const struct sink to = {out, spec, notes, f->cookies};
	const struct {
		const char *option;
		const struct strlist *paths;
		int (*read)(const struct sink *to, const char *path, struct err *err);
	} kinds[] = {{"probe-file", &f->probe_files, read_probe_file},
		     {"http-probe-cmd-upload", &f->uploads, read_upload},
		     {"http-probe-cmd-file", &f->command_files, read_command_file},
		     {"http-probe-har", &f->recordings, read_recording},
		     {"http-probe-sitemap", &f->sitemaps, read_sitemap},
		     {"http-probe-urls", &f->url_lists, read_url_list},
		     {"probe-goss", &f->goss_files, read_goss},
		     {"probe-structure-test", &f->structure_tests, read_structure_test}};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		for (size_t j = 0; j < kinds[i].paths->count; j++)
			if (kinds[i].read(&to, kinds[i].paths->items[j], err) < 0)
				return err_wrap(err, "--%s", kinds[i].option);
	return 0;
}

void script_ports_expose(const struct probe_script *s, struct oci_port **expose, size_t *n_expose)
{
	for (size_t i = 0; i < s->count; i++) {
		const uint16_t number = s->requests[i].port;
		bool known = !number;
		for (size_t j = 0; j < *n_expose && !known; j++)
			known = (*expose)[j].number == number && !(*expose)[j].udp;
		if (known)
			continue;
		*expose = mem_realloc(*expose, *n_expose + 1, sizeof(**expose));
		(*expose)[(*n_expose)++] = (struct oci_port){.number = number};
	}
}

bool script_needs_port(const struct probe_script *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (!s->requests[i].socket)
			return true;
	return false;
}
