#include "oci/platform.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* What uname and people write -> GOARCH and variant, as image-index.md wants them. */
static const struct {
	const char *name, *arch, *variant;
} aliases[] = {
    {"x86_64", "amd64", ""}, {"x86-64", "amd64", ""},        {"aarch64", "arm64", "v8"}, {"armhf", "arm", "v7"},
    {"armv7l", "arm", "v7"}, {"armv6l", "arm", "v6"},        {"armel", "arm", "v6"},     {"i386", "386", ""},
    {"i686", "386", ""},     {"loongarch64", "loong64", ""},
};

static bool part(const char *s, size_t n, char out[32])
{
	if (!n || n >= 32)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i && strchr("._-", c))))
			return false;
	}
	memcpy(out, s, n);
	out[n] = '\0';
	return true;
}

static void set_arch(struct oci_platform *p, const char *arch)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (strcmp(arch, aliases[i].name) == 0) {
			snprintf(p->arch, sizeof(p->arch), "%s", aliases[i].arch);
			if (!p->variant[0])
				snprintf(p->variant, sizeof(p->variant), "%s", aliases[i].variant);
			return;
		}
	snprintf(p->arch, sizeof(p->arch), "%s", arch);
}

int oci_platform_parse(const char *s, struct oci_platform *out, struct err *err)
{
	struct oci_platform p = {.os = "linux"};
	char arch[32];
	const char *first = strchr(s, '/'), *second = first ? strchr(first + 1, '/') : NULL;
	bool ok;
	if (!first)
		ok = part(s, strlen(s), arch);
	else
		ok = part(s, (size_t)(first - s), p.os) &&
		     part(first + 1, second ? (size_t)(second - first) - 1 : strlen(first + 1), arch) &&
		     (!second || part(second + 1, strlen(second + 1), p.variant));
	if (!ok)
		return err_set(err, ERR_INVAL, "platform-malformed",
			       "platform \"%s\" is malformed, write os/architecture as in linux/arm64", s);
	set_arch(&p, arch);
	*out = p;
	return 0;
}

void oci_platform_host(struct oci_platform *out)
{
	struct utsname u;
	*out = (struct oci_platform){.os = "linux"};
	if (uname(&u) == 0)
		set_arch(out, u.machine);
}

static bool same_or_unknown(const char *have, const char *want)
{
	return !have[0] || strcmp(have, want) == 0;
}

bool oci_platform_matches(const struct oci_platform *have, const struct oci_platform *want)
{
	return same_or_unknown(have->os, want->os) && same_or_unknown(have->arch, want->arch) &&
	       (!want->variant[0] || same_or_unknown(have->variant, want->variant));
}

const char *oci_platform_text(const struct oci_platform *p, char out[OCI_PLATFORM_TEXT])
{
	snprintf(out, OCI_PLATFORM_TEXT, "%s/%s%s%s", p->os[0] ? p->os : "unknown", p->arch[0] ? p->arch : "unknown",
		 p->variant[0] ? "/" : "", p->variant);
	return out;
}
