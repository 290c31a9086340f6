#include "findings/rules/rule.h"

#define RULE(name, how, words, text)                                                                                   \
	.id = name, .kind = FINDINGS_DANGER, .severity = how, .title = words, .advice = text

const struct findings_rule findings_rules_danger[] = {
    {RULE("world-writable-program", FINDINGS_HIGH, "programs that every user can change",
	  "Run chmod o-w %f in the step of layer %l: whoever gets into the container can replace what others start."),
     .match = FINDINGS_BY_MODE, .mode = 0002, .any = 0111},
    {RULE("world-writable-library", FINDINGS_HIGH, "libraries that every user can change",
	  "Run chmod o-w %f in the step of layer %l: whoever gets into the container can replace what programs load."),
     .match = FINDINGS_BY_MODE, .mode = 0002, .any = 0666, .paths = FINDINGS_LIST("*.so", "*.so.*", "*.jar", "*.pth")},
    {RULE("world-writable-directory", FINDINGS_HIGH, "system directories that every user can change",
	  "Run chmod o-w %f in the step of layer %l: every user can add programs, libraries or settings there."),
     .match = FINDINGS_BY_MODE, .mode = 0002, .any = 0777, .directories = true,
     .paths = FINDINGS_LIST("/", "/bin", "/sbin", "/etc", "/lib", "/lib64", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib",
			    "/usr/lib64", "/usr/local", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/opt")},
    {RULE("setuid-program", FINDINGS_MEDIUM, "programs that run with their owner's rights",
	  "Run chmod u-s %f in a RUN line, unless a user of the container needs them."),
     .match = FINDINGS_BY_MODE, .mode = 04000, .any = 0111},
    {RULE("setgid-program", FINDINGS_LOW, "programs that run with their group's rights",
	  "Run chmod g-s %f in a RUN line, unless a user of the container needs them."),
     .match = FINDINGS_BY_MODE, .mode = 02000, .any = 0111},
    {RULE("root-user", FINDINGS_MEDIUM, "the container runs as root",
	  "Add USER %n to the end of the Dockerfile: a flaw of the program then does not give root's rights."),
     .match = FINDINGS_BY_FACT, .what = FINDINGS_ROOT_USER},
};
const size_t findings_rules_danger_count = sizeof(findings_rules_danger) / sizeof(findings_rules_danger[0]);
