#include "unit.h"

#include "inspect/figures.h"
#include "inspect/final.h"
#include "inspect/sample.h"

static char *show(const struct inspect_rows *r)
{
	struct buf b = {0};
	buf_str(&b, "");
	for (size_t i = 0; i < r->count; i++)
		buf_printf(&b, "%s %llu %zu;", r->items[i].name, (unsigned long long)r->items[i].bytes,
			   r->items[i].count);
	return buf_steal(&b);
}

static void expect(const struct inspect_rows *r, const char *text)
{
	CLEANUP_FREE char *found = show(r);
	assert_string_equal(found, text);
}

static const char *const layers[] = {
    "d opt 755 0:0 1\nd opt/app 755 0:0 1\nf opt/app/a 644 0:0 1 1234567890\nf opt/app/b 644 0:0 1 1234567890\n"
    "f opt/x 644 0:0 1 1\nd var 755 0:0 1\nf var/log 644 0:0 1 123456789012\nf var/old 644 0:0 1 abc\n",
    "d opt/app/d 755 0:0 1\nf opt/app/e 644 0:0 1\nl opt/app/l 777 0:0 1 a\nf var/log 644 0:0 1 12345\nf var/.wh.old 0 "
    "0:0 1\nf opt/app/c 644 0:0 1 1234567890\n",
    NULL,
};

static void makes(size_t max, struct inspect_figures *f)
{
	struct err err = {0};
	CLEANUP_INSPECT_LISTS struct inspect_lists lists;
	CLEANUP_INSPECT_HISTORY struct inspect_history h = {0};
	CLEANUP_IMAGE_INDEX struct image_index *x = NULL;
	struct inspect_final final;
	sample_lists(layers, NULL, &lists);
	sample_history(&lists, &h);
	if (inspect_final_index(&h, &lists, NULL, &final, &x, &err) < 0)
		fail_msg("%s", err.msg);
	uint32_t *owner = mem_calloc(image_index_count(x), sizeof(*owner));
	for (uint32_t id = 0; id < image_index_count(x); id++)
		owner[id] = PACKAGES_NONE;
	owner[image_index_resolve(x, "/opt/app/a", false, NULL, NULL)] = 0;
	owner[image_index_resolve(x, "/opt/app/b", false, NULL, NULL)] = 0;
	owner[image_index_resolve(x, "/var/log", false, NULL, NULL)] = 1;
	char names[][5] = {"app", "log", "none"}, versions[][2] = {"1", "2"};
	struct package items[] = {{.name = names[0], .version = versions[0]},
				  {.name = names[1], .version = versions[1]},
				  {.name = names[2], .version = versions[1]}};
	const struct packages p = {.items = items, .count = 3, .owner = owner};
	inspect_figures_make(&h, &p, x, max, f);
	free(owner);
}

static void largest_first(void **state)
{
	CLEANUP_INSPECT_FIGURES struct inspect_figures f;
	makes(9, &f);
	expect(&f.files, "/opt/app/a 10 1;/opt/app/b 10 1;/opt/app/c 10 1;/var/log 5 1;/opt/x 1 1;");
	expect(&f.directories, "/opt/app 30 5;/var 5 1;"); /* /opt is mostly /opt/app */
	expect(&f.wasted, "/var/log 12 2;/var/old 3 1;");
	expect(&f.duplicates, "/opt/app/a 20 3;");
	expect(&f.packages, "app 1 20 2;log 2 5 1;");
	assert_int_equal(f.files.items[2].layer, 1);
}

static void at_most_so_many(void **state)
{
	CLEANUP_INSPECT_FIGURES struct inspect_figures f;
	makes(1, &f);
	expect(&f.files, "/opt/app/a 10 1;");
	expect(&f.wasted, "/var/log 12 2;");
	expect(&f.packages, "app 1 20 2;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(largest_first),
	    cmocka_unit_test(at_most_so_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
