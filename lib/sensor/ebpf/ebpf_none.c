/* Takes the place of ebpf.c if slim is built without libbpf. */
#include "sensor/recorder.h"

static int none_open(const struct sensor_site *site, void **out, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "ebpf-not-built", "this slim was built without eBPF (libbpf and clang)");
}

static int none_adopt(const struct sensor_site *site, uint32_t pid_ns, void **out, struct err *err)
{
	return none_open(site, out, err);
}

const struct sensor_recorder sensor_ebpf = {.open = none_open, .adopt = none_adopt};
