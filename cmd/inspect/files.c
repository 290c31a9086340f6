#include "cmd/inspect/files.h"

#include "ci/inspect/inspect.h"
#include "cmd/docker_slim/report.h"
#include "cmd/page_file.h"
#include "os/output_file.h"
#include "cmd/version.h"

int inspect_files_check(const struct inspect_flags *f, struct err *err)
{
	const bool report = f->report && output_file_is_stdout(f->report),
		   sarif = f->sarif && output_file_is_stdout(f->sarif);
	if (f->html && f->quick)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "--quick reads no layers, and --html shows their files");
	int r = page_file_check_stdout(f->html, (size_t)f->json + report + sarif, err);
	if (r == 0 && f->report && (r = output_file_check(f->report, err)) < 0)
		return err_wrap(err, "report");
	if (r == 0 && f->sarif && (r = output_file_check(f->sarif, err)) < 0)
		return err_wrap(err, "--sarif");
	if (r == 0 && f->html && (r = output_file_check(f->html, err)) < 0)
		return err_wrap(err, "--html");
	return r;
}

static int write_report(const struct inspect_flags *f, bool theirs, const char *name, const struct inspect_image *i,
			int code, struct outcome *out)
{
	const bool read = code == EXIT_DONE || code == EXIT_GATE;
	struct err err = {0};
	int r = 0;
	if (!f->report || (!read && !theirs))
		return code;
	if (theirs) {
		struct report_docker_slim d = {.type = REPORT_DOCKER_SLIM_XRAY,
					       .target = name,
					       .manifest = read ? i->view.manifest : NULL,
					       .config = read ? i->view.config : NULL,
					       .error = &out->err};
		r = docker_slim_report_write(f->report, &d, &err);
	} else {
		CLEANUP_BUF struct buf json = {0};
		report_inspect_view_json(&i->view, &json);
		r = output_file_write(f->report, json.data, json.len, &err);
	}
	if (r == 0)
		return code;
	outcome_fail(out, &err);
	return EXIT_FAILED;
}

static int write_sarif(const struct inspect_flags *f, const char *name, const struct inspect_image *i, int code,
		       struct outcome *out)
{
	CLEANUP_BUF struct buf sarif = {0};
	struct err err = {0};
	if (!f->sarif || (code != EXIT_DONE && code != EXIT_GATE))
		return code;
	ci_inspect_sarif(&i->findings, name, SLIM_VERSION, &sarif);
	if (output_file_write(f->sarif, sarif.data, sarif.len, &err) == 0)
		return code;
	outcome_fail(out, &err);
	return EXIT_FAILED;
}

static int write_page(const struct inspect_flags *f, const struct inspect_image *i, int code, struct outcome *out)
{
	const struct view_inspected files = {&i->read.history, &i->read.packages, i->read.index};
	struct err err = {0};
	if (!f->html || (code != EXIT_DONE && code != EXIT_GATE) ||
	    page_file_write_inspect(f->html, &i->view, &files, &err) == 0) {
		if (f->html && output_file_is_stdout(f->html))
			buf_done(&out->result); /* no summary beside the page */
		return code;
	}
	outcome_fail(out, &err);
	return EXIT_FAILED;
}

int inspect_files_write(const struct inspect_flags *f, bool theirs, const char *name, const struct inspect_image *i,
			int code, struct outcome *out)
{
	code = write_report(f, theirs, name, i, code, out);
	code = write_sarif(f, name, i, code, out);
	return write_page(f, i, code, out);
}
