#include "probe/links/json.h"

#include <jansson.h>
#include <string.h>

#include "base/limits.h"
#include "text/json.h"

/* The values of members named key, on all levels of v. The reader bounds the depth. */
static void add_named(struct probe_links *l, const json_t *v, const char *key)
{
	const char *name;
	json_t *member;
	size_t i;
	if (json_is_array(v))
		json_array_foreach (v, i, member)
			add_named(l, member, key);
	if (json_is_object(v))
		json_object_foreach ((json_t *)v, name, member) {
			if (json_is_string(member) && strcmp(name, key) == 0)
				probe_links_add(l, PROBE_LINK_PART, json_string_value(member),
						json_string_length(member));
			else
				add_named(l, member, key);
		}
}

/* All URLs of an import map's object, on all levels; one that ends in a slash only begins others. */
static void add_values(struct probe_links *l, const json_t *v)
{
	const char *name, *s = json_string_value(v);
	json_t *member;
	size_t n = json_string_length(v);
	if (n && (*s == '/' || *s == '.' || strncmp(s, "http", 4) == 0) && s[n - 1] != '/')
		probe_links_add(l, PROBE_LINK_PART, s, n);
	if (json_is_object(v))
		json_object_foreach ((json_t *)v, name, member)
			add_values(l, member);
}

void probe_links_json(struct probe_links *l, const char *s, size_t n)
{
	static const char *const lists[] = {"icons", "screenshots", "shortcuts"};
	json_t *root = NULL;
	if (json_parse_object(s, n, LIMIT_HTML, "manifest", &root, NULL) < 0)
		return;
	json_auto_t *owned = root;
	const char *start = json_string_value(json_object_get(owned, "start_url"));
	bool manifest = start || json_is_array(json_object_get(owned, "icons"));
	if (start)
		probe_links_add(l, PROBE_LINK_PAGE, start, strlen(start));
	for (size_t i = 0; manifest && i < sizeof(lists) / sizeof(*lists); i++) {
		const json_t *list = json_object_get(owned, lists[i]);
		add_named(l, list, "src");
		add_named(l, list, "url");
	}
	if (manifest)
		add_named(l, json_object_get(owned, "serviceworker"), "src");
	add_values(l, json_object_get(owned, "imports"));
	add_values(l, json_object_get(owned, "scopes"));
}
