/* Takes the place of ebpf.c if slim is built without libbpf. */
#include "sensor/recorder.h"

static int none_load(void **out, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "ebpf-not-built", "this slim was built without eBPF (libbpf and clang)");
}

const struct sensor_recorder sensor_ebpf = {.load = none_load};
