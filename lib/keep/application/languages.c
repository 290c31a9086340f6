#include "keep/application/languages.h"

#include <string.h>

/* Of "pt_BR.UTF-8@x": "pt". 0 if the text begins with no code of ISO 639. */
static size_t code_length(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	return (n == 2 || n == 3) && strchr("_.@:/", text[n]) ? n : 0; /* strchr: the end, too */
}

void keep_languages_of(const struct strlist *env, struct strset *out)
{
	static const char *const variables[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
	(void)strset_add(out, "en");
	for (size_t i = 0; env && i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *at = strlist_get_env(env, variables[i]);
		while (at && *at) { /* LANGUAGE is a list */
			size_t n = code_length(at);
			if (n)
				(void)strset_add_len(out, at, n, NULL);
			at += strcspn(at, ":");
			at += *at == ':';
		}
	}
}

bool keep_languages_is_other(const struct strset *languages, const char *path)
{
	static const char place[] = "/share/locale/";
	const char *slash = strrchr(path, '/');
	size_t len = sizeof(place) - 1, before = slash ? (size_t)(slash + 1 - path) : 0;
	if (before < len || strncmp(slash + 1 - len, place, len) != 0)
		return false;
	size_t n = code_length(slash + 1);
	return n && strset_find_len(languages, slash + 1, n) == STRSET_NONE;
}
