#include "ports.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool number(const char **p, unsigned *out)
{
	size_t digits = strspn(*p, "0123456789");
	if (digits == 0 || digits > 5)
		return false;
	*out = (unsigned)strtoul(*p, NULL, 10);
	*p += digits;
	return *out > 0 && *out <= 65535;
}

static bool range(const char *p, unsigned *first, unsigned *last, bool *udp)
{
	if (!number(&p, first))
		return false;
	*last = *first;
	if (*p == '-' && (p++, !number(&p, last)))
		return false;
	*udp = strcmp(p, "/udp") == 0;
	return *first <= *last && (!*p || *udp || strcmp(p, "/tcp") == 0);
}

int ports_parse(const struct strlist *texts, const char *option, struct oci_port **out, size_t *n, struct err *err)
{
	size_t cap = *n;
	for (size_t i = 0; i < texts->count; i++) {
		unsigned first, last;
		bool udp;
		if (!range(texts->items[i], &first, &last, &udp))
			return err_set(err, ERR_INVAL, "--%s takes PORT[-PORT][/tcp|/udp], not \"%s\"", option,
				       texts->items[i]);
		for (unsigned port = first; port <= last; port++) {
			*out = mem_grow(*out, *n, &cap, sizeof(**out));
			(*out)[(*n)++] = (struct oci_port){.number = (uint16_t)port, .udp = udp};
		}
	}
	return 0;
}
