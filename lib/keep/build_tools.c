#include "keep/build_tools.h"

#include <string.h>

#include "keep/words.h"
#include "text/glob.h"
#include "text/path.h"

/* A row per kind. packages: patterns as in text/glob.h; libraries that other programs use, too, must not match. */
static const struct {
	const char *programs[12], *packages[12];
	bool distribution; /* they install a distribution's packages */
} kinds[] = {
    {{"apt", "apt-get", "aptitude", "apt-cache", "apt-key", "unattended-upgrade"},
     {"apt", "apt-utils", "aptitude*", "libapt-pkg*", "libapt-inst*", "python3-apt"},
     true},
    {{"dpkg", "dpkg-query"}, {"dpkg", "dpkg-dev", "libdpkg-perl", "debhelper", "fakeroot", "devscripts"}, true},
    {{"debconf"}, {"debconf", "debconf-i18n", "ucf"}},
    {{"apk"}, {"apk-tools", "apk-tools-*", "alpine-keys", "libapk*", "abuild*"}, true},
    {{"yum", "dnf", "microdnf"},
     {"yum", "yum-*", "dnf", "dnf-*", "dnf5*", "microdnf", "libdnf*", "librepo", "python3-dnf*", "python3-libdnf*",
      "python3-hawkey"},
     true},
    {{"rpm"}, {"rpm", "rpm-build*", "rpm-sign*", "python3-rpm"}, true},
    {{"opkg"}, {"opkg", "opkg-*", "libopkg*"}, true},
    {{"zypper"}, {"zypper", "libzypp"}, true},
    {{"pacman"}, {"pacman"}, true},
    {{"gcc", "g++", "cc", "c++"},
     {"gcc", "gcc-?", "gcc-??", "gcc-*linux-gnu*", "gcc-c++", "g++*", "cpp", "cpp-*", "gfortran*", "build-essential",
      "build-base"}},
    {{"ld", "as", "ar", "size", "nm", "strip", "objdump", "objcopy", "readelf", "ranlib", "addr2line", "strings"},
     {"binutils", "binutils-*", "libbinutils"}},
    {{"gprof"}, {0}},
    {{"gdb", "strace"}, {0}}, /* an operator's, if somebody installed them */
    {{"make", "cmake", "ninja", "meson"},
     {"make", "cmake", "cmake-*", "ninja", "ninja-build", "meson", "samurai", "autoconf*", "automake*", "libtool",
      "bison", "flex"}},
    {{"clang"}, {"clang", "clang-*", "clang??", "llvm", "llvm-??", "llvm-*-tools", "lld", "lld-*"}},
    {{"cargo", "rustc"}, {"cargo", "rustc", "rust", "rustup", "libstd-rust*", "rust-std-static*"}},
    {{"go"}, {"go", "golang", "golang-*"}},
    {{"mvn", "gradle", "javac"}, {"maven", "gradle", "ant", "openjdk-*-jdk", "openjdk-*-jdk-headless", "default-jdk*"}},
    {{"npm", "npx", "yarn", "pnpm", "corepack", "node-gyp"},
     {"npm", "yarn", "yarnpkg", "pnpm", "corepack", "node-gyp"}},
    {{"pip", "pip3"}, {"pip", "wheel", "python3-pip", "python3-pip-whl", "python3-wheel", "py3-pip", "py3-wheel"}},
    {{"gem", "bundle", "bundler"}, {0}}, /* Ruby itself loads them */
    {{"composer"}, {"composer"}},
    {{"cpan"}, {"cpanminus"}},
};

static bool have_program(const char *name, size_t n, bool distribution)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t j = 0; j < 12 && kinds[i].programs[j]; j++)
			if (kinds[i].distribution >= distribution && strlen(kinds[i].programs[j]) == n &&
			    memcmp(kinds[i].programs[j], name, n) == 0)
				return true;
	return false;
}

bool keep_build_tools_have_program(const char *name)
{
	return have_program(name, strlen(name), false);
}

bool keep_build_tools_have_manager(const char *name, size_t n)
{
	return have_program(name, n, true);
}

bool keep_build_tools_have_package(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t j = 0; j < 12 && kinds[i].packages[j]; j++)
			if (glob_match_name(kinds[i].packages[j], strlen(kinds[i].packages[j]), name, strlen(name)))
				return true;
	return false;
}

bool keep_build_tools_are(const struct package *p)
{
	static const char *const sections[] = {"devel", "libdevel", "doc", "debug"};
	static const char *const endings[] = {"-dev",    "-devel",     "-doc",         "-docs",  "-dbg",
					      "-dbgsym", "-debuginfo", "-debugsource", "-static"};
	if (keep_build_tools_have_package(p->name))
		return true;
	if (!packages_is_of_distribution(p))
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (path_ends_with(p->name, endings[i]))
			return true;
	return p->section && KEEP_WORDS_HAVE(sections, p->section);
}
