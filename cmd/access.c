#include "access.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"

void access_flags_init(struct access_flags *f)
{
	f->tls_verify = true;
}

void access_flags_done(struct access_flags *f)
{
	secret_free(f->creds);
	f->creds = NULL;
}

struct transport_options access_options(const struct access_flags *f)
{
	const char *tmp = getenv("TMPDIR");
	if (!f->tls_verify)
		fprintf(stderr,
			"slim: warning: --tls-verify=false: no certificate is checked, and plain HTTP is taken\n");
	return (struct transport_options){
	    .tmp_dir = tmp && *tmp ? tmp : "/tmp",
	    .creds = f->creds,
	    .auth_file = f->auth_file,
	    .tls_verify_off = !f->tls_verify,
	};
}
