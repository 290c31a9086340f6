/* unpack_image REFERENCE STORE - what unpacking an image costs, for unpack.py: unpacks it into STORE,
 * indexes it and prints JSON: seconds of both, what came of it, the peak of memory. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "image/index.h"
#include "pipeline/transport_blobs.h"

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int measure(struct store *store, struct store_run *run, struct transport_source *source, struct err *err)
{
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	CLEANUP_IMAGE_LAYERS struct image_layers layers = {0};
	CLEANUP_IMAGE_INDEX struct image_index *index = NULL;
	int r = transport_source_image(source, NULL, &image, err);
	if (r < 0)
		return r;
	double start = now();
	if ((r = pipeline_unpack(store, run, source, &image, NULL, &layers, err)) < 0)
		return r;
	double unpacked = now();
	if ((r = image_index_build(&layers, &index, err)) < 0)
		return r;
	double indexed = now();
	uint64_t bytes = 0, tars = 0;
	for (size_t i = 0; i < layers.count; i++) {
		bytes += layers.items[i].bytes;
		tars += layers.items[i].tar_size;
	}
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	printf("{\"unpack_s\": %.3f, \"index_s\": %.3f, \"layers\": %zu, \"paths\": %" PRIu32 ", \"bytes\": %" PRIu64
	       ", \"tar_bytes\": %" PRIu64 ", \"rss_kb\": %ld}\n",
	       unpacked - start, indexed - unpacked, layers.count, image_index_count(index), bytes, tars, u.ru_maxrss);
	return 0;
}

static int run_in(const char *reference, const char *dir, struct err *err)
{
	struct oci_ref ref = {0};
	struct store store;
	struct store_run run;
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	int r = oci_ref_parse(reference, &ref, err);
	if (r < 0 || (r = transport_source_open(&ref, NULL, &source, err)) < 0)
		return r;
	if ((r = store_open(dir, &store, err)) < 0)
		return r;
	if ((r = store_run_new(&store, &run, err)) == 0) {
		r = measure(&store, &run, source, err);
		store_run_done(&run);
	}
	store_done(&store);
	oci_ref_done(&ref);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	if (argc != 3) {
		fprintf(stderr, "usage: %s REFERENCE STORE\n", argv[0]);
		return 2;
	}
	if (run_in(argv[1], argv[2], &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	return 0;
}
