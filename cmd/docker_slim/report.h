/* cmd/docker_slim/report.h - writes a report in docker-slim's shape (report/docker_slim/docker_slim.h):
 * --report-format docker-slim of the verbs that stand for docker-slim's. */
#pragma once

#include "cmd/options/option.h"
#include "report/docker_slim/docker_slim.h"

/* Rows for a verb's group of options. FILE and FORMAT are the offsets of two const char *. */
#define DOCKER_SLIM_REPORT_ROWS(FILE, FORMAT)                                                                          \
	{"report", 0, OPTION_STRING, FILE, "FILE", "write the report as JSON, see slim-report(5)", OPTION_COMMON},     \
	{                                                                                                              \
		"report-format", 0, OPTION_STRING, FORMAT, "slim|docker-slim",                                         \
		    "write --report in slim's or docker-slim's format (default: slim)"                                 \
	}

/* Reads --report-format (NULL = not given). *theirs: receives whether it is docker-slim's. */
int docker_slim_report_format(const char *format, bool *theirs, struct err *err) MUST_CHECK;
/* Fills in d's version and host, and writes it. */
int docker_slim_report_write(const char *file, struct report_docker_slim *d, struct err *err) MUST_CHECK;
