/* Records of the eBPF recorder's kernel side, each after two bytes with its size. */
#include "fuzz.h"
#include "sensor/ebpf/record_reader.h"
#include "sensor/syscalls.h"

/* Checks that the paths of the trace are absolute. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct ebpf_commands commands; /* no command runs */
	struct sensor_event_queue events;
	struct sensor_paths paths = {0};
	struct ebpf_record_reader r;
	const int root = fuzz_directory(), ok = sensor_event_queue_init(&events, NULL);
	assert(ok == 0 && (symlinkat("/d", root, "l") == 0 || faccessat(root, "l", F_OK, AT_SYMLINK_NOFOLLOW) == 0));
	sensor_syscalls_init();
	ebpf_commands_init(&commands, NULL);
	sensor_paths_init(&paths, TRACE_BY_EBPF);
	ebpf_record_reader_init(&r, root, 3, &events, &paths, &commands);
	while (n >= 2) {
		const size_t said = data[0] | (size_t)data[1] << 8, size = said < n - 2 ? said : n - 2;
		CLEANUP_FREE struct record *rec = mem_dup(data + 2, size);
		if (size >= sizeof(*rec))
			rec->tid = (__u32)getpid(); /* not just any process's files */
		ebpf_record_reader_take(&r, rec, size);
		data += 2 + size;
		n -= 2 + size;
	}
	for (size_t i = 0; i < r.trace.paths.count; i++)
		assert(strset_get(&r.trace.paths, i)[0] == '/');
	ebpf_record_reader_done(&r);
	sensor_paths_done(&paths);
	ebpf_commands_done(&commands);
	sensor_event_queue_done(&events);
	return 0;
}
