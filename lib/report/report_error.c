#include "report/report_error.h"

#include <string.h>

#include "text/json.h"

json_t *report_error_member(const struct err *err)
{
	const char *id = err->id[0] ? err->id : "unknown";
	json_t *v = json_object();
	json_object_set_new(v, "code", json_string(id));
	json_object_set_new(v, "class", json_string(err_code_name(err->code)));
	json_object_set_new(v, "message", json_bytes(err->msg, strlen(err->msg)));
	return v;
}

json_t *report_error_json(const struct err *err)
{
	json_t *v = json_object();
	json_object_set_new(v, "schema", json_string("slim.error/v1"));
	json_object_set_new(v, "error", report_error_member(err));
	return v;
}
