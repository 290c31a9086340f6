#include "fuzz.h"
#include "runtime/subid.h"

/* Checks that ranges do not overlap, and do not contain the user's own id. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct runtime_subid_user user = {"app", 1000, 1000};
	struct runtime_subid_ranges r;
	uint64_t ids = 0;
	runtime_subid_parse((const char *)data, n, &user, &r);
	assert(r.n <= RUNTIME_SUBID_RANGES);
	for (size_t i = 0; i < r.n; i++) {
		const uint64_t start = r.items[i].start, end = start + r.items[i].count;
		assert(start < end && end <= UINT32_MAX && (user.own < start || user.own >= end));
		for (size_t j = 0; j < i; j++)
			assert(end <= r.items[j].start || start >= (uint64_t)r.items[j].start + r.items[j].count);
		ids += r.items[i].count;
	}
	assert(ids == r.ids);
	return 0;
}
