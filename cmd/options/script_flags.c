#include "cmd/options/script_flags.h"

#include "base/mem.h"
#include "probe/file/probe_file.h"
#include "probe/script/command_file.h"
#include "probe/script/har.h"
#include "probe/script/sitemap.h"
#include "probe/script/url_list.h"

#define AT(member) offsetof(struct script_flags, member)

static const struct option_row rows[] = {
    {"probe-file", 0, OPTION_LIST, AT(probe_files), "FILE", "send the requests of this file, see slim-probe(5)"},
    {"http-probe-cmd-file", 0, OPTION_LIST, AT(command_files), "FILE",
     "send the requests of a file of docker-slim's probe commands"},
    {"http-probe-har", 0, OPTION_LIST, AT(recordings), "FILE", "send the requests that a browser recorded (HAR)"},
    {"http-probe-har-cookies", 0, OPTION_BOOL, AT(cookies), "BOOL", "send the recorded cookies, too (default: false)"},
    {"http-probe-sitemap", 0, OPTION_LIST, AT(sitemaps), "FILE", "request the pages of a sitemap"},
    {"http-probe-urls", 0, OPTION_LIST, AT(url_lists), "FILE", "request the URLs of a list, one a line"},
};
const struct option_group script_flags_group = OPTION_GROUP("Requests from files", rows);

void script_flags_done(struct script_flags *f)
{
	strlist_done(&f->probe_files);
	strlist_done(&f->command_files);
	strlist_done(&f->recordings);
	strlist_done(&f->sitemaps);
	strlist_done(&f->url_lists);
}

bool script_flags_given(const struct script_flags *f)
{
	return f->probe_files.count || f->command_files.count || f->recordings.count || f->sitemaps.count ||
	       f->url_lists.count;
}

static int read_probe_file(const struct script_flags *f, const char *path, struct probe_script *out,
			   struct notes *notes, struct err *err)
{
	return probe_file_read(path, out, err);
}

static int read_command_file(const struct script_flags *f, const char *path, struct probe_script *out,
			     struct notes *notes, struct err *err)
{
	return probe_command_file_read(path, out, notes, err);
}

static int read_recording(const struct script_flags *f, const char *path, struct probe_script *out, struct notes *notes,
			  struct err *err)
{
	const struct probe_har_options options = {.cookies = f->cookies};
	return probe_har_read(path, &options, out, notes, err);
}

static int read_sitemap(const struct script_flags *f, const char *path, struct probe_script *out, struct notes *notes,
			struct err *err)
{
	return probe_sitemap_read(path, out, notes, err);
}

static int read_url_list(const struct script_flags *f, const char *path, struct probe_script *out, struct notes *notes,
			 struct err *err)
{
	return probe_url_list_read(path, out, notes, err);
}

int script_flags_parse(const struct script_flags *f, struct probe_script *out, struct notes *notes, struct err *err)
{
	const struct {
		const char *option;
		const struct strlist *paths;
		int (*read)(const struct script_flags *f, const char *path, struct probe_script *out,
			    struct notes *notes, struct err *err);
	} kinds[] = {{"probe-file", &f->probe_files, read_probe_file},
		     {"http-probe-cmd-file", &f->command_files, read_command_file},
		     {"http-probe-har", &f->recordings, read_recording},
		     {"http-probe-sitemap", &f->sitemaps, read_sitemap},
		     {"http-probe-urls", &f->url_lists, read_url_list}};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		for (size_t j = 0; j < kinds[i].paths->count; j++)
			if (kinds[i].read(f, kinds[i].paths->items[j], out, notes, err) < 0)
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
