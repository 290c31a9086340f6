#include "cmd/options/apispec_flags.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define AT(member) offsetof(struct apispec_flags, member)

static const struct option_row rows[] = {
    {"http-probe-apispec", 0, OPTION_LIST, AT(paths), "PATH[:BASE]",
     "send the requests of an API description (OpenAPI, Swagger) that the service has at PATH"},
    {"http-probe-apispec-file", 0, OPTION_LIST, AT(files), "FILE[:BASE]",
     "send the requests of an API description (OpenAPI, Swagger) in a file"},
    {"http-probe-apispec-auth", 0, OPTION_SECRETS, AT(credentials), "[SCHEME=]VALUE",
     "send these credentials with the requests of an API description: a key, a token or USER:PASSWORD"},
    {"http-probe-apispec-expect", 0, OPTION_BOOL, AT(expects), "BOOL",
     "fail unless each answer has a status that the API description lists (default: false)"},
};
const struct option_group apispec_flags_group = OPTION_GROUP("API descriptions", rows);

void apispec_flags_done(struct apispec_flags *f)
{
	for (size_t i = 0; i < f->credentials.count; i++)
		explicit_bzero(f->credentials.items[i], strlen(f->credentials.items[i]));
	strlist_done(&f->credentials);
	strlist_done(&f->files);
	strlist_done(&f->paths);
}

bool apispec_flags_given(const struct apispec_flags *f)
{
	return f->files.count || f->paths.count;
}

int apispec_flags_parse(const struct apispec_flags *f, struct probe_apispec_options *out, struct notes *notes,
			struct err *err)
{
	out->reading = (struct probe_openapi_options){.credentials = &f->credentials, .expects = f->expects};
	out->specs = mem_calloc(f->paths.count, sizeof(*out->specs));
	for (size_t i = 0; i < f->files.count; i++)
		if (probe_openapi_read_file(f->files.items[i], &out->reading, &out->known, notes, err) < 0)
			return err_wrap(err, "--http-probe-apispec-file");
	for (size_t i = 0; i < f->paths.count; i++)
		if (probe_apispec_parse(f->paths.items[i], &out->specs[out->n_specs++], err) < 0)
			return err_wrap(err, "--http-probe-apispec");
	return 0;
}

void apispec_options_done(struct probe_apispec_options *o)
{
	for (size_t i = 0; i < o->n_specs; i++) {
		free(o->specs[i].path);
		free(o->specs[i].base);
	}
	free(o->specs);
	probe_script_done(&o->known);
	*o = (struct probe_apispec_options){0};
}
