/* report/report_error.h - writes an error as JSON for a program: slim.error/v1, described in slim-report(5). */
#pragma once

#include <jansson.h>

#include "base/err.h"

/* {"code": "tag-not-found", "class": "notfound", "message": "..."} */
json_t *report_error_member(const struct err *err);
/* The whole object that a verb prints in the place of its result: {"schema": "slim.error/v1", "error": {...}} */
json_t *report_error_json(const struct err *err);
