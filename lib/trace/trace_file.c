#include "trace/trace_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "trace/unite.h"

void trace_file_add_image(struct trace_file *f, const char *reference, const char *digest)
{
	for (size_t i = 0; i < f->n_images; i++) {
		struct trace_image *known = &f->images[i];
		if (strcmp(known->digest, digest) != 0)
			continue;
		if (strcmp(reference, known->reference) < 0) {
			free(known->reference);
			known->reference = mem_strdup(reference);
		}
		return;
	}
	f->images = mem_realloc(f->images, f->n_images + 1, sizeof(*f->images));
	f->images[f->n_images++] = (struct trace_image){mem_strdup(reference), mem_strdup(digest)};
}

bool trace_file_has_image(const struct trace_file *f, const char *digest)
{
	for (size_t i = 0; i < f->n_images; i++)
		if (strcmp(f->images[i].digest, digest) == 0)
			return true;
	return false;
}

void trace_file_merge(struct trace_file *into, const struct trace_file *from)
{
	for (size_t i = 0; i < from->n_images; i++)
		trace_file_add_image(into, from->images[i].reference, from->images[i].digest);
	trace_unite(&into->trace, &from->trace);
}

void trace_file_done(struct trace_file *f)
{
	for (size_t i = 0; i < f->n_images; i++) {
		free(f->images[i].reference);
		free(f->images[i].digest);
	}
	free(f->images);
	trace_done(&f->trace);
	*f = (struct trace_file){0};
}
