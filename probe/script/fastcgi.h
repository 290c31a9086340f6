/* probe/script/fastcgi.h - what a FastCGI server is told beside the request itself. */
#pragma once

#include "probe/script/script.h"

#define PROBE_FASTCGI_ROOT "/var/www/html" /* where most images of PHP have their programs */

/* Where the program of a request lies. */
struct probe_fastcgi {
	const char *root;            /* the document root in the image */
	const struct strlist *split; /* endings of the program's part of a path, the first that is found counts; none =
				      * ".php" */
};

/* Sets the parameters DOCUMENT_ROOT, SCRIPT_NAME, SCRIPT_FILENAME and PATH_INFO; a path that ends with a slash goes to
 * its index.php. */
void probe_fastcgi_params(const struct probe_fastcgi *o, struct probe_request *r);
