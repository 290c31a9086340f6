#include "unit.h"

#include <stdlib.h>

#include "cmd/complete/complete.h"
#include "cmd/complete/scripts.h"

/* What is offered, a line each: words behind the program's name, with a blank between two, a last blank = "". */
static char *offered(const char *line)
{
	CLEANUP_STRLIST struct strlist words = {0};
	struct buf out = {0};
	for (const char *p = line;;) {
		size_t n = strcspn(p, " ");
		CLEANUP_BUF struct buf word = {0};
		buf_append(&word, p, n);
		strlist_add(&words, word.len ? word.data : "");
		if (!p[n])
			break;
		p += n + 1;
	}
	complete_words(&words, &out);
	return buf_steal(&out);
}

static bool has_line(const char *text, const char *word)
{
	const size_t n = strlen(word);
	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, word, n) == 0 && (p[n] == '\n' || p[n] == '\t'))
			return true;
	return false;
}

static void each_place_has_its_candidates(void **state)
{
	static const struct {
		const char *line, *has, *lacks;
	} cases[] = {
	    {"", "build", "__complete"},
	    {"", "completion", "--help"},
	    {"b", "build", "verify"},
	    {"-", "--version", "build"},
	    {"help ", "record", "help"},
	    {"completion ", "zsh", ":files"},
	    {"build --o", "--output", "--tag"},
	    {"build --", "--help", "--help=all"},
	    {"build --help", "--help=all", "--push"},
	    {"build --help=", "--help=all", "--help"},
	    {"build --format ", "docker", ":files"},
	    {"build --format d", "docker", "oci"},
	    {"build --format=d", "--format=docker", "docker"},
	    {"build --keep ", "closure", "build"},
	    {"build --sensor ", "ptrace", "KIND"},
	    {"build --tls-verify=", "--tls-verify=false", ":files"},
	    {"build --network ", "ns:", "NET"},
	    {"build --report ", ":files", "oci:"},
	    {"build --report=x", ":files", ":directories"},
	    {"build --store ", ":directories", ":files"},
	    {"build --workdir ", "", ":directories"}, /* of the container */
	    {"build --trace ", "attached", ":directories"},
	    {"build -o ", "oci-archive:", ":files"},
	    {"build --unknown ", "oci:", "--unknown"},
	    {"cache ", "prune", "oci:"},
	    {"cache p", "prune", "ls"},
	    {"cache ls ", "", "prune"},
	    {"trace ", "show", ":files"},
	    {"trace show ", ":files", "oci:"},
	    {"trace diff a ", ":files", "show"},
	    {"trace merge a b ", ":files", "show"},
	    {"trace pull ", "docker://", ":files"},
	    {"trace push a b ", ":files", "show"},
	    {"why ", ":files", "PATH"},
	    {"why --request x r ", "", ":files"},
	    {"verify --json a docker-a", "docker-archive:", "oci:"},
	    {"verify a b -- ", "", ":files"},
	    {"no-such-verb ", "", "oci:"},
	};
	/* no engine of this machine */
	setenv("DOCKER_HOST", "unix:///nowhere/docker.sock", 1);
	setenv("CONTAINER_HOST", "unix:///nowhere/podman.sock", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *text = offered(cases[i].line);
		if (*cases[i].has ? !has_line(text, cases[i].has) : *text != '\0')
			fail_msg("\"%s\" lacks \"%s\": %s", cases[i].line, cases[i].has, text);
		if (has_line(text, cases[i].lacks))
			fail_msg("\"%s\" has \"%s\": %s", cases[i].line, cases[i].lacks, text);
	}
}

static void a_candidate_is_described(void **state)
{
	CLEANUP_FREE char *text = offered("build --ver");
	assert_string_equal(text, "--verify\trun the result as the original was run, and compare\n"
				  "--verbose\tdescribe each step on stderr\n");
}

static int script(const char *shell, struct outcome *out)
{
	char *argv[] = {(char *)"completion", (char *)shell, NULL};
	return complete_script(shell ? 2 : 1, argv, out);
}

static void each_shell_has_a_script(void **state)
{
	size_t n = 0;
	for (; complete_scripts[n].shell; n++) {
		struct outcome out = {0};
		assert_int_equal(script(complete_scripts[n].shell, &out), EXIT_DONE);
		assert_non_null(strstr(out.result.data, "__complete"));
		outcome_done(&out);
	}
	assert_int_equal(n, 3);
	struct outcome other = {0}, none = {0};
	assert_int_equal(script("csh", &other), EXIT_USAGE);
	assert_non_null(strstr(other.err.msg, "csh"));
	assert_int_equal(script(NULL, &none), EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_place_has_its_candidates),
	    cmocka_unit_test(a_candidate_is_described),
	    cmocka_unit_test(each_shell_has_a_script),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
