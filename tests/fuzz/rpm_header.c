#include "fuzz.h"
#include "packages/rpm_header.h"

/* Checks that strings and numbers lie in the header. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	for (unsigned tag = PACKAGES_RPM_NAME; tag <= PACKAGES_RPM_DIRNAMES; tag++) {
		struct packages_rpm_value v;
		uint32_t number;
		if (!packages_rpm_header_find(data, n, (enum packages_rpm_tag)tag, &v))
			continue;
		for (uint32_t i = 0; i < 16; i++)
			(void)packages_rpm_value_number(&v, i, &number);
		for (const char *s; (s = packages_rpm_value_string(&v));)
			assert((const uint8_t *)s >= data && (const uint8_t *)s + strlen(s) < data + n);
	}
	return 0;
}
