#include "trace/trace_diff.h"

#include <string.h>

#include "base/mem.h"
#include "trace/syscall_name.h"

/* The order of strset_sorted. */
static int compare(const struct strset_item *x, const struct strset_item *y)
{
	int c = memcmp(x->s, y->s, x->len < y->len ? x->len : y->len);
	return c ? c : (x->len > y->len) - (x->len < y->len);
}

static void diff_line(struct buf *b, char sign, const struct strset_item *path)
{
	buf_printf(b, "%c ", sign);
	buf_escape(b, path->s, path->len);
	buf_char(b, '\n');
}

static void diff_sets(const struct strset *x, const struct strset *y, struct buf *b)
{
	CLEANUP_FREE size_t *xs = strset_sorted(x);
	CLEANUP_FREE size_t *ys = strset_sorted(y);
	for (size_t i = 0, j = 0; i < x->count || j < y->count;) {
		int c = j == y->count ? -1 : i == x->count ? 1 : compare(&x->items[xs[i]], &y->items[ys[j]]);
		if (c < 0)
			diff_line(b, '-', &x->items[xs[i]]);
		else if (c > 0)
			diff_line(b, '+', &y->items[ys[j]]);
		i += c <= 0;
		j += c >= 0;
	}
}

/* "/bin/sh: x86_64 openat" of each call of each program. */
static void syscall_lines(const struct trace *t, struct strset *out)
{
	for (size_t id = 0; id < t->programs.count; id++) {
		const struct trace_program *p = &t->facts[id];
		for (size_t i = 0; i < p->n_syscalls; i++) {
			const struct trace_abi *abi = trace_abi_of(p->syscalls[i].audit_arch, p->syscalls[i].nr);
			char room[TRACE_SYSCALL_NAME];
			CLEANUP_FREE char *line = mem_printf("%s: %s %s", strset_get(&t->programs, id), abi->name,
							     trace_syscall_name(abi, p->syscalls[i].nr, room));
			(void)strset_add(out, line);
		}
	}
}

void trace_diff_text(const struct trace *x, const struct trace *y, struct buf *out)
{
	CLEANUP_STRSET struct strset x_calls = {0}, y_calls = {0};
	diff_sets(&x->paths, &y->paths, out);
	syscall_lines(x, &x_calls);
	syscall_lines(y, &y_calls);
	diff_sets(&x_calls, &y_calls, out);
}
