#include "keep/application/named.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/file.h"
#include "keep/application/author_packages.h"
#include "keep/application/named_files.h"
#include "keep/application/package_programs.h"
#include "keep/application/tools.h"

#define STEPS (16u << 20) /* needs looked at while packages are weighed */
#define PLACES 16         /* packages that are told of with their place */

/* Of a package in directories of programs. */
struct program_facts {
	uint64_t bytes; /* of compiled ones that are not kept: what stays of an interpreter by itself */
	bool scripts;   /* some are scripts, not of a shell */
};

struct namer {
	struct keep_set *k;
	const struct packages *packages;
	struct packages_relations relations;
	struct keep_named_files files;
	struct keep_author_packages author;
	struct program_facts *programs; /* by package */
	bool *counted;                  /* by package: what it adds was counted already */
	size_t steps;                   /* how many needs may still be looked at */
	uint32_t *queue;                /* the packages that one is weighed with */
};

/* Looks once at each program that it may matter for. */
static void learn_programs(struct namer *m)
{
	const struct image_index *x = m->k->index;
	CLEANUP_IMAGE_FILES struct image_files files = {0};
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		uint32_t owner = m->packages->owner[id];
		if (owner == PACKAGES_NONE ||
		    !(m->author.named[owner] || m->author.roles[owner] == KEEP_AUTHOR_INTERPRETER))
			continue;
		struct program_facts *p = &m->programs[owner];
		const struct image_node *n = image_index_node(x, id);
		enum keep_program_kind kind = keep_package_programs_kind(m->k, id);
		p->scripts |= kind == KEEP_PROGRAM_SCRIPT && m->files.useful[id];
		if (kind == KEEP_PROGRAM_COMPILED && S_ISREG(n->mode) && !keep_has(m->k, id) &&
		    image_files_first(&files, x, id) == id)
			p->bytes += n->size;
	}
}

/* Whether what a package needs stays with it: another part of the same software, the tools in use that a tool needs, or
 * the interpreter of its programs or modules. Closures find what else is needed; the rest is for the scripts that
 * install it. */
static bool goes_with(const struct namer *m, uint32_t package, uint32_t other)
{
	const struct package *items = m->packages->items;
	const struct keep_named_use *u = &m->files.packages[package];
	if (m->author.roles[other] == KEEP_AUTHOR_INTERPRETER)
		return m->author.roles[package] == KEEP_AUTHOR_INTERPRETER || 2 * u->modules > u->files ||
		       m->programs[package].scripts;
	bool known = m->author.roles[other] == KEEP_AUTHOR_APART && !keep_tools_are(&items[other]);
	if (known || items[package].manager != items[other].manager)
		return false;
	return strcmp(packages_source(&items[package]), packages_source(&items[other])) == 0 ||
	       (m->author.roles[other] == KEEP_AUTHOR_PART && keep_tools_are(&items[package]) &&
		keep_tools_are(&items[other]));
}

/* The bytes that the package adds with what it needs and what goes with it; those packages are then in the queue and
 * marked as counted. */
static uint64_t weigh(struct namer *m, uint32_t package, size_t *n)
{
	uint64_t bytes = 0;
	*n = 0;
	m->queue[(*n)++] = package;
	m->counted[package] = true;
	for (size_t i = 0; i < *n; i++) {
		size_t n_needs;
		const uint32_t *needs = packages_relations_of(&m->relations, m->queue[i], PACKAGES_NEEDS, &n_needs);
		bytes += m->author.roles[m->queue[i]] == KEEP_AUTHOR_INTERPRETER ? m->programs[m->queue[i]].bytes
										 : m->files.packages[m->queue[i]].bytes;
		for (size_t j = 0; j < n_needs && m->steps; j++, m->steps--) {
			uint32_t other = needs[j];
			if (m->counted[other] || !goes_with(m, package, other))
				continue;
			m->counted[other] = true;
			m->queue[(*n)++] = other;
		}
	}
	return bytes;
}

static void forget(struct namer *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		m->counted[m->queue[i]] = false;
}

static void list(struct namer *m, struct keep_named *out)
{
	for (uint32_t i = 0; i < m->packages->count; i++) {
		size_t n;
		if (!m->author.named[i])
			continue;
		out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
		out->items[out->count++] = (struct keep_named_package){
		    .package = i, .bytes = weigh(m, i, &n), .related = m->files.packages[i].related};
		forget(m, n);
	}
}

static int by_bytes(const void *a, const void *b)
{
	const struct keep_named_package *x = a, *y = b;
	return x->bytes != y->bytes ? (x->bytes > y->bytes) - (x->bytes < y->bytes)
				    : (x->package > y->package) - (x->package < y->package);
}

