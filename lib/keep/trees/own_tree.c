#include "keep/trees/own_tree.h"

#include <string.h>

#include "base/buf.h"
#include "keep/tree.h"
#include "keep/words.h"
#include "text/glob.h"

/* The deepest that matches counts. */
#define HOME_DEPTH 4 /* components, at most */
static const char *const homes[] = {
    "/opt",
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/share",
    "/usr/lib/*-linux-*",
    "/usr/lib/games",
    "/usr/share/games",
    "/usr/share/icons",
    "/usr/share/themes",
    "/usr/share/xml",
    "/usr/share/X11",
    "/usr/share/sgml",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/usr/local/libexec",
    "/usr/local/share",
    "/usr/local/lib/*-linux-*",
    "/lib",
    "/lib64",
    "/lib/*-linux-*",
    "/var/lib",
    "/var/games",
};

/* Children of homes that are no program's own, or whose files are known one by one. */
static const char *const modelled[] = {
    /* homes themselves, and directories that all programs share */
    "*-linux-*",
    "games",
    "xml",
    "X11",
    "sgml",
    "icons",
    "themes",
    "applications",
    "pixmaps",
    "misc",
    "modules",
    "firmware",
    "pkgconfig",
    "base-*",
    /* interpreters' modules: their closures */
    "python*",
    "pypy*",
    "perl*",
    "ruby*",
    "rubygems*",
    "gems",
    "node_modules",
    "nodejs",
    "php*",
    "pear",
    "jvm",
    "java*",
    "maven-repo",
    /* data families: keep/rules */
    "zoneinfo*",
    "i18n",
    "locale*",
    "gconv",
    "terminfo",
    "tabset",
    "fonts",
    "fontconfig",
    "mime",
    "ca-certificates",
    "ssl",
    "gio",
    "glib-2.0",
    "gdk-pixbuf-*",
    "icu",
    "git-core",
    "postgresql*",
    "mysql*",
    "dbus-1",
    "security",
    /* databases that are rewritten: packages */
    "dpkg",
    "apt",
    "rpm",
    "apk",
    /* documentation */
    "doc",
    "doc-base",
    "man",
    "info",
    "help",
    "gtk-doc",
    "licenses",
    "common-licenses",
    "lintian",
    "bug",
};

/* Of the state of programs: what no other program keeps there. */
static const char *const state[] = {
    "dpkg", "apt", "rpm", "apk", "ucf", "misc", "man-db", "systemd", "python", "pam", "dbus", "games", "dnf", "yum",
};

/* Of editors, shells, of what builds, installs and boots: many a library names them. */
static const char *const tools[] = {
    "vim*",      "emacs*",   "xemacs*", "nano", "zsh",  "fish",       "bash-completion", "gcc*",    "cpp",
    "aclocal*",  "cmake*",   "debug*",  "gdb",  "go",   "go-*",       "rustlib",         "cargo*",  "autoconf*",
    "automake*", "libtool*", "debconf", "ucf",  "menu", "tmpfiles.d", "sysusers.d",      "systemd", "udev",
};

static bool is_modelled(const struct image_index *x, const struct image_node *n)
{
	CLEANUP_BUF struct buf home = {0};
	image_index_path(x, n->parent, &home);
	return strncmp(home.data, "/var/", 5) == 0 ? GLOB_MATCH_ANY(state, n->name) : GLOB_MATCH_ANY(modelled, n->name);
}

/* The depth first: each directory above each kept file is asked for, and the path of a deep one is long. */
static bool is_home(const struct image_index *x, uint32_t dir)
{
	unsigned depth = 0;
	for (uint32_t at = dir; at; at = image_index_node(x, at)->parent)
		if (++depth > HOME_DEPTH)
			return false;
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, dir, &path);
	return GLOB_MATCH_ANY(homes, path.data);
}

bool keep_own_tree_is_for_tools(const char *name)
{
	return GLOB_MATCH_ANY(tools, name);
}

uint32_t keep_own_tree_of(const struct image_index *x, uint32_t node)
{
	for (uint32_t at = node; at; at = image_index_node(x, at)->parent) {
		const struct image_node *n = image_index_node(x, at);
		if (keep_tree_is_foreign(n))
			return IMAGE_NONE;
		if (is_home(x, n->parent))
			return S_ISDIR(n->mode) && !is_modelled(x, n) ? at : IMAGE_NONE;
	}
	return IMAGE_NONE;
}
