#include "unit.h"

#include <stdatomic.h>

#include "exercise/variant.h"

#define N 20

static void order_of(unsigned variant, size_t *out)
{
	for (size_t i = 0; i < N; i++)
		out[i] = i;
	exercise_variant_order(variant, out, N);
}

static void orders(void **state)
{
	size_t given[N], turned[N], all[EXERCISE_VARIANTS][N];
	for (size_t i = 0; i < N; i++) {
		given[i] = i;
		turned[i] = N - 1 - i;
	}
	for (unsigned v = 0; v < EXERCISE_VARIANTS; v++) {
		size_t again[N];
		unsigned sum = 0;
		order_of(v, all[v]);
		order_of(v, again);
		assert_memory_equal(all[v], again, sizeof(again));
		for (size_t i = 0; i < N; i++)
			sum |= 1u << all[v][i];
		assert_int_equal(sum, (1u << N) - 1); /* each once */
		for (unsigned w = 0; w < v; w++)
			assert_memory_not_equal(all[v], all[w], sizeof(again));
	}
	assert_memory_equal(all[0], given, sizeof(given));
	assert_memory_equal(all[1], turned, sizeof(turned));
	exercise_variant_order(2, given, 0);
	exercise_variant_order(2, given, 1);
	assert_int_equal(given[0], 0);
}

static void workers(void **state)
{
	const unsigned want[] = {1, 2, 4, 1, 2, 4};
	for (unsigned v = 0; v < 6; v++)
		assert_int_equal(exercise_variant_workers(v), want[v]);
}

struct count {
	_Atomic unsigned calls[N], workers;
};

static void one(void *ctx, unsigned worker, size_t i)
{
	struct count *c = ctx;
	c->calls[i]++;
	c->workers |= 1u << worker;
}

static void each_is_done_once(void **state)
{
	for (unsigned workers = 1; workers <= 4; workers++) {
		struct count c = {0};
		exercise_variant_share(workers, N, one, &c);
		for (size_t i = 0; i < N; i++)
			assert_int_equal(c.calls[i], 1);
		assert_true(c.workers && c.workers < 1u << workers);
	}
	exercise_variant_share(2, 0, one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(orders),
	    cmocka_unit_test(workers),
	    cmocka_unit_test(each_is_done_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
