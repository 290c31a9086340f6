#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

void secret_blank(char *s)
{
	explicit_bzero(s, strlen(s));
}

void secret_free(char *s)
{
	if (s)
		secret_blank(s);
	free(s);
}
