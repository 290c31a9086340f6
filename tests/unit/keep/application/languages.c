#include "unit.h"

#include "keep/application/languages.h"

static void asked_for(void **state)
{
	static const struct {
		const char *env, *path;
		bool other;
	} cases[] = {
	    {NULL, "/usr/share/locale/de", true},
	    {NULL, "/usr/share/locale/en_GB", false},
	    {"LANG=C.UTF-8", "/usr/share/locale/de", true},
	    {"LANG=de_AT.UTF-8", "/usr/share/locale/de", false},
	    {"LANG=de_AT.UTF-8", "/usr/share/locale/de_DE", false},
	    {"LANG=de_AT.UTF-8", "/usr/share/locale/fr", true},
	    {"LC_ALL=fr", "/usr/local/share/locale/fr@quot", false},
	    {"LANGUAGE=sr:pt_BR", "/usr/share/locale/pt", false},
	    {"LANGUAGE=sr:pt_BR", "/usr/share/locale/es", true},
	    {NULL, "/usr/share/locale/kab", true},
	    {NULL, "/usr/share/locale/default", false},        /* no language */
	    {NULL, "/usr/share/locale/de/LC_MESSAGES", false}, /* what it is in is asked first */
	    {NULL, "/app/locale/de", false},
	    {NULL, "/", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_STRLIST struct strlist env = {0};
		if (cases[i].env)
			strlist_add(&env, cases[i].env);
		CLEANUP_STRSET struct strset languages = {0};
		keep_languages_of(&env, &languages);
		if (keep_languages_is_other(&languages, cases[i].path) != cases[i].other)
			fail_msg("%s with %s", cases[i].path, cases[i].env ? cases[i].env : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(asked_for)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
