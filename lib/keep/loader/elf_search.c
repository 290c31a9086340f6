#include "keep/loader/elf_search.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/loader/ld_conf.h"
#include "keep/program_lookup.h"
#include "text/path.h"

#define LD_CONF "/etc/ld.so.conf"
#define LD_CACHE "/etc/ld.so.cache"

/* The names of a machine: by Debian's multiarch, by the kernel (AT_PLATFORM), by musl. */
static const struct machine {
	uint16_t machine;
	uint8_t class;
	const char *triplets[2];
	const char *platform, *musl;
} machines[] = {
    {EM_X86_64, ELFCLASS64, {"x86_64-linux-gnu"}, "x86_64", "x86_64"},
    {EM_X86_64, ELFCLASS32, {"x86_64-linux-gnux32"}, "x86_64", "x32"},
    {EM_386, ELFCLASS32, {"i386-linux-gnu"}, "i686", "i386"},
    {EM_AARCH64, ELFCLASS64, {"aarch64-linux-gnu"}, "aarch64", "aarch64"},
    {EM_ARM, ELFCLASS32, {"arm-linux-gnueabihf", "arm-linux-gnueabi"}, "v7l", "armhf"},
    {EM_RISCV, ELFCLASS64, {"riscv64-linux-gnu"}, "riscv64", "riscv64"},
    {EM_PPC64, ELFCLASS64, {"powerpc64le-linux-gnu", "powerpc64-linux-gnu"}, "power8", "powerpc64le"},
    {EM_S390, ELFCLASS64, {"s390x-linux-gnu"}, "s390x", "s390x"},
    {EM_MIPS, ELFCLASS64, {"mips64el-linux-gnuabi64", "mips64-linux-gnuabi64"}, "mips", "mips64"},
    {EM_MIPS, ELFCLASS32, {"mipsel-linux-gnu", "mips-linux-gnu"}, "mips", "mipsel"},
    {258 /* EM_LOONGARCH */, ELFCLASS64, {"loongarch64-linux-gnu"}, "loongarch64", "loongarch64"},
    {0, ELFCLASS64, {NULL}, "unknown", NULL}, /* any other */
    {0, ELFCLASS32, {NULL}, "unknown", NULL},
};
#define N_MACHINES (sizeof(machines) / sizeof(machines[0]))

static size_t machine_of(elf_object_kind kind)
{
	for (size_t i = 0;; i++)
		if (machines[i].class == elf_object_class(kind) &&
		    (machines[i].machine == elf_object_machine(kind) || !machines[i].machine))
			return i;
}

struct system {
	bool built;
	struct keep_elf_dirs dirs;
	char *config; /* musl's path file */
};

struct keep_elf_search {
	const struct image_index *index;
	uint32_t *kinds;                      /* by node: its elf_object_kind; NOT_ELF; 0 = not looked at yet */
	struct system systems[N_MACHINES][2]; /* [1]: musl */
	struct strlist conf;                  /* directories of /etc/ld.so.conf */
	bool conf_read;
};
#define NOT_ELF UINT32_MAX

void keep_elf_dirs_add(struct keep_elf_dirs *d, const struct image_index *x, const char *path, const char *config)
{
	uint32_t node = image_index_resolve(x, path, true, NULL, NULL);
	if (node == IMAGE_NONE || !S_ISDIR(image_index_node(x, node)->mode) || d->count >= LIMIT_ELF_DIRS)
		return;
	for (size_t i = 0; i < d->count; i++)
		if (d->items[i].node == node)
			return;
	d->items = mem_grow(d->items, d->count, &d->cap, sizeof(*d->items));
	d->items[d->count++] = (struct keep_elf_dir){mem_strdup(path), node, config};
}

void keep_elf_dirs_extend(struct keep_elf_dirs *d, const struct keep_elf_dirs *more)
{
	for (size_t i = 0; i < more->count && d->count < LIMIT_ELF_DIRS; i++) {
		d->items = mem_grow(d->items, d->count, &d->cap, sizeof(*d->items));
		d->items[d->count] = more->items[i];
		d->items[d->count++].path = mem_strdup(more->items[i].path);
	}
}

