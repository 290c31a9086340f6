/* unpack/unpack_layer.h - unpacks one layer of an image and commits it to the store; for unpack*.c. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "base/progress.h"
#include "image/layers.h"
#include "layer/codec.h"
#include "store/store.h"
#include "unpack/blob_source.h"
#include "unpack/tree.h"

/* What the threads of one unpacking share. */
struct unpack_shared {
	const struct store *store;
	const struct store_run *run;
	const struct unpack_blob_source *source;
	const struct progress *progress;
	atomic_bool stop;     /* one has failed: tells the others to end */
	atomic_size_t memory; /* that the trees take */
	atomic_ullong written;
	atomic_ullong holes; /* bytes, in all layers that were unpacked */
	pthread_mutex_t mutex;
	uint64_t done, reported, total; /* bytes of blobs; total 0 = not known; under mutex */
};

struct unpack_job {
	struct unpack_shared *shared;
	size_t number, count;              /* bottom = 1 */
	const struct oci_descriptor *blob; /* NULL = it comes in a stream */
	const struct oci_digest *diff_id;
	bool wanted; /* nobody has it yet */
	struct oci_digest chain_id;
	struct image_layer *layer; /* in the result; path set = it is in the store */
	char *dir;                 /* in the run's directory while it is not */
	int fs;                    /* of dir/fs */
	struct unpack_tree *tree;  /* unpacked, waiting for its parents */
};

/* Unpack it, and commit it if it needs no parents. The calling thread's umask must be 0. */
int unpack_job_run(struct unpack_job *j, struct err *err) MUST_CHECK;
/* The same in two steps, for a tar that is not identified yet: j has no blob and no diff ID. in is taken over. After
 * _read, hand it to its job (_take), which commits it. */
int unpack_job_read(struct unpack_job *j, struct io_reader in, struct layer_digests *out, struct err *err) MUST_CHECK;
int unpack_job_take(struct unpack_job *j, struct unpack_job *from, uint64_t tar_size, struct err *err) MUST_CHECK;
/* Commit one that needs parents: lower are the roots of all layers below, bottom first. */
int unpack_job_settle(struct unpack_job *j, const int *lower, struct err *err) MUST_CHECK;
/* Frees what is not committed, and removes it if remove is true: else it goes with the run. */
void unpack_job_done(struct unpack_job *j, bool remove);
