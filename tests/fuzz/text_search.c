/* Texts to search for, a line each, an empty line, and where to search. */
#include "formats/text_search.h"
#include "fuzz.h"

struct search {
	const struct strset *texts;
	struct fuzz_input in;
	size_t found;
};

static void on_found(void *ctx, size_t id, size_t at)
{
	struct search *s = ctx;
	const struct strset_item *text = &s->texts->items[id];
	assert(at <= s->in.n && text->len <= s->in.n - at && memcmp(s->in.data + at, text->s, text->len) == 0);
	s->found++;
}

/* Checks that it finds the same as a search for each text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct search s = {.in = {data, n}};
	CLEANUP_STRSET struct strset texts = {0};
	CLEANUP_FREE char *lines = fuzz_cut(&s.in, "\n\n");
	char *rest = lines;
	s.texts = &texts;
	for (char *line; (line = strsep(&rest, "\n")) && texts.count < 64;)
		if (strlen(line) >= KEEP_TEXT_MIN)
			(void)strset_add(&texts, line);
	struct text_search *search = text_search_new(&texts);
	text_search_run(search, (const char *)s.in.data, s.in.n, on_found, &s);
	text_search_free(search);
	size_t want = 0;
	for (size_t i = 0; i < texts.count; i++)
		for (const uint8_t *at = s.in.data, *end = at + s.in.n;
		     at < end && (at = memmem(at, (size_t)(end - at), texts.items[i].s, texts.items[i].len)); at++)
			want++;
	assert(s.found == want);
	return 0;
}
