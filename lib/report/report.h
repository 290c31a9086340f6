/* report/report.h - the result of a verb that runs containers, as text for a person and as JSON for a program
 * (slim.report/v1). The JSON form is described in slim-report(5). Sizes in bytes, times in milliseconds. */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/notes.h"
#include "base/timings.h"
#include "report/checks/drift.h"
#include "report/checks/gates.h"
#include "report/checks/unproven.h"
#include "report/checks/lock.h"
#include "run/result.h"
#include "text/json.h"
#include "trace/trace.h"
#include "verify/verdict.h"

struct report_image {
	char *reference;           /* as the user wrote it; a bare name with the transport that has it */
	char digest[80];           /* of the manifest, else of the config; "" = none    */
	uint64_t size_bytes;       /* content of the unpacked layers */
	uint64_t compressed_bytes; /* of the layer blobs; 0 = not known, or stored unpacked */
	uint64_t layers, files;
};

/* A place that the result was published to. */
struct report_destination {
	char *reference;
	struct strlist names; /* more names there */
	char digest[80];      /* of the manifest or index; in an engine, of the config */
	bool index;           /* it is one of several platforms */
	char *pinned;         /* the image by its digest, as other tools take it; NULL = there is no such form */
};

struct report_stage {
	const char *name; /* "unpack" "record" "keep" "pack" "verify" "check" "publish" */
	uint64_t ms;
};

struct report_trace_file {
	char *path;
	uint64_t paths;  /* in it */
	bool same_image; /* it was recorded from the source, or does not name its image */
};

/* A summary of the traces of all runs. */
struct report_trace {
	uint64_t paths, processes, programs;
	uint64_t kernel_paths;     /* opened by the kernel itself: interpreters */
	uint64_t found, not_found; /* in the image; the rest lies in file systems of the runtime */
	/* Regular files of the image that each witness saw; ptrace and eBPF have the same number if both were used. */
	uint64_t by_ptrace, by_ebpf, by_fanotify;
	uint64_t differences[TRACE_RULES]; /* paths that one witness alone has, by what explains them */
	struct trace_port *ports;          /* that were listened on, by number */
	size_t n_ports;
	struct report_trace_file *files; /* stored traces that were read or written */
	size_t n_files;
};

#define REPORT_TREES 3
struct report_tree {
	char *path; /* a directory, NULL = no more */
	uint64_t bytes;
};

/* What the level safe added. */
struct report_application {
	uint64_t bytes, files;
	struct report_tree biggest[REPORT_TREES];
};

/* The purposes for which files are kept. */
enum report_share {
	REPORT_SHARE_NEEDED, /* by what is used, or to start a container */
	REPORT_SHARE_USED,
	REPORT_SHARE_APPLICATION,
	REPORT_SHARE_TREES,   /* programs' own trees */
	REPORT_SHARE_NAMED,   /* packages that were installed by name */
	REPORT_SHARE_OPTIONS, /* the user asked for it */
	REPORT_SHARE_REST,    /* the level most keeps it */
};
#define REPORT_SHARES (REPORT_SHARE_REST + 1)
extern const char *const report_share_names[REPORT_SHARES];
struct report_shares {
	uint64_t bytes[REPORT_SHARES];          /* of regular files; all 0 = not known */
	struct report_tree trees[REPORT_TREES]; /* the biggest of REPORT_SHARE_TREES */
};

/* The files that each step was the first to need, see needs.h. */
struct report_needs {
	struct report_need {
		uint64_t files, bytes;
		char *package; /* the one that owns most of the bytes; NULL = no package owns any */
		uint64_t package_bytes;
	} * items; /* by step, over all runs; NULL = not known */
	size_t count;
};

/* Regular files of the image that the runs used. A run is a variant of the exercises (exercise/variant.h). */
struct report_stability {
	unsigned runs; /* 0 = there was only the first */
	uint64_t files, files_in_some;
	struct report_unstable {
		char *path;
		uint32_t runs; /* those that used it, but not all did: bits */
	} * items;
	size_t n_items;
};

struct report {
	struct report_image source, result;
	struct report_destination *destinations;
	size_t n_destinations;
	struct report_stage stages[16];
	size_t n_stages;
	struct run_results runs; /* those of further variants last */
	struct notes notes;
	struct err error;       /* why the result was not published: it is not equal, the exercise or a gate failed, or
				   why the original was published in its place; all zero = it was */
	uint64_t cached_layers; /* of the source's, already unpacked */
	uint64_t in_place_layers; /* of the source's, used where they lie outside of the store */
	uint64_t store_bytes;     /* content that unpacking the source's layers wrote to the store */
	struct report_trace trace;
	struct report_application application;
	struct report_shares shares;
	struct report_needs needs;
	struct report_stability stability;
	struct verify_verdict verify;
	struct report_gates gates;
	struct report_unproven unproven;
	struct report_lock lock;
	struct report_drift drift;      /* of the stored traces */
	struct json_list kept, dropped; /* reasons.h; depth 0 = not known */
	json_t *packages;               /* the same; NULL = not known */
	json_t *layers;                 /* layers.h, of the source; NULL = not known */
	struct timings *timings;        /* borrowed; NULL = not asked for */
};

void report_stage_add(struct report *r, const char *name, uint64_t ms); /* name is borrowed; a known one adds up */
void report_trace_add(struct report *r, const struct trace *t);         /* fills trace, but for files */
void report_trace_file_add(struct report *r, const char *path, uint64_t paths, bool same_image);
/* reasons: with the members of reasons.h, which are as many as the image has files. */
void report_json(const struct report *r, bool reasons, struct buf *out);
/* The same, but the text goes to sink in parts: with reasons it is never in memory as a whole. */
int report_json_write(const struct report *r, bool reasons, buf_sink *sink, void *ctx, struct err *err) MUST_CHECK;
/* Every string from outside is escaped. Without a result (no reference, no digest) only the source's side. */
void report_text(const struct report *r, struct buf *out);
/* Parts of it, for one of several results: sizes, verification, gates and notes; then the destinations. */
void report_text_brief(const struct report *r, struct buf *out);
void report_text_destinations(const struct report *r, struct buf *out);
void report_done(struct report *r);
#define CLEANUP_REPORT CLEANUP(report_done)
