/* cmd/init/file.h - the text of the slim.yaml that slim init writes. */
#pragma once

#include "cmd/init/service.h"
#include "oci/ref.h"

/* The source of the image, for the files that name it. */
struct init_source {
	const char *text;          /* as the user wrote it; borrowed */
	const struct oci_ref *ref; /* parsed; borrowed */
	char *untagged;            /* text up to its tag; NULL = a pipeline can't change its tag */
	char *tag;                 /* the tag, "latest" if text has none */
	bool local;                /* the image is built on this machine, with docker build */
};

void init_source_look(const char *text, const struct oci_ref *ref, struct init_source *out);
void init_source_done(struct init_source *s);
#define CLEANUP_INIT_SOURCE CLEANUP(init_source_done)

/* Appends the file. Quotes all text from the image and the command line. */
void init_file_text(const struct init_source *source, const struct init_service *s, struct buf *out);
