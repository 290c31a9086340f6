#include "stack/refuse.h"

int stack_refuse(const struct compose_service *s, const char *what, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "compose-key-unsupported",
		       "service %s: slim does not give a container %s; leave it out, or run the service without slim "
		       "(--network)",
		       s->name, what);
}
