#include "keep/application/tools.h"

#include <string.h>

#include "keep/build_tools.h"
#include "keep/words.h"
#include "text/glob.h"

static bool is_one(const char *const *globs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (glob_match_name(globs[i], strlen(globs[i]), name, strlen(name)))
			return true;
	return false;
}

bool keep_tools_are(const struct package *p)
{
	static const char *const sections[] = {"vcs", "editors", "shells", "kernel"};
	static const char *const globs[] = {"curl",
					    "wget",
					    "openssh-client*",
					    "aria2",
					    "gnupg*",
					    "gpg*",
					    "dirmngr",
					    "apt-transport-https",
					    "software-properties-common",
					    "lsb-release",
					    "git",
					    "mercurial",
					    "subversion",
					    "vim*",
					    "nano",
					    "strace",
					    "gdb",
					    "bash-completion"};
	return keep_build_tools_are(p) || (p->section && KEEP_WORDS_HAVE(sections, p->section)) ||
	       is_one(globs, sizeof(globs) / sizeof(globs[0]), p->name);
}
