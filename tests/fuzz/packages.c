/* A database of packages: a line with the path of one of its files, whose bytes are the rest. */
#include "image.h"
#include "packages/packages.h"
#include "packages/relations.h"

static const struct fuzz_image_file files[] = {
    {"usr/lib/libc.so.6", "x"},
    {"lib -> usr/lib", ""},
    {"usr/bin/tool!", "x"},
    {"usr/bin/alpha!", "x"},
    {"usr/share/alpha", "x"},
    {"usr/share/tool/data", "x"},
    {"etc/own", "x"},
    {"var/lib/dpkg/status", "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
			    "Package: tool\nStatus: install ok installed\nDepends: libc6\nVersion: 1\n"},
    {"var/lib/dpkg/info/libc6:amd64.list", "/.\n/lib\n/lib/libc.so.6\n"},
    {"var/lib/dpkg/info/tool.list", "/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/share/tool/data\n"},
    {"var/lib/dpkg/info/tool.md5sums", "00  usr/bin/tool\n11  usr/share/tool/data\n"},
    {"var/lib/dpkg/status.d/a", "Package: a\nVersion: 1\n"},
    {"var/lib/dpkg/status.d/a.md5sums", "0  usr/share/alpha\n"},
    {"var/lib/dpkg/arch", "amd64\n"},
    {"var/lib/apt/extended_states", "Package: libc6\nArchitecture: amd64\nAuto-Installed: 1\n"},
    {"usr/lib/opkg/status", "Package: o\nStatus: install user installed\n\nPackage: q\nStatus: install ok installed\n"},
    {"usr/lib/opkg/info/o.list", "/usr/bin/tool\t0100755\n/etc/own\t0120777\tx\n"},
    {"usr/lib/opkg/info/o.control", "Package: o\n"},
    {"usr/lib/opkg/info/q.list", "/etc/own\n"},
    {"lib64/apk", "x"},
    {"usr/lib/apk/db/installed", "P:musl\nV:1\nD:so:x\nF:usr/lib\nR:libc.so.6\n\nP:b\nV:1\nF:usr/bin\nR:tool\n\n"},
    {"etc/apk/world", "b\nmusl=1\n"},
    {"usr/lib/sysimage/rpm/rpmdb.sqlite", "x"},
    {"py/site-packages/flask-3.0.dist-info/METADATA", "Name: flask\nVersion: 3.0\n"},
    {"py/site-packages/flask-3.0.dist-info/RECORD", "flask/app.py,,\n\"a,b.py\",,\n../../etc/own,,\n"},
    {"py/site-packages/flask-3.0.dist-info/REQUESTED", "x"},
    {"py/site-packages/flask/app.py", "x"},
    {"app/package.json", "{\"dependencies\":{\"x\":\"1\"}}"},
    {"app/node_modules/x/package.json", "{\"name\":\"x\",\"version\":\"1.0\"}"},
    {"app/node_modules/x/lib/i.js", "x"},
    {"var/gems/specifications/rack-2.2.gemspec", "x"},
    {"var/gems/gems/rack-2.2/lib/rack.rb", "x"},
};

/* Keeps every second entry. Checks that owners and relations are packages of the database. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_image *m = FUZZ_IMAGE(files);
	struct fuzz_input in = {data, n};
	CLEANUP_FREE char *path = fuzz_cut(&in, "\n");
	if (fuzz_image_put(m, path, in.data, in.n) == IMAGE_NONE)
		return -1;
	CLEANUP_PACKAGES struct packages p = {0};
	CLEANUP_PACKAGES_RELATIONS struct packages_relations relations;
	struct packages_edits edits = {0};
	struct err err = {0};
	const uint32_t nodes = image_index_count(m->index);
	int r = packages_read(m->index, &p, &err);
	assert(r == 0 && p.count <= PACKAGES_MAX);
	CLEANUP_FREE bool *kept = mem_calloc(nodes, sizeof(*kept));
	for (uint32_t i = 0; i < nodes; i++) {
		assert(p.owner[i] == PACKAGES_NONE || p.owner[i] < p.count);
		kept[i] = i % 2 == 0;
	}
	packages_relations_init(&relations, &p);
	for (uint32_t i = 0; i < p.count; i++) {
		size_t others;
		const uint32_t *of = packages_relations_of(&relations, i, PACKAGES_NEEDS, &others);
		assert(p.items[i].name[0] && p.items[i].manager < PACKAGES_MANAGERS);
		for (size_t j = 0; j < others; j++)
			assert(of[j] < p.count);
	}
	r = packages_trim(&p, m->index, kept, &edits, &err);
	assert(r == 0);
	packages_edits_done(&edits);
	return 0;
}