/* Follows from the root down the child that holds most of the package. */
static uint32_t find_place(const struct namer *m, uint32_t package)
{
	const struct image_index *x = m->k->index;
	uint32_t n = image_index_count(x), at = 0;
	CLEANUP_FREE uint64_t *bytes = mem_calloc(n, sizeof(*bytes));
	for (uint32_t id = n; id-- > 1;) { /* children have larger ids */
		const struct image_node *node = image_index_node(x, id);
		bytes[id] +=
		    m->files.useful[id] && m->packages->owner[id] == package && !keep_has(m->k, id) ? node->size : 0;
		bytes[node->parent] += bytes[id];
	}
	for (bool down = true; down;) {
		const struct image_node *d = image_index_node(x, at);
		down = false;
		for (uint32_t i = 0; i < d->n_children && !down; i++) {
			uint32_t id = d->first_child + i;
			down = bytes[id] * 2 > bytes[0];
			at = down ? id : at;
		}
	}
	return at;
}

/* Chooses what stays; by package: the note of one that does, else KEEP_NO_NOTE. */
static uint32_t *choose(struct namer *m, struct keep_named_limits limits, struct keep_named *out)
{
	uint32_t *notes = mem_calloc(m->packages->count, sizeof(*notes));
	uint64_t unrelated = 0;
	size_t places = 0;
	for (size_t i = 0; i < m->packages->count; i++)
		notes[i] = KEEP_NO_NOTE;
	for (size_t i = 0; i < out->count; i++) {
		struct keep_named_package *p = &out->items[i];
		size_t n;
		uint64_t bytes = weigh(m, p->package, &n);
		p->kept = p->related ? bytes <= limits.package && out->bytes + bytes <= limits.sum
				     : bytes <= limits.unrelated && unrelated + bytes <= limits.unrelated_sum;
		if (!p->kept) {
			forget(m, n);
			p->node = p->related && places++ < PLACES ? find_place(m, p->package) : 0;
			continue;
		}
		out->bytes += bytes;
		unrelated += p->related ? 0 : bytes;
		uint32_t note = keep_note(m->k, m->packages->items[p->package].name);
		for (size_t j = 0; j < n; j++)
			notes[m->queue[j]] = notes[m->queue[j]] == KEEP_NO_NOTE ? note : notes[m->queue[j]];
	}
	return notes;
}

/* Scripts come with the interpreters that are there. */
static void keep_interpreters(struct namer *m, const uint32_t *notes)
{
	for (uint32_t id = 0; id < image_index_count(m->k->index); id++) {
		uint32_t owner = m->packages->owner[id];
		CLEANUP_BUF struct buf path = {0};
		if (owner == PACKAGES_NONE || notes[owner] == KEEP_NO_NOTE ||
		    m->author.roles[owner] != KEEP_AUTHOR_INTERPRETER ||
		    keep_package_programs_kind(m->k, id) != KEEP_PROGRAM_COMPILED)
			continue;
		image_index_path(m->k->index, id, &path);
		(void)keep_path(m->k, path.data, true, KEEP_WHY_NOTED(KEEP_NAMED, IMAGE_NONE, notes[owner]));
	}
}

static void keep_one(struct namer *m, uint32_t id, uint32_t note)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(m->k->index, id, &path);
	uint32_t to = image_index_resolve(m->k->index, path.data, true, NULL, NULL);
	if (to == IMAGE_NONE || !S_ISREG(image_index_node(m->k->index, to)->mode) ||
	    keep_package_programs_is_cheap(m->k, path.data, false))
		(void)keep_path(m->k, path.data, true, KEEP_WHY_NOTED(KEEP_NAMED, IMAGE_NONE, note));
}

void keep_named_add(struct keep_set *k, const struct packages *packages, const struct evidence *e,
		    struct keep_named_limits limits, struct keep_named *out)
{
	*out = (struct keep_named){0};
	if (!packages->count)
		return;
	struct namer m = {.k = k, .packages = packages, .steps = STEPS};
	m.counted = mem_calloc(packages->count, sizeof(*m.counted));
	m.programs = mem_calloc(packages->count, sizeof(*m.programs));
	m.queue = mem_calloc(packages->count, sizeof(*m.queue));
	packages_relations_init(&m.relations, packages);
	keep_named_files_find(k, packages, &m.relations, e, &m.files);
	keep_author_packages_find(k->config, packages, &m.relations, &m.files, &m.author);
	learn_programs(&m);
	list(&m, out);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_bytes);
	CLEANUP_FREE uint32_t *notes = choose(&m, limits, out);
	keep_interpreters(&m, notes);
	for (uint32_t id = 0; id < image_index_count(k->index); id++)
		if (m.files.useful[id] && notes[packages->owner[id]] != KEEP_NO_NOTE &&
		    m.author.roles[packages->owner[id]] != KEEP_AUTHOR_INTERPRETER)
			keep_one(&m, id, notes[packages->owner[id]]);
	keep_author_packages_done(&m.author);
	packages_relations_done(&m.relations);
	keep_named_files_done(&m.files);
	free(m.programs);
	free(m.counted);
	free(m.queue);
}

void keep_named_done(struct keep_named *n)
{
	free(n->items);
	*n = (struct keep_named){0};
}
