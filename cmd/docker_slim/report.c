#include "cmd/docker_slim/report.h"

#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/limits.h"
#include "os/fd.h"
#include "os/output_file.h"
#include "version.h"

int docker_slim_report_format(const char *format, bool *theirs, struct err *err)
{
	*theirs = format && strcmp(format, "docker-slim") == 0;
	if (format && !*theirs && strcmp(format, "slim") != 0)
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--report-format takes slim or docker-slim, not \"%s\"", format);
	return 0;
}

int docker_slim_report_write(const char *file, struct report_docker_slim *d, struct err *err)
{
	CLEANUP(report_docker_slim_host_done) struct report_docker_slim_host host = {0};
	CLEANUP_BUF struct buf release = {0}, json = {0};
	struct utsname kernel = {0};
	struct err unread = {0};
	(void)uname(&kernel);
	if (fd_read_file(AT_FDCWD, "/etc/os-release", LIMIT_POLICY, &release, &unread) == 0 && release.len)
		report_docker_slim_host_parse(&host, release.data);
	host.kernel = kernel.sysname;
	host.release = kernel.release;
	host.in_container = access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0;
	d->version = SLIM_VERSION;
	d->host = &host;
	report_docker_slim_json(d, &json);
	d->host = NULL;
	int r = output_file_write(file, json.data, json.len, err);
	return r < 0 ? err_wrap(err, "report") : 0;
}
