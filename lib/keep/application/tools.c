#include "keep/application/tools.h"

#include <string.h>

#include "keep/build_tools.h"
#include "keep/words.h"
#include "text/glob.h"

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
	       GLOB_MATCH_ANY(globs, p->name);
}
