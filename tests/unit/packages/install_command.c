#include "unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "packages/install_command.h"

/* "dpkg: a b|pip: c|" in the order of the managers and of arrival; free(). */
static char *read_text(const char *text, size_t n)
{
	struct strset names[PACKAGES_MANAGERS] = {{0}};
	struct buf out = {0};
	packages_install_command(text, n, names);
	buf_str(&out, "");
	for (size_t i = 0; i < PACKAGES_MANAGERS; i++) {
		if (names[i].count)
			buf_printf(&out, "%s:", packages_manager_names[i]);
		for (size_t j = 0; j < names[i].count; j++)
			buf_printf(&out, " %s", strset_get(&names[i], j));
		if (names[i].count)
			buf_char(&out, '|');
		strset_done(&names[i]);
	}
	return buf_steal(&out);
}

static void commands(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"", ""},
	    {"COPY . .", ""},
	    {"RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends curl php8.2-gd     && rm -rf "
	     "/var/lib/apt/lists/* # buildkit",
	     "dpkg: curl php8.2-gd|"},
	    {"/bin/sh -c set -eux; \tapt-get update; \tapt-get install -y a=1.2 b:amd64 c/bookworm d- libx+ ; \techo e",
	     "dpkg: a b c libx libx+|"},
	    {"|2 A=b C=d /bin/sh -c apt install -t bookworm-backports -o Dpkg::Use-Pty=0 g++ libstdc++6",
	     "dpkg: g+ g++ libstdc++6|"},
	    {"apt-get \\\n install -y \\\n  a \\\n  b\napt-get install c", "dpkg: a b c|"},
	    {"apt-get -y -qq install ./own.deb /tmp/x.deb $PKGS lib* a >/dev/null 2>&1", "dpkg: a|"},
	    {"apt-get install a >log b 2>&1 c", "dpkg: a b c|"},
	    {"apt-get remove a; apt-get purge install; apt-mark hold b", ""},
	    {"apt-get build-dep a", ""},
	    {"apt-get install", ""},
	    {"apt-get install -t", ""},
	    {"bash -c 'apt-get install -y a && make'", "dpkg: a|"},
	    {"(apt-get install a)|tee b", "dpkg: a|"},
	    {"sudo -E /usr/bin/apt-get install a", "dpkg: a|"},
	    {"aptitude install a", "dpkg: a|"},
	    {"apk add --no-cache a=1.2-r0 b~=2 c>3 '@d' e@edge !f", "apk: a b c e|"}, /* c>3 goes to a file */
	    {"apk add --no-cache 'c>3' \"e@edge\"", "apk: c e|"},
	    {"opkg update && opkg -d ram install --force-overwrite a=1 b", "opkg: a b|"},
	    {"apk --no-cache add --virtual .build gcc && apk add -t .run so:libx.so.1 x", "apk: gcc x|"},
	    {"dnf -y install --setopt install_weak_deps=0 httpd && yum in x; microdnf install y; zypper in -r z w",
	     "rpm: httpd x y w|"},
	    {"pip install --no-cache-dir -r requirements.txt Flask==2.0 'uvicorn[standard]>=0.2' \"a; b\"",
	     "pip: Flask uvicorn a|"},
	    {"python3 -m pip install -e . -U git+https://x/y https://x/z.whl ./w x~=1 y!=2", "pip: x y|"},
	    {"pipx install a; pip3 install b@file:///c", "pip: a b|"},
	    {"npm install -g @scope/name@1.2 pm2@latest ./x file:y && yarn global add z && pnpm add w@^1 && npm ci",
	     "npm: @scope/name pm2 z w|"},
	    {"npm i @ @/ @a/ @/b @a @a/b/c @a/.b", ""},
	    {"npm run install x", ""},
	    {"apt-get install a\\ b c'd'e \"f g\"", "dpkg: cde f g|"},
	    {"npm i a", "npm: a|"},
	    {"gem install --no-document -v 1.0 rails puma:6.0", "gem: rails puma|"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *got = read_text(cases[i].text, strlen(cases[i].text));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s\n got  %s\n want %s", cases[i].text, got, cases[i].want);
	}
}

/* A text that does not end, a name too long, and too many of them. */
static void hostile(void **state)
{
	CLEANUP_BUF struct buf text = {0};
	struct strset names[PACKAGES_MANAGERS] = {{0}};
	buf_str(&text, "apt-get install ");
	for (int i = 0; i < 300; i++)
		buf_char(&text, 'x');
	for (int i = 0; i < 2 * PACKAGES_COMMAND_NAMES; i++)
		buf_printf(&text, " n%d", i);
	packages_install_command(text.data, text.len, names);
	assert_int_equal(names[PACKAGES_DPKG].count, PACKAGES_COMMAND_NAMES);
	assert_string_equal(strset_get(&names[PACKAGES_DPKG], 0), "n0");
	strset_done(&names[PACKAGES_DPKG]);
	static const char *const texts[] = {
	    "apt-get install \\", "apt-get install \"",      "apt-get install >", "apt-get install -", "npm i @",
	    "pip install [",      "apt-get install \xff\x80"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CLEANUP_FREE char *got = read_text(texts[i], strlen(texts[i]));
		assert_true(strlen(got) < 20);
	}
	CLEANUP_FREE char *nul = read_text("apt-get install a\0b c", 21);
	assert_string_equal(nul, "dpkg: c|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(commands), cmocka_unit_test(hostile)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
