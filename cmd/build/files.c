#include "cmd/build/files.h"

#include <fcntl.h>

#include "base/mem.h"
#include "cmd/docker_slim/report.h"
#include "cmd/page_file.h"
#include "os/fd.h"
#include "os/output_file.h"

int build_files_check(const struct build_flags *f, struct err *err)
{
	const struct {
		const char *what, *path;
	} files[] = {{"report", f->report},
		     {"--html", f->html},
		     {"--dockerfile-out", f->dockerfile},
		     {"--dockerignore-out", f->dockerignore}};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i].path && output_file_check(files[i].path, err) < 0)
			return err_wrap(err, "%s", files[i].what);
	return 0;
}

static int make_report(void *report, int fd, struct err *err)
{
	return report_json_write(report, true, fd_sink, &fd, err);
}

static int write_report(const char *path, const struct report *report, struct err *err)
{
	int r = output_file_make(path, make_report, (void *)report, err);
	return r < 0 ? err_wrap(err, "report") : 0;
}

/* Files that docker-slim's --copy-meta-artifacts leaves: of them, what was seen and kept. */
static int write_artifacts(const char *dir, const struct report *report, struct err *err)
{
	CLEANUP_FREE char *file = mem_printf("%s/creport.json", dir);
	int r = fd_mkdir_p(AT_FDCWD, dir, 0777, err);
	return r < 0 ? err_wrap(err, "--copy-meta-artifacts") : write_report(file, report, err);
}

int build_files_write(const struct build_flags *f, const struct report *report, struct err *err)
{
	int r = f->report && !f->theirs ? write_report(f->report, report, err) : 0;
	if (r == 0 && f->html)
		r = page_file_write_build(f->html, report, err);
	return r == 0 && f->artifacts ? write_artifacts(f->artifacts, report, err) : r;
}

int build_files_write_theirs(const struct build_flags *f, const char *source, const struct report *report,
			     struct outcome *out, int code)
{
	const struct err none = {0};
	struct report_docker_slim theirs = {.type = REPORT_DOCKER_SLIM_BUILD,
					    .target = source,
					    .report = report,
					    .error = report_gates_kept_original(&report->gates) ? &none : &out->err,
					    .artifacts = f->artifacts};
	struct err err = {0};
	if (!f->report || !f->theirs || docker_slim_report_write(f->report, &theirs, &err) == 0)
		return code;
	outcome_fail(out, &err);
	return code == EXIT_DONE ? EXIT_FAILED : code;
}
