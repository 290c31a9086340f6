#include "cmd/options/registry_flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "text/secret.h"

#define AT(member) offsetof(struct registry_flags, member)
static const struct option_row rows[] = {
    {"creds", 0, OPTION_SECRET, AT(creds), "USER:PASSWORD",
     "log in to the registry (default: the credentials that docker login or podman login stored)"},
    {"authfile", 0, OPTION_STRING, AT(auth_file), "FILE", "read credentials for registries from this file only"},
    {"tls-verify", 0, OPTION_BOOL, AT(tls_verify), "BOOL",
     "check certificates; false also allows plain HTTP (default: true)"},
    {"address", 0, OPTION_STRING, AT(address), "SOCKET",
     "use containerd at this socket (default: $CONTAINERD_ADDRESS, else the socket of its package)"},
};
const struct option_group registry_flags_group = OPTION_GROUP("Registries and containerd", rows);

void registry_flags_init(struct registry_flags *f)
{
	f->tls_verify = true;
	f->warnings = mem_alloc(sizeof(*f->warnings));
}

void registry_flags_done(struct registry_flags *f)
{
	secret_free(f->creds);
	f->creds = NULL;
	for (size_t i = 0; f->warnings && i < f->warnings->count; i++) {
		CLEANUP_BUF struct buf line = {0};
		buf_escape(&line, f->warnings->items[i], strlen(f->warnings->items[i]));
		fprintf(stderr, "slim: warning: %s\n", line.data ? line.data : "");
	}
	if (f->warnings)
		strlist_done(f->warnings);
	free(f->warnings);
	f->warnings = NULL;
}

struct transport_options registry_flags_options(const struct registry_flags *f)
{
	const char *tmp = getenv("TMPDIR");
	if (!f->tls_verify)
		fprintf(stderr,
			"slim: warning: --tls-verify=false: no certificate is checked, and plain HTTP is taken\n");
	return (struct transport_options){
	    .tmp_dir = tmp && *tmp ? tmp : "/tmp", /* for an archive that is compressed or a pipe */
	    .creds = f->creds,
	    .auth_file = f->auth_file,
	    .containerd_address = f->address,
	    .tls_verify_off = !f->tls_verify,
	    .warnings = f->warnings,
	};
}
