/* probe/script/generate.h - bodies for requests whose author has no file at hand. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct probe_generated {
	const char *name;      /* text, json, image, png, jpeg, gif */
	const char *type;      /* content type */
	const char *file_name; /* for a form */
	const void *data;      /* without "${" */
	size_t n;
};

/* Returns the body of that name, static; NULL = the name is not known. Images are 8 x 8 red pixels; image is a PNG. */
const struct probe_generated *probe_generate(const char *name);
