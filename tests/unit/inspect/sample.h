/* tests/unit/inspect/sample.h - layers written as text (unpack/text_image.h), read as lists. */
#pragma once

#include "inspect/history.h"
#include "unpack/text_image.h"

static inline void sample_list(const char *lines, size_t place, const struct inspect_watch *watch,
			       struct inspect_list *out)
{
	struct layer_digests written, d;
	struct err err = {0};
	int fd = write_layer(lines, OCI_COMPRESSION_GZIP, &written);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	if (inspect_list_read(io_reader_fd(fd), place, watch, out, &d, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(d.diff_id.text, written.diff_id.text);
}

/* layers: NULL-terminated, bottom first. */
static inline void sample_lists(const char *const *layers, const struct inspect_watch *watch, struct inspect_lists *out)
{
	*out = (struct inspect_lists){.items = mem_calloc(16, sizeof(*out->items))};
	for (; layers[out->count]; out->count++)
		sample_list(layers[out->count], out->count, watch, &out->items[out->count]);
}

static inline void sample_history(const struct inspect_lists *lists, struct inspect_history *out)
{
	struct err err = {0};
	if (inspect_history_make(lists, out, &err) < 0)
		fail_msg("%s", err.msg);
}
