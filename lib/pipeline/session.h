/* pipeline/session.h - an image that was fetched and unpacked: the two stages with which every verb begins.
 * Lifetime: pipeline_session_init, the stages in order, pipeline_session_done, which undoes all of them. */
#pragma once

#include "base/notes.h"
#include "pipeline/index_builder.h"
#include "run/expectation.h"
#include "run/options.h"
#include "store/store.h"
#include "transport/engines.h"
#include "transport/transport.h"

struct pipeline_session;

struct pipeline_session_options {
	struct oci_ref source;
	const char *source_text;             /* as the user wrote it */
	struct transport_source *opened;     /* the source, if it is open already; borrowed. NULL = it is opened */
	const struct oci_platform *platform; /* NULL = the host's */
	const char *store, *runtime;         /* NULL = the usual ones */
	uint64_t max_sparse;                 /* store.h; 0 = the usual limit */
	struct transport_options access;     /* without tmp_dir and progress, which are the run's */
	/* The exercises for this image, made once its config is known; they live as long as ctx. */
	size_t (*plan)(void *ctx, const struct oci_image_config *config, const struct exercise **out);
	void *plan_ctx;
	/* Makes what surrounds each run, before the first one, and undoes it after the last. runs: the options of the
	 * runs, which it may change. NULL = the container is alone. */
	int (*surround)(void *ctx, struct pipeline_session *s, struct run_options *runs, struct err *err);
	void (*leave)(void *ctx);
	void *surround_ctx;
	struct run_options record;     /* without runtime, exercises, log_fd */
	const struct oci_port *expose; /* as if the image exposed them, too; it has no effect on the result */
	size_t n_expose;
	const struct strlist *volumes; /* as if it had these volumes, too; NULL = none */
	const struct strlist *runs;    /* --run: each replaces the command */
	size_t n_runs;
	const struct strlist *programs; /* --exec-alone: run_site has them */
	size_t n_programs;
	bool publishes;    /* the user wants ports published */
	bool restarts;     /* each container is started a second time */
	unsigned variants; /* of the exercises (exercise/variant.h) that the original is run with; 0 = one */
	struct run_expectation expected; /* of the original's runs; borrowed */
	const struct notes *notes;       /* on the options themselves; NULL = none */
	bool crawls;                     /* the HTTP probe was left to find its way by itself */
};

struct pipeline_session {
	const struct pipeline_session_options *options;
	const struct progress *progress;
	struct store store;
	uint64_t cache_max; /* bytes that the store is pruned to at the end; UINT64_MAX = no limit */
	struct store_run run;
	struct transport_engines *engines; /* of the source and the destinations */
	struct transport_source *source;
	struct transport_image image;
	struct image_layers layers;
	struct pipeline_index_builder indexing;
	const struct image_index *index; /* from pipeline_session_index on */
};

void pipeline_session_init(struct pipeline_session *s, const struct pipeline_session_options *options,
			   const struct progress *progress);
/* The options with which images are opened in this run. */
struct transport_options pipeline_session_access(const struct pipeline_session *s);
/* Opens the store and the source, and looks for no image in it. */
int pipeline_session_open(struct pipeline_session *s, struct err *err) MUST_CHECK;
/* The same, and finds the image. */
int pipeline_session_fetch(struct pipeline_session *s, struct err *err) MUST_CHECK;
/* Unpacks the layers and starts to build the index, which goes on while the container runs. */
int pipeline_session_unpack(struct pipeline_session *s, struct err *err) MUST_CHECK;
/* Waits for the index. */
int pipeline_session_index(struct pipeline_session *s, struct err *err) MUST_CHECK;
/* Waits for what still goes on in the background, whatever comes of it. */
void pipeline_session_settle(struct pipeline_session *s);
/* The digest of the image's manifest, or of its config if it has no manifest. */
const char *pipeline_session_digest(const struct pipeline_session *s);
/* A new file of the run's directory, or a negative code. */
int pipeline_session_new_file(struct pipeline_session *s, const char *name, int flags, struct err *err) MUST_CHECK;
void pipeline_session_done(struct pipeline_session *s);