void keep_elf_dirs_done(struct keep_elf_dirs *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->items[i].path);
	free(d->items);
	*d = (struct keep_elf_dirs){0};
}

struct keep_elf_search *keep_elf_search_new(const struct image_index *x)
{
	struct keep_elf_search *s = mem_alloc(sizeof(*s));
	s->index = x;
	s->kinds = mem_calloc(image_index_count(x), sizeof(*s->kinds));
	return s;
}

void keep_elf_search_free(struct keep_elf_search *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < N_MACHINES * 2; i++) {
		keep_elf_dirs_done(&s->systems[i / 2][i % 2].dirs);
		free(s->systems[i / 2][i % 2].config);
	}
	strlist_done(&s->conf);
	free(s->kinds);
	free(s);
}

/* Whether a token ($NAME or ${NAME}) starts at p; its length. */
static size_t token_length(const char *p, const char *name)
{
	size_t n = strlen(name);
	if (p[1] == '{')
		return strncmp(p + 2, name, n) == 0 && p[2 + n] == '}' ? n + 3 : 0;
	if (strncmp(p + 1, name, n) != 0)
		return 0;
	char next = p[1 + n];
	bool word =
	    next == '_' || (next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z');
	return word ? 0 : n + 1;
}

static void expand(const char *text, size_t n, const char *origin, const char *lib, const char *platform,
		   bool *used_lib, struct buf *out)
{
	for (const char *p = text, *end = text + n; p < end && out->len <= LIMIT_PATH;) {
		size_t t = 0;
		if (*p == '$' && (t = token_length(p, "ORIGIN"))) {
			buf_str(out, origin);
		} else if (*p == '$' && (t = token_length(p, "LIB"))) {
			buf_str(out, lib);
			*used_lib = true;
		} else if (*p == '$' && (t = token_length(p, "PLATFORM"))) {
			buf_str(out, platform);
		} else {
			buf_char(out, *p);
			t = 1;
		}
		p += t;
	}
}

static void add_element(struct keep_elf_search *s, const struct machine *m, const char *text, size_t n,
			const char *origin, struct keep_elf_dirs *out)
{
	CLEANUP_BUF struct buf multiarch = {0}, other = {0};
	buf_printf(&multiarch, "lib/%s", m->triplets[0] ? m->triplets[0] : "");
	if (m->triplets[1])
		buf_printf(&other, "lib/%s", m->triplets[1]);
	const char *libs[] = {multiarch.data, other.data, m->class == ELFCLASS64 ? "lib64" : "lib32", "lib"};
	bool used_lib = false;
	for (size_t i = 0; i < 4 && (i == 0 || used_lib); i++) {
		if (!libs[i])
			continue;
		CLEANUP_BUF struct buf path = {0};
		expand(text, n, origin, libs[i], m->platform, &used_lib, &path);
		if (path.len && path.data[0] == '/' && path.len <= LIMIT_PATH)
			keep_elf_dirs_add(out, s->index, path.data, NULL);
	}
}

void keep_elf_search_path(struct keep_elf_search *s, elf_object_kind kind, const char *text, const char *origin,
			  struct keep_elf_dirs *out)
{
	const struct machine *m = &machines[machine_of(kind)];
	for (;;) {
		size_t n = strcspn(text, ":");
		add_element(s, m, text, n, origin, out);
		if (!text[n])
			return;
		text += n + 1;
	}
}

static void add_defaults(struct keep_elf_search *s, const struct machine *m, struct keep_elf_dirs *dirs)
{
	for (size_t i = 0; i < 2 && m->triplets[i]; i++) {
		CLEANUP_FREE char *lib = mem_printf("/lib/%s", m->triplets[i]);
		CLEANUP_FREE char *usr = mem_printf("/usr/lib/%s", m->triplets[i]);
		keep_elf_dirs_add(dirs, s->index, lib, NULL);
		keep_elf_dirs_add(dirs, s->index, usr, NULL);
	}
	static const char *const wide[] = {"/lib64", "/usr/lib64"}, *const narrow[] = {"/lib32", "/usr/lib32"};
	const char *const *own = m->class == ELFCLASS64 ? wide : narrow;
	for (size_t i = 0; i < 2; i++)
		keep_elf_dirs_add(dirs, s->index, own[i], NULL);
	keep_elf_dirs_add(dirs, s->index, "/lib", NULL);
	keep_elf_dirs_add(dirs, s->index, "/usr/lib", NULL);
}

static void build_glibc(struct keep_elf_search *s, const struct machine *m, struct system *sys)
{
	if (!s->conf_read)
		keep_ld_conf_read(s->index, LD_CONF, &s->conf);
	s->conf_read = true;
	CLEANUP_KEEP_ELF_DIRS struct keep_elf_dirs defaults = {0};
	add_defaults(s, m, &defaults);
	for (size_t i = 0; i < s->conf.count; i++)
		keep_elf_dirs_add(&sys->dirs, s->index, s->conf.items[i], LD_CACHE);
	for (size_t i = 0; i < defaults.count; i++) {
		keep_elf_dirs_add(&sys->dirs, s->index, defaults.items[i].path, NULL);
		for (size_t j = 0; j < sys->dirs.count; j++) /* found without the cache, too */
			if (sys->dirs.items[j].node == defaults.items[i].node)
				sys->dirs.items[j].config = NULL;
	}
}

static void build_musl(struct keep_elf_search *s, const struct machine *m, struct system *sys)
{
	CLEANUP_BUF struct buf text = {0};
	if (m->musl)
		sys->config = mem_printf("/etc/ld-musl-%s.path", m->musl);
	if (!sys->config || !image_index_text(s->index, sys->config, LIMIT_LD_CONF, &text)) {
		free(sys->config);
		sys->config = NULL;
		buf_str(&text, "/lib:/usr/local/lib:/usr/lib");
	}
	for (char *rest = text.data, *dir; (dir = strsep(&rest, ":\n"));)
		if (*dir == '/')
			keep_elf_dirs_add(&sys->dirs, s->index, dir, sys->config);
}

const struct keep_elf_dirs *keep_elf_search_system(struct keep_elf_search *s, elf_object_kind kind, bool musl)
{
	size_t i = machine_of(kind);
	struct system *sys = &s->systems[i][musl];
	if (!sys->built)
		(musl ? build_musl : build_glibc)(s, &machines[i], sys);
	sys->built = true;
	return &sys->dirs;
}

static elf_object_kind kind_of_node(struct keep_elf_search *s, uint32_t node)
{
	if (s->kinds[node])
		return s->kinds[node];
	elf_object_kind kind = 0;
	if (S_ISREG(image_index_node(s->index, node)->mode)) {
		unsigned char head[ELF_OBJECT_HEAD];
		CLEANUP_FD int fd = image_index_open(s->index, node, NULL);
		ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
		kind = n < 0 ? 0 : elf_object_kind_of(head, (size_t)n);
	}
	return s->kinds[node] = kind ? kind : NOT_ELF;
}

bool keep_elf_search_fits(struct keep_elf_search *s, elf_object_kind kind, const char *path)
{
	uint32_t node = image_index_resolve(s->index, path, true, NULL, NULL);
	return node != IMAGE_NONE && kind_of_node(s, node) == kind;
}

bool keep_elf_search_find(struct keep_elf_search *s, elf_object_kind kind, const struct keep_elf_dirs *dirs,
			  const char *name, char **path, const char **config)
{
	for (size_t i = 0; i < dirs->count; i++) {
		const struct keep_elf_dir *d = &dirs->items[i];
		if (image_index_child(s->index, d->node, name, strlen(name)) == IMAGE_NONE)
			continue;
		CLEANUP_FREE char *candidate = mem_printf("%s/%s", d->path, name);
		if (!keep_elf_search_fits(s, kind, candidate))
			continue;
		*path = steal_ptr(&candidate);
		*config = d->config;
		return true;
	}
	return false;
}
